#pragma once

#include <string>

#include "schemas/generator/model.h"

namespace generator {

/// The C++ type of a member, without std::optional; empty for a refused member, which has none.
std::string cpp_type(const Api& api, const Member& member);

/// Whether a struct is made for the shape: only what is read or written has one.
inline bool has_struct(const Shape& shape) { return shape.of_input || shape.of_output; }

/// "api/<family>.h": structures and enumerations.
std::string family_header(const Api& api, const std::string& family);
/// Their member tables.
std::string tables_source(const Api& api);
/// "api/operations.h": the operations' ids.
std::string operations_header(const Api& api);
/// The table of operations, and the OpenAPI document as a string.
std::string operations_source(const Api& api, const std::string& openapi);

}  // namespace generator

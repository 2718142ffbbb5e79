#pragma once

#include <string>
#include <utility>
#include <vector>

#include "schemas/generator/model.h"

namespace generator {

/// The REST routes as an OpenAPI 3.0 document. Members that let only some values through list
/// these; refused members are left out.
std::string openapi(const Api& api);

/// The routes that are no operations, path and description: events, logs, this document.
std::vector<std::pair<std::string, std::string>> routes_of_streams();

/// How callers show who they are.
std::string security_schemes();

}  // namespace generator

#pragma once

#include <string>

#include "schemas/generator/model.h"

namespace generator {

/// The REST routes as an OpenAPI 3.0 document. It holds what acts: refused members are left out.
std::string openapi(const Api& api);

}  // namespace generator

#pragma once

#include <string>

#include "schemas/base/units.h"

namespace control {

/// An amount with nine decimals, for example "-0.024685000".
std::string decimal(schemas::Nanos amount);

}  // namespace control

#pragma once

#include <string>

#include "schemas/base/time.h"

namespace schemas {

/// "2026-11-23T18:20:01.123Z"
std::string iso_text(Instant at);

}  // namespace schemas

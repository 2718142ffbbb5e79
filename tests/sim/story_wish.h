#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "tests/sim/caller.h"
#include "tests/sim/scenario.h"

namespace sim {

/// What a line of a story asks of a service.
ServiceWish wish_of(const Line& line, std::optional<std::string> family,
                    std::optional<std::int64_t> count);

}  // namespace sim

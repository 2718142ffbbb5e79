#pragma once

// Which capacity provider the next task of a strategy goes to.

#include <cstdint>
#include <map>
#include <string>

#include "schemas/model/capacity_provider.h"

namespace control {

/// How many tasks of a strategy are with each of its providers.
using ProviderCounts = std::map<std::string, std::int64_t>;

/// The provider whose base is not reached yet; then the one that has least of what is beyond the
/// bases for its weight, the first of the strategy where several have. A single item needs no
/// weight. The strategy is not empty and gives somebody a weight, if it has several items.
const std::string& next_provider(const schemas::CapacityProviderStrategy& strategy,
                                 const ProviderCounts& counts);

}  // namespace control

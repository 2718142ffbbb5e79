#include "control/core/providers/split.h"

#include <algorithm>

#include "schemas/base/require.h"

namespace control {

namespace {

std::int64_t count_of(const ProviderCounts& counts, const std::string& name) {
  const auto at = counts.find(name);
  return at == counts.end() ? 0 : at->second;
}

}  // namespace

const std::string& next_provider(const schemas::CapacityProviderStrategy& strategy,
                                 const ProviderCounts& counts) {
  schemas::require(!strategy.empty(), "a task is divided among no capacity providers");
  if (strategy.size() == 1) {
    return strategy.front().capacity_provider;
  }
  const schemas::CapacityProviderStrategyItem* best = nullptr;
  std::int64_t best_beyond = 0;
  for (const schemas::CapacityProviderStrategyItem& item : strategy) {
    const std::int64_t count = count_of(counts, item.capacity_provider);
    if (count < item.base) {
      return item.capacity_provider;
    }
    // One more task each, for its weight: (beyond + 1) / weight, compared without dividing.
    const std::int64_t beyond = count - item.base + 1;
    if (item.weight > 0 && (best == nullptr || beyond * best->weight < best_beyond * item.weight)) {
      best = &item;
      best_beyond = beyond;
    }
  }
  schemas::require(best != nullptr, "a strategy of several providers without any weight");
  return best->capacity_provider;
}

}  // namespace control

#include "control/core/loop/operations/strategy_request.h"

#include <algorithm>
#include <set>

#include "control/core/loop/names.h"
#include "control/core/loop/operations/refusals.h"
#include "control/core/loop/operations/shapes.h"

namespace control {

using schemas::CapacityProviderStrategy;
using schemas::CapacityProviderStrategyItem;
using schemas::Done;
using schemas::LaunchType;
using schemas::Outcome;
using schemas::Result;

namespace {

Outcome check_strategy(const CapacityProviderStrategy& strategy) {
  std::set<std::string> names;
  std::int64_t bases = 0;
  std::int64_t weights = 0;
  std::int64_t on_pool = 0;
  for (const CapacityProviderStrategyItem& item : strategy) {
    if (!names.insert(item.capacity_provider).second) {
      return invalid("The capacity provider '" + item.capacity_provider +
                     "' is named twice in the capacity provider strategy.");
    }
    bases += item.base > 0 ? 1 : 0;
    weights += item.weight > 0 ? 1 : 0;
    on_pool += is_pool_provider(item.capacity_provider) ? 1 : 0;
  }
  if (on_pool > 0 && on_pool < static_cast<std::int64_t>(strategy.size())) {
    return invalid(
        "A capacity provider strategy cannot contain a mix of Fargate and Auto Scaling group "
        "capacity providers.");
  }
  if (bases > 1) {
    return invalid("Only one capacity provider of a strategy can have a base; " +
                   std::to_string(bases) + " have.");
  }
  if (strategy.size() > 1 && weights == 0) {
    return invalid(
        "At least one capacity provider of a strategy with several must have a weight above 0.");
  }
  return Done{};
}

}  // namespace

bool is_pool_provider(const std::string& name) {
  return name == schemas::fargate_provider || name == schemas::fargate_spot_provider;
}

LaunchType launch_type_of(const CapacityProviderStrategy& strategy) {
  return !strategy.empty() && is_pool_provider(strategy.front().capacity_provider)
             ? LaunchType::fargate
             : LaunchType::ec2;
}

Result<CapacityProviderStrategy> read_strategy_items(
    const std::vector<api::CapacityProviderStrategyItem>& items, const schemas::Scope& scope,
    const std::vector<std::string>& providers) {
  CapacityProviderStrategy strategy;
  for (const api::CapacityProviderStrategyItem& item : items) {
    const std::string name =
        local_name(scope, "capacity-provider", item.capacity_provider).value_or("");
    if (std::find(providers.begin(), providers.end(), name) == providers.end()) {
      return invalid("The capacity provider '" + item.capacity_provider +
                     "' is not associated with the cluster: name it with "
                     "PutClusterCapacityProviders first.");
    }
    strategy.push_back({.capacity_provider = name,
                        .base = item.base.value_or(0),
                        .weight = item.weight.value_or(0)});
  }
  Outcome valid = check_strategy(strategy);
  if (!valid.ok()) {
    return valid.error();
  }
  return strategy;
}

Result<LaunchChoice> choose_launch(const schemas::Cluster& cluster,
                                   const std::optional<api::LaunchType>& launch_type,
                                   const WantedStrategy& wanted) {
  const bool stated = wanted && !wanted->empty();
  if (stated && launch_type) {
    return invalid(
        "A launch type and a capacity provider strategy are both given; the strategy says where "
        "tasks go, so leave out the launch type.");
  }
  if (launch_type) {
    return LaunchChoice{.launch_type = read_launch_type(launch_type), .strategy = {}};
  }
  if (!stated) {
    const CapacityProviderStrategy& standard = cluster.configuration.default_strategy;
    return LaunchChoice{.launch_type = launch_type_of(standard), .strategy = standard};
  }
  auto strategy =
      read_strategy_items(*wanted, cluster.scope, cluster.configuration.capacity_providers);
  if (!strategy.ok()) {
    return strategy.error();
  }
  return LaunchChoice{.launch_type = launch_type_of(strategy.value()),
                      .strategy = strategy.value()};
}

std::vector<api::CapacityProviderStrategyItem> show_items(
    const CapacityProviderStrategy& strategy) {
  std::vector<api::CapacityProviderStrategyItem> shown;
  shown.reserve(strategy.size());
  for (const CapacityProviderStrategyItem& item : strategy) {
    shown.push_back(
        {.capacity_provider = item.capacity_provider, .weight = item.weight, .base = item.base});
  }
  return shown;
}

}  // namespace control

#include "control/core/loop/operations/cluster_providers.h"

#include <algorithm>

#include "control/core/loop/names.h"
#include "control/core/loop/operations/operations.h"
#include "control/core/loop/operations/refusals.h"
#include "control/core/loop/operations/show_cluster.h"
#include "control/core/world/lookups.h"

namespace control {

using schemas::Cluster;
using schemas::Done;
using schemas::Error;
using schemas::ErrorCode;
using schemas::Outcome;

namespace {

bool names_it(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// What scales a group of hosts looks at one cluster's tasks.
Outcome check_alone(const World& world, const schemas::CapacityProvider& provider,
                    std::int64_t cluster) {
  if (provider.managed_scaling.status == schemas::Switch::disabled) {
    return Done{};
  }
  for (const auto& [key, other] : world->clusters) {
    if (key != cluster && other.scope == provider.scope &&
        other.status == schemas::ClusterStatus::active &&
        names_it(other.configuration.capacity_providers, provider.name)) {
      return Error{ErrorCode::client,
                   "The capacity provider '" + provider.name +
                       "' has managed scaling and is associated with the cluster '" + other.name +
                       "': such a provider belongs to one cluster."};
    }
  }
  return Done{};
}

bool strategy_names(const schemas::CapacityProviderStrategy& strategy, const std::string& name) {
  return std::any_of(strategy.begin(), strategy.end(),
                     [&name](const auto& item) { return item.capacity_provider == name; });
}

/// Whether something of the cluster runs through the provider, or will.
bool in_use(const World& world, const Cluster& cluster, const std::string& name) {
  for (const std::int64_t key : entry_or_empty(world.index().services_of_cluster, cluster.key)) {
    const schemas::Service& service = world->services.at(key);
    for (const schemas::Deployment& deployment : service.deployments) {
      if (service.status != schemas::ServiceStatus::inactive &&
          strategy_names(deployment.specification->capacity_provider_strategy, name)) {
        return true;
      }
    }
  }
  for (const std::int64_t key : entry_or_empty(world.index().tasks_of_cluster, cluster.key)) {
    const schemas::Task& task = world->tasks.at(key);
    if (task.last_status != schemas::TaskStatus::stopped && task.capacity_provider == name) {
      return true;
    }
  }
  return false;
}

}  // namespace

Outcome read_providers(const World& world, const schemas::Scope& scope, std::int64_t cluster,
                       const std::vector<std::string>& names,
                       const std::vector<api::CapacityProviderStrategyItem>& strategy,
                       schemas::ClusterConfiguration& configuration) {
  std::vector<std::string> read;
  for (const std::string& sent : names) {
    const std::string name = local_name(scope, "capacity-provider", sent).value_or("");
    const schemas::CapacityProvider* own = find_capacity_provider(world, scope, name);
    if (own == nullptr && !is_pool_provider(name)) {
      return invalid("The capacity provider '" + sent + "' was not found.");
    }
    if (names_it(read, name)) {
      return invalid("The capacity provider '" + name + "' is named twice.");
    }
    Outcome alone = own == nullptr ? Outcome(Done{}) : check_alone(world, *own, cluster);
    if (!alone.ok()) {
      return alone;
    }
    read.push_back(name);
  }
  const auto items = read_strategy_items(strategy, scope, read);
  if (!items.ok()) {
    return items.error();
  }
  configuration.capacity_providers = std::move(read);
  configuration.default_strategy = items.value();
  return Done{};
}

Answer put_cluster_capacity_providers(Context& context, const ApiCall& call) {
  const auto& input = call.input.as<api::PutClusterCapacityProvidersRequest>();
  const auto found = cluster_named(context.world, call.scope, input.cluster);
  if (!found.ok()) {
    return found.error();
  }
  const Cluster& cluster = *found.value();
  schemas::ClusterConfiguration configuration = cluster.configuration;
  const Outcome read =
      read_providers(context.world, call.scope, cluster.key, input.capacity_providers,
                     input.default_capacity_provider_strategy, configuration);
  if (!read.ok()) {
    return read.error();
  }
  for (const std::string& name : cluster.configuration.capacity_providers) {
    if (!names_it(configuration.capacity_providers, name) && in_use(context.world, cluster, name)) {
      return Error{ErrorCode::resource_in_use,
                   "The capacity provider '" + name +
                       "' is in use and cannot be removed: services or tasks of the cluster '" +
                       cluster.name + "' name it."};
    }
  }
  if (configuration != cluster.configuration) {
    apply(context.world, ClusterConfigured{cluster.key, std::move(configuration)});
    log_event(context, call.scope, "cluster.updated", cluster_arn(cluster), "{}");
  }
  api::PutClusterCapacityProvidersResponse output;
  output.cluster = show_cluster(context.world, cluster, whole_cluster());
  return api::Value::of(std::move(output));
}

}  // namespace control

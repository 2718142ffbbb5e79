#include "control/core/loop/names.h"
#include "control/core/loop/operations/operations.h"
#include "control/core/loop/operations/show_cluster.h"
#include "control/core/loop/operations/strategy_request.h"
#include "control/core/world/lookups.h"

namespace control {

using schemas::Error;
using schemas::ErrorCode;

namespace {

/// What still lives in the cluster, in the order in which ECS asks.
schemas::Outcome check_empty(const World& world, const schemas::Cluster& cluster) {
  for (const auto& id : entry_or_empty(world.index().instances_of_cluster, cluster.key)) {
    if (world->instances.at(id).status != schemas::InstanceStatus::inactive) {
      return Error{ErrorCode::cluster_contains_container_instances,
                   "The Cluster cannot be deleted while Container Instances are active or "
                   "draining."};
    }
  }
  for (const std::int64_t key : entry_or_empty(world.index().services_of_cluster, cluster.key)) {
    if (world->services.at(key).status != schemas::ServiceStatus::inactive) {
      return Error{ErrorCode::cluster_contains_services,
                   "The Cluster cannot be deleted while Services are active."};
    }
  }
  for (const std::string& name : cluster.configuration.capacity_providers) {
    if (!is_pool_provider(name)) {
      return Error{ErrorCode::cluster_contains_capacity_provider,
                   "The Cluster cannot be deleted while the capacity provider '" + name +
                       "' is associated with it."};
    }
  }
  for (const std::int64_t key : entry_or_empty(world.index().tasks_of_cluster, cluster.key)) {
    if (world->tasks.at(key).last_status != schemas::TaskStatus::stopped) {
      return Error{ErrorCode::cluster_contains_tasks,
                   "The Cluster cannot be deleted while Tasks are active."};
    }
  }
  return schemas::Done{};
}

}  // namespace

Answer delete_cluster(Context& context, const ApiCall& call) {
  const auto& input = call.input.as<api::DeleteClusterRequest>();
  const auto found = cluster_named(context.world, call.scope, input.cluster);
  if (!found.ok()) {
    return found.error();
  }
  const schemas::Cluster& cluster = *found.value();
  const schemas::Outcome empty = check_empty(context.world, cluster);
  if (!empty.ok()) {
    return empty.error();
  }
  apply(context.world, ClusterDeactivated{cluster.key});
  log_event(context, call.scope, "cluster.deleted", cluster_arn(cluster), "{}");
  api::DeleteClusterResponse output;
  output.cluster = show_cluster(context.world, cluster, {});
  return api::Value::of(std::move(output));
}

}  // namespace control

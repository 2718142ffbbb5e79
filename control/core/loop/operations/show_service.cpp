#include "control/core/loop/operations/show_service.h"

#include <algorithm>

#include "control/core/deploy/deployment.h"
#include "control/core/loop/operations/show_deployment.h"
#include "control/core/loop/operations/show_specification.h"
#include "control/core/loop/operations/show_task_set.h"
#include "control/core/loop/services.h"
#include "control/core/world/lookups.h"

namespace control {

using schemas::Deployment;
using schemas::DeploymentStatus;
using schemas::Service;

namespace {

std::string show_status(schemas::ServiceStatus status) {
  switch (status) {
    case schemas::ServiceStatus::active:
      return "ACTIVE";
    case schemas::ServiceStatus::draining:
      return "DRAINING";
    case schemas::ServiceStatus::inactive:
      return "INACTIVE";
  }
  return "ACTIVE";
}

std::string show_status(DeploymentStatus status) {
  switch (status) {
    case DeploymentStatus::primary:
      return "PRIMARY";
    case DeploymentStatus::active:
      return "ACTIVE";
    case DeploymentStatus::inactive:
      return "INACTIVE";
  }
  return "ACTIVE";
}

api::DeploymentRolloutState show_rollout(schemas::RolloutState state) {
  switch (state) {
    case schemas::RolloutState::in_progress:
      return api::DeploymentRolloutState::in_progress;
    case schemas::RolloutState::completed:
      return api::DeploymentRolloutState::completed;
    case schemas::RolloutState::failed:
      return api::DeploymentRolloutState::failed;
  }
  return api::DeploymentRolloutState::in_progress;
}

api::Deployment show_deployment(const Service& service, const schemas::Scope& scope,
                                const Deployment& deployment,
                                const std::vector<ServiceTask>& tasks) {
  const schemas::TaskSpecification& specification = *deployment.specification;
  const TaskCounts counts = count_tasks(tasks, deployment.id);
  api::Deployment shown;
  shown.id = deployment.id.text();
  shown.status = show_status(deployment.status);
  show_specification(specification, scope, shown);
  shown.desired_count = wanted_tasks(service, deployment, tasks);
  shown.pending_count = counts.pending;
  shown.running_count = counts.running;
  shown.failed_tasks = deployment.failed_tasks;
  shown.created_at = deployment.created_at;
  shown.updated_at = deployment.updated_at;
  shown.rollout_state = show_rollout(deployment.rollout_state);
  shown.rollout_state_reason = unless_empty(deployment.rollout_state_reason);
  return shown;
}

/// What follows from what the newest deployment, or the primary task set, is made of.
void add_specification(const Service& service, const schemas::Scope& scope, api::Service& shown) {
  if (service.external) {
    shown.deployment_controller = {.type = api::DeploymentControllerType::external};
    shown.placement_constraints = show_constraints(service.external->placement_constraints);
    shown.placement_strategy = show_strategy(service.external->placement_strategy);
  }
  if (service.deployments.empty() ||
      service.deployments.front().status != DeploymentStatus::primary) {
    return;
  }
  const schemas::TaskSpecification& current = *service.deployments.front().specification;
  show_specification(current, scope, shown);
  shown.placement_constraints = show_constraints(current.placement_constraints);
  shown.placement_strategy = show_strategy(current.placement_strategy);
}

/// The newest deployment by the names under which clients of service deployments know it.
void add_revisions(const World& world, const Service& service, api::Service& shown) {
  if (shown.deployments->empty()) {
    return;
  }
  shown.current_service_deployment = service_deployment_arn(world, service, service.current);
  shown.current_service_revisions.emplace();
  for (std::size_t at = 0; at < service.deployments.size(); ++at) {
    const api::Deployment& deployment = (*shown.deployments)[at];
    shown.current_service_revisions->push_back(
        {.arn = service_revision_arn(world, service, service.deployments[at].id),
         .requested_task_count = deployment.desired_count,
         .running_task_count = deployment.running_count,
         .pending_task_count = deployment.pending_count});
  }
}

void add_constants(api::Service& shown) {
  shown.load_balancers.emplace();
  shown.service_registries.emplace();
  shown.deployment_controller = {.type = api::DeploymentControllerType::ecs};
  shown.enable_execute_command = false;
  shown.health_check_grace_period_seconds = 0;
  shown.placement_constraints.emplace();
  shown.placement_strategy.emplace();
}

}  // namespace

api::Service show_service(const World& world, const Service& service, TagView tags,
                          schemas::Instant now) {
  const schemas::Cluster& cluster = *cluster_of(world, service.cluster);
  const std::vector<ServiceTask> tasks = service_tasks(world, service.key);
  const TaskCounts counts = count_tasks(tasks, schemas::DeploymentId{});
  api::Service shown;
  shown.availability_zone_rebalancing = service.availability_zone_rebalancing
                                            ? api::AvailabilityZoneRebalancing::enabled
                                            : api::AvailabilityZoneRebalancing::disabled;
  add_constants(shown);
  shown.scheduling_strategy = service.scheduling_strategy == schemas::SchedulingStrategy::daemon
                                  ? api::SchedulingStrategy::daemon
                                  : api::SchedulingStrategy::replica;
  shown.service_arn = service_arn(world, service);
  shown.service_name = service.name;
  shown.cluster_arn = cluster_arn(cluster);
  shown.status = show_status(service.status);
  shown.desired_count = service.desired_count;
  shown.running_count = counts.running;
  shown.pending_count = counts.pending;
  add_specification(service, cluster.scope, shown);
  shown.deployment_configuration = show_configuration(service.deployment_configuration);
  shown.deployments.emplace();
  shown.task_sets.emplace();
  for (const Deployment& each : service.deployments) {
    if (each.task_set) {
      shown.task_sets->push_back(show_task_set(world, service, each, tasks, tags, now));
    } else {
      shown.deployments->push_back(show_deployment(service, cluster.scope, each, tasks));
    }
  }
  add_revisions(world, service, shown);
  shown.events.emplace();
  for (const schemas::ServiceEvent& event : service.events) {
    shown.events->push_back(
        {.id = event.id.text(), .created_at = event.created_at, .message = event.message});
  }
  shown.created_at = service.created_at;
  if (tags == TagView::shown) {
    shown.tags = show_tags(service.tags);
  }
  shown.created_by = unless_empty(service.created_by);
  shown.enable_ecs_managed_tags = service.enable_ecs_managed_tags;
  shown.propagate_tags = codec::named<api::PropagateTags>(
      service.propagate_tags.empty() ? "NONE" : service.propagate_tags);
  return shown;
}

}  // namespace control

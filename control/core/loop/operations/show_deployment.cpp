#include "control/core/loop/operations/show_deployment.h"

#include <algorithm>

#include "control/core/deploy/circuit_breaker.h"
#include "control/core/deploy/deployment.h"
#include "control/core/deploy/image_pins.h"
#include "control/core/deploy/lifecycle_hooks.h"
#include "control/core/deploy/service_deployment.h"
#include "control/core/loop/operations/hooks.h"
#include "control/core/loop/operations/show_specification.h"
#include "control/core/loop/services.h"
#include "control/core/world/lookups.h"

namespace control {

using schemas::Deployment;
using schemas::DeploymentId;
using schemas::Service;
using schemas::ServiceDeployment;

namespace {

api::ThresholdType show_type(schemas::ThresholdType type) {
  switch (type) {
    case schemas::ThresholdType::count:
      return api::ThresholdType::count;
    case schemas::ThresholdType::unbounded_percent:
      return api::ThresholdType::unbounded_percent;
    case schemas::ThresholdType::bounded_percent:
      break;
  }
  return api::ThresholdType::bounded_percent;
}

api::DeploymentCircuitBreaker show_breaker(const schemas::CircuitBreaker& breaker) {
  api::DeploymentCircuitBreaker shown;
  shown.enable = breaker.enable;
  shown.rollback = breaker.rollback;
  if (breaker.enable) {
    shown.reset_on_healthy_task = breaker.reset_on_healthy_task;
    shown.threshold_configuration = {.type = show_type(breaker.threshold_type),
                                     .value = breaker.threshold_value};
  }
  return shown;
}

api::ServiceDeploymentRollbackMonitorsStatus show_monitor(schemas::MonitorStatus status) {
  switch (status) {
    case schemas::MonitorStatus::monitoring:
      return api::ServiceDeploymentRollbackMonitorsStatus::monitoring;
    case schemas::MonitorStatus::monitoring_complete:
      return api::ServiceDeploymentRollbackMonitorsStatus::monitoring_complete;
    case schemas::MonitorStatus::triggered:
      return api::ServiceDeploymentRollbackMonitorsStatus::triggered;
    case schemas::MonitorStatus::disabled:
      break;
  }
  return api::ServiceDeploymentRollbackMonitorsStatus::disabled;
}

const Deployment* deployment_in(const Service& service, DeploymentId id) {
  const auto at = std::find_if(service.deployments.begin(), service.deployments.end(),
                               [id](const Deployment& each) { return each.id == id; });
  return at == service.deployments.end() ? nullptr : &*at;
}

api::ServiceRevisionSummary summarize(const World& world, const Service& service,
                                      const std::vector<ServiceTask>& tasks, DeploymentId id) {
  const TaskCounts counts = count_tasks(tasks, id);
  const Deployment* deployment = deployment_in(service, id);
  api::ServiceRevisionSummary shown;
  shown.arn = service_revision_arn(world, service, id);
  shown.requested_task_count =
      deployment == nullptr ? 0 : wanted_tasks(service, *deployment, tasks);
  shown.running_task_count = counts.running;
  shown.pending_task_count = counts.pending;
  return shown;
}

/// What the brief form and the whole one share.
template <class Shown>
void show_record(const World& world, const Service& service, const ServiceDeployment& record,
                 Shown& shown) {
  shown.service_deployment_arn = service_deployment_arn(world, service, record.id);
  shown.service_arn = service_arn(world, service);
  shown.cluster_arn = cluster_arn(*cluster_of(world, service.cluster));
  shown.created_at = record.created_at;
  shown.started_at = record.created_at;
  shown.finished_at = record.finished_at;
  shown.status = control::show_status(record.status);
  shown.status_reason = unless_empty(record.status_reason);
}

/// While it is watched, what is counted now; afterwards what was counted last.
api::ServiceDeploymentCircuitBreaker show_watch(const Service& service,
                                                const ServiceDeployment& record) {
  api::ServiceDeploymentCircuitBreaker shown;
  shown.status = show_monitor(record.breaker);
  shown.failure_count = record.breaker_failures;
  shown.threshold = record.breaker_threshold;
  const Deployment* deployment = deployment_in(service, record.id);
  if (record.breaker == schemas::MonitorStatus::monitoring && deployment != nullptr) {
    shown.failure_count = deployment->breaker_failures;
    shown.threshold =
        failure_threshold(service.deployment_configuration.circuit_breaker, service.desired_count);
  }
  return shown;
}

/// Where the deployment is now; nothing for one that ended without having come to its end.
std::optional<api::ServiceDeploymentLifecycleStage> show_progress(
    const Service& service, const ServiceDeployment& record,
    const std::vector<ServiceTask>& tasks) {
  using Stage = api::ServiceDeploymentLifecycleStage;
  if (record.status == schemas::ServiceDeploymentStatus::successful) {
    return Stage::clean_up;
  }
  const Deployment* deployment = deployment_in(service, record.id);
  if (record.status != schemas::ServiceDeploymentStatus::in_progress || deployment == nullptr) {
    return std::nullopt;
  }
  if (is_paused(*deployment)) {
    return show_stage(*stage_ahead(*deployment));
  }
  const bool all_run = count_tasks(tasks, record.id).running >= service.desired_count;
  return all_run && !holds_end(*deployment) ? Stage::clean_up : Stage::scale_up;
}

}  // namespace

api::DeploymentConfiguration show_configuration(
    const schemas::DeploymentConfiguration& configuration) {
  api::DeploymentConfiguration shown;
  shown.deployment_circuit_breaker = show_breaker(configuration.circuit_breaker);
  shown.maximum_percent = configuration.maximum_percent;
  shown.minimum_healthy_percent = configuration.minimum_healthy_percent;
  shown.strategy = api::DeploymentStrategy::rolling;
  shown.bake_time_in_minutes = 0;
  if (!configuration.lifecycle_hooks.empty()) {
    shown.lifecycle_hooks = show_hooks(configuration.lifecycle_hooks);
  }
  return shown;
}

api::ServiceDeploymentStatus show_status(schemas::ServiceDeploymentStatus status) {
  using Shown = api::ServiceDeploymentStatus;
  switch (status) {
    case schemas::ServiceDeploymentStatus::pending:
      return Shown::pending;
    case schemas::ServiceDeploymentStatus::in_progress:
      return Shown::in_progress;
    case schemas::ServiceDeploymentStatus::successful:
      return Shown::successful;
    case schemas::ServiceDeploymentStatus::stop_requested:
      return Shown::stop_requested;
    case schemas::ServiceDeploymentStatus::stopped:
      return Shown::stopped;
    case schemas::ServiceDeploymentStatus::rollback_requested:
      return Shown::rollback_requested;
    case schemas::ServiceDeploymentStatus::rollback_in_progress:
      return Shown::rollback_in_progress;
    case schemas::ServiceDeploymentStatus::rollback_successful:
      return Shown::rollback_successful;
    case schemas::ServiceDeploymentStatus::rollback_failed:
      return Shown::rollback_failed;
  }
  return Shown::in_progress;
}

api::ServiceDeploymentBrief show_brief(const World& world, const ServiceDeployment& record) {
  const Service& service = *service_of(world, record.service);
  api::ServiceDeploymentBrief shown;
  show_record(world, service, record, shown);
  shown.target_service_revision_arn = service_revision_arn(world, service, record.id);
  return shown;
}

api::ServiceDeployment show_service_deployment(const World& world,
                                               const ServiceDeployment& record) {
  const Service& service = *service_of(world, record.service);
  const std::vector<ServiceTask> tasks = service_tasks(world, service.key);
  api::ServiceDeployment shown;
  show_record(world, service, record, shown);
  shown.stopped_at = record.stopped_at;
  shown.updated_at = record.updated_at;
  shown.source_service_revisions.emplace();
  for (const DeploymentId source : record.sources) {
    shown.source_service_revisions->push_back(summarize(world, service, tasks, source));
  }
  shown.target_service_revision = summarize(world, service, tasks, record.id);
  shown.lifecycle_stage = show_progress(service, record, tasks);
  shown.lifecycle_hook_details = show_hook_details(record.hooks);
  shown.deployment_configuration = show_configuration(record.configuration);
  if (record.rollback) {
    shown.rollback = {
        .reason = record.rollback->reason,
        .started_at = record.rollback->started_at,
        .service_revision_arn = service_revision_arn(world, service, record.rollback->revision)};
  }
  shown.deployment_circuit_breaker = show_watch(service, record);
  shown.alarms = api::ServiceDeploymentAlarms{};
  shown.alarms->status = api::ServiceDeploymentRollbackMonitorsStatus::disabled;
  return shown;
}

api::ServiceRevision show_revision(const World& world, const ServiceDeployment& record) {
  const Service& service = *service_of(world, record.service);
  const schemas::Cluster& cluster = *cluster_of(world, service.cluster);
  api::ServiceRevision shown;
  shown.service_revision_arn = service_revision_arn(world, service, record.id);
  shown.service_arn = service_arn(world, service);
  shown.cluster_arn = cluster_arn(cluster);
  show_specification(*record.specification, cluster.scope, shown);
  shown.container_images.emplace();
  for (const schemas::ContainerDefinition& container :
       record.specification->definition->containers) {
    const std::string stated = stated_digest(container);
    shown.container_images->push_back(
        {.container_name = container.name,
         .image_digest =
             unless_empty(stated.empty() ? pinned_digest(record.image_digests, container) : stated),
         .image = container.image});
  }
  shown.guard_duty_enabled = false;
  shown.created_at = record.created_at;
  return shown;
}

}  // namespace control

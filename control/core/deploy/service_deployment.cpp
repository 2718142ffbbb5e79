#include "control/core/deploy/service_deployment.h"

#include <utility>

#include "control/core/deploy/circuit_breaker.h"
#include "control/core/deploy/lifecycle_hooks.h"

namespace control {

using schemas::Instant;
using schemas::MonitorStatus;
using schemas::Service;
using schemas::ServiceDeployment;
using schemas::ServiceDeploymentStatus;

namespace {

void end_watch(ServiceDeployment& record) {
  fail_waiting(record.hooks);
  if (record.breaker == MonitorStatus::monitoring) {
    record.breaker = MonitorStatus::monitoring_complete;
  }
}

ServiceDeployment blank_record(const Service& service, const schemas::Deployment& deployment) {
  ServiceDeployment record;
  record.service = service.key;
  record.id = deployment.id;
  record.specification = deployment.specification;
  record.created_at = deployment.created_at;
  record.updated_at = deployment.updated_at;
  record.configuration = service.deployment_configuration;
  record.hooks = deployment.hooks;
  record.breaker_threshold =
      failure_threshold(record.configuration.circuit_breaker, service.desired_count);
  return record;
}

}  // namespace

ServiceDeployment begin_record(const Service& service, Instant now) {
  ServiceDeployment record = blank_record(service, service.deployments.front());
  record.updated_at = now;
  for (const schemas::Deployment& each : service.deployments) {
    if (each.id != record.id) {
      record.sources.push_back(each.id);
    }
  }
  if (record.configuration.circuit_breaker.enable) {
    record.breaker = MonitorStatus::monitoring;
  }
  return record;
}

ServiceDeployment record_from(const Service& service, const schemas::Deployment& deployment) {
  ServiceDeployment record = blank_record(service, deployment);
  if (deployment.rollout_state == schemas::RolloutState::completed) {
    record.status = ServiceDeploymentStatus::successful;
    record.finished_at = deployment.updated_at;
  } else if (deployment.status != schemas::DeploymentStatus::primary) {
    record.status = ServiceDeploymentStatus::stopped;
    record.stopped_at = deployment.updated_at;
    record.finished_at = deployment.updated_at;
  }
  return record;
}

bool is_open(const ServiceDeployment& record) {
  switch (record.status) {
    case ServiceDeploymentStatus::pending:
    case ServiceDeploymentStatus::in_progress:
    case ServiceDeploymentStatus::stop_requested:
    case ServiceDeploymentStatus::rollback_requested:
    case ServiceDeploymentStatus::rollback_in_progress:
      return true;
    case ServiceDeploymentStatus::successful:
    case ServiceDeploymentStatus::stopped:
    case ServiceDeploymentStatus::rollback_successful:
    case ServiceDeploymentStatus::rollback_failed:
      break;
  }
  return false;
}

ServiceDeployment complete(ServiceDeployment record, Instant now) {
  const bool back = record.status == ServiceDeploymentStatus::rollback_in_progress;
  record.status =
      back ? ServiceDeploymentStatus::rollback_successful : ServiceDeploymentStatus::successful;
  end_watch(record);
  record.finished_at = now;
  record.updated_at = now;
  return record;
}

ServiceDeployment give_up(ServiceDeployment record, const Service& service,
                          const schemas::Deployment& deployment,
                          std::optional<schemas::DeploymentId> rollback_to, Instant now) {
  const schemas::CircuitBreaker& breaker = service.deployment_configuration.circuit_breaker;
  const std::int64_t threshold = failure_threshold(breaker, service.desired_count);
  const std::string failures =
      std::to_string(deployment.breaker_failures) + " tasks failed, and the threshold is " +
      std::to_string(threshold) + "." +
      (deployment.last_failure.empty() ? "" : " The last of them: " + deployment.last_failure);
  if (record.status == ServiceDeploymentStatus::rollback_in_progress) {
    record.status = ServiceDeploymentStatus::rollback_failed;
    record.status_reason += " The rollback failed: " + failures;
    record.finished_at = now;
    record.updated_at = now;
    return record;
  }
  record.breaker = MonitorStatus::triggered;
  record.breaker_failures = deployment.breaker_failures;
  record.breaker_threshold = threshold;
  if (rollback_to) {
    return roll_back(std::move(record), *rollback_to,
                     "Service deployment rolled back because the circuit breaker threshold was "
                     "exceeded: " +
                         failures,
                     now);
  }
  record = stop_record(std::move(record), "The circuit breaker threshold was exceeded: " + failures,
                       now);
  if (breaker.rollback) {
    record.status = ServiceDeploymentStatus::rollback_failed;
    record.status_reason += " No rollback candidate was found to run the rollback.";
  }
  return record;
}

ServiceDeployment time_out(ServiceDeployment record,
                           std::optional<schemas::DeploymentId> rollback_to, Instant now) {
  const std::string why = "A lifecycle hook timed out before ContinueServiceDeployment was called.";
  if (rollback_to) {
    return roll_back(std::move(record), *rollback_to, why, now);
  }
  record = stop_record(std::move(record), why, now);
  record.status = ServiceDeploymentStatus::rollback_failed;
  record.status_reason += " No rollback candidate was found to run the rollback.";
  return record;
}

ServiceDeployment roll_back(ServiceDeployment record, schemas::DeploymentId revision,
                            std::string reason, Instant now) {
  end_watch(record);
  record.status = ServiceDeploymentStatus::rollback_in_progress;
  record.status_reason = reason;
  record.rollback = {.reason = std::move(reason), .started_at = now, .revision = revision};
  record.updated_at = now;
  return record;
}

ServiceDeployment stop_record(ServiceDeployment record, std::string reason, Instant now) {
  end_watch(record);
  record.status = ServiceDeploymentStatus::stopped;
  record.status_reason = std::move(reason);
  record.stopped_at = now;
  record.finished_at = now;
  record.updated_at = now;
  return record;
}

}  // namespace control

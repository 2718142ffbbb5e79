#include "control/core/deploy/deployment.h"

#include <algorithm>
#include <utility>

#include "control/core/deploy/lifecycle_hooks.h"
#include "control/core/deploy/task_set.h"
#include "schemas/base/require.h"

namespace control {
namespace {

using schemas::Deployment;
using schemas::Duration;
using schemas::Instant;
using schemas::StopCode;
using schemas::Task;
using schemas::TaskStatus;

/// Ended without anybody asking for it and without its host being lost.
bool ended_by_itself(const Task& task) {
  return task.stop_code == StopCode::task_failed_to_start ||
         task.stop_code == StopCode::essential_container_exited;
}

bool was_healthy(const Task& task, const DeploySettings& settings, Instant now) {
  const Instant ended = task.execution_stopped_at.value_or(task.stopped_at.value_or(now));
  return ended - *task.started_at >= settings.healthy_after;
}

/// Holds the next attempt back. Tasks made before the present wait was set are of the same round
/// as the failure that set it; the first failure made after it begins a round and doubles the wait.
void hold_back(Deployment& deployment, const Task& task, const DeploySettings& settings,
               Duration longest, Instant now) {
  const bool next_round =
      !deployment.throttled_until || task.created_at >= *deployment.throttled_until;
  if (next_round) {
    deployment.throttle_delay = std::max(settings.throttle_first, deployment.throttle_delay * 2);
  }
  deployment.throttle_delay = std::min(deployment.throttle_delay, longest);
  const Instant until = now + deployment.throttle_delay;
  deployment.throttled_until = std::max(deployment.throttled_until.value_or(until), until);
}

/// Why a task failed, in the words of whatever failed in it.
std::string reason_of(const Task& task) {
  for (const schemas::Container& container : task.containers) {
    if (!container.reason.empty()) {
      return container.reason;
    }
  }
  return task.stopped_reason;
}

/// Replaced by us because its health checks failed.
bool failed_checks(const Task& before, const Task& after) {
  return before.desired_status != TaskStatus::stopped &&
         after.desired_status == TaskStatus::stopped &&
         after.stop_code == StopCode::service_scheduler_initiated &&
         after.stopped_reason == failed_checks_reason;
}

bool became_healthy(const Task& before, const Task& after) {
  return before.health != schemas::HealthStatus::healthy &&
         after.health == schemas::HealthStatus::healthy;
}

/// The circuit breaker's count, see `account`.
void count_for_breaker(Deployment& deployment, const Task& before, const Task& after,
                       const DeploySettings& settings, const schemas::CircuitBreaker& breaker,
                       Instant now) {
  if (deployment.rollout_state != schemas::RolloutState::in_progress) {
    return;
  }
  const bool ended = !ended_by_itself(before) && ended_by_itself(after);
  const bool early = ended && (!after.started_at || !was_healthy(after, settings, now));
  if (early || failed_checks(before, after)) {
    ++deployment.breaker_failures;
    deployment.last_failure_at = now;
    deployment.last_failure = reason_of(after);
  } else if (breaker.reset_on_healthy_task && became_healthy(before, after)) {
    deployment.breaker_failures = 0;
  }
}

void clear_throttle(Deployment& deployment) {
  deployment.failed_tasks = 0;
  deployment.throttled_until.reset();
  deployment.throttle_delay = Duration{};
}

}  // namespace

void begin_deployment(schemas::Service& service, schemas::DeploymentId id,
                      schemas::TaskSpecificationRef specification, Instant now) {
  for (Deployment& each : service.deployments) {
    if (each.status == schemas::DeploymentStatus::primary) {
      each.status = schemas::DeploymentStatus::active;
      each.updated_at = now;
    }
  }
  Deployment next;
  next.id = id;
  next.hooks = hooks_of(service.deployment_configuration, id, service.deployments.size() > 1);
  next.specification = std::move(specification);
  next.rollout_state_reason = "ECS deployment " + id.text() + " in progress.";
  next.created_at = now;
  next.updated_at = now;
  service.deployments.insert(service.deployments.begin(), std::move(next));
  service.current = id;
}

void abandon(schemas::Service& service, std::string reason, Instant now) {
  schemas::require(!service.deployments.empty(), "a service without a deployment gives one up");
  Deployment& primary = service.deployments.front();
  primary.rollout_state = schemas::RolloutState::failed;
  primary.rollout_state_reason = std::move(reason);
  fail_waiting(primary.hooks);
  primary.updated_at = now;
}

void return_to(schemas::Service& service, schemas::DeploymentId target,
               schemas::TaskSpecificationRef specification, std::string reason, Instant now) {
  std::vector<Deployment>& deployments = service.deployments;
  schemas::require(!deployments.empty() && deployments.front().id != target,
                   "a service goes back to what it is");
  deployments.front().status = schemas::DeploymentStatus::active;
  deployments.front().updated_at = now;
  const auto known = std::find_if(deployments.begin(), deployments.end(),
                                  [&](const Deployment& each) { return each.id == target; });
  Deployment back;
  if (known != deployments.end()) {
    back = std::move(*known);
    deployments.erase(known);
  } else {
    back.id = target;
    back.specification = std::move(specification);
    back.created_at = now;
  }
  back.status = schemas::DeploymentStatus::primary;
  back.rollout_state = schemas::RolloutState::in_progress;
  back.rollout_state_reason = std::move(reason);
  back.breaker_failures = 0;
  back.hooks.clear();
  back.updated_at = now;
  clear_throttle(back);
  deployments.insert(deployments.begin(), std::move(back));
}

void forgive(Deployment& deployment, Instant now) {
  if (deployment.failed_tasks != 0 || deployment.throttled_until) {
    clear_throttle(deployment);
    deployment.updated_at = now;
  }
}

void forgive(schemas::Service& service, Instant now) {
  for (Deployment& each : service.deployments) {
    if (service.external || each.id == service.deployments.front().id) {
      forgive(each, now);
    }
  }
}

std::optional<Deployment> account(const Deployment& deployment, const Task& before,
                                  const Task& after, const DeploySettings& settings, Instant now,
                                  const schemas::CircuitBreaker& breaker) {
  schemas::require(after.deployment == deployment.id,
                   "a task was accounted to another deployment than its own");
  const bool began = !before.started_at && after.started_at;
  // As soon as it is known to end, not when the last of it is gone: its replacement is planned at
  // once, and has to wait already.
  const bool ended = !ended_by_itself(before) && ended_by_itself(after);
  Deployment next = deployment;
  if (began && next.failed_tasks > 0) {
    clear_throttle(next);
  }
  if (ended) {
    if (!after.started_at) {
      ++next.failed_tasks;
      hold_back(next, after, settings, settings.throttle_max, now);
    } else if (!was_healthy(after, settings, now)) {
      hold_back(next, after, settings, settings.early_exit_max, now);
    } else if (next.failed_tasks == 0) {
      clear_throttle(next);
    }
  }
  count_for_breaker(next, before, after, settings, breaker, now);
  if (next.failed_tasks == deployment.failed_tasks &&
      next.breaker_failures == deployment.breaker_failures &&
      next.throttled_until == deployment.throttled_until &&
      next.throttle_delay == deployment.throttle_delay) {
    return std::nullopt;
  }
  next.updated_at = now;
  return next;
}

std::int64_t wanted_tasks(const schemas::Service& service, const Deployment& deployment,
                          std::span<const ServiceTask> tasks) {
  if (deployment.task_set) {
    return computed_count(service, deployment);
  }
  if (deployment.status == schemas::DeploymentStatus::primary) {
    return service.desired_count;
  }
  return std::count_if(tasks.begin(), tasks.end(), [&deployment](const ServiceTask& each) {
    return each.task->deployment == deployment.id &&
           each.task->desired_status == TaskStatus::running;
  });
}

TaskCounts count_tasks(std::span<const ServiceTask> tasks, schemas::DeploymentId deployment) {
  TaskCounts counts;
  for (const ServiceTask& each : tasks) {
    const Task& task = *each.task;
    if (!deployment.empty() && task.deployment != deployment) {
      continue;
    }
    if (task.last_status == TaskStatus::running) {
      ++counts.running;
    } else if (task.last_status < TaskStatus::running &&
               task.desired_status != TaskStatus::stopped) {
      ++counts.pending;
    }
  }
  return counts;
}

}  // namespace control

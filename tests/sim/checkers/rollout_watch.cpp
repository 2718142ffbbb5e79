#include "tests/sim/checkers/rollout_watch.h"

#include <algorithm>

#include "control/core/world/lookups.h"

namespace sim {

using schemas::Deployment;
using schemas::RolloutState;
using schemas::Service;
using schemas::ServiceDeploymentStatus;
using schemas::Task;

namespace {

std::int64_t threshold_of(const Service& service) {
  const schemas::CircuitBreaker& breaker = service.deployment_configuration.circuit_breaker;
  const std::int64_t hundred = 100;
  std::int64_t share = breaker.threshold_value * service.desired_count / hundred;
  share += share * hundred < breaker.threshold_value * service.desired_count ? 1 : 0;
  switch (breaker.threshold_type) {
    case schemas::ThresholdType::count:
      return breaker.threshold_value;
    case schemas::ThresholdType::bounded_percent:
      return std::min<std::int64_t>(200, std::max<std::int64_t>(3, share));
    case schemas::ThresholdType::unbounded_percent:
      break;
  }
  return std::max<std::int64_t>(1, share);
}

/// Never ran, ended by itself while it was young, or was replaced for its health.
bool has_failed(const Task& task, Duration healthy_after, Instant now) {
  if (task.stop_code == schemas::StopCode::service_scheduler_initiated) {
    return task.stopped_reason == "Task failed container health checks";
  }
  if (task.stop_code != schemas::StopCode::task_failed_to_start &&
      task.stop_code != schemas::StopCode::essential_container_exited) {
    return false;
  }
  const Instant ended = task.execution_stopped_at.value_or(task.stopped_at.value_or(now));
  return !task.started_at || ended - *task.started_at < healthy_after;
}

bool is_open(ServiceDeploymentStatus status) {
  return status == ServiceDeploymentStatus::in_progress ||
         status == ServiceDeploymentStatus::rollback_in_progress;
}

}  // namespace

void RolloutWatch::turn_ends(const control::World& world, const control::Turn& turn,
                             Duration healthy_after, Instant now) {
  failed_now_.clear();
  for (const control::Row& row : turn.rows) {
    const Task* task =
        row.table == control::Table::task_state ? control::task_of(world, row.key) : nullptr;
    if (task != nullptr && task->service != 0) {
      look_at_task(world, *task, healthy_after, now);
    }
  }
  for (const control::Row& row : turn.rows) {
    if (row.table == control::Table::service) {
      const Service* service = control::service_of(world, row.key);
      if (service != nullptr && service->status == schemas::ServiceStatus::active &&
          !service->external) {
        look_at_service(world, *service);
      }
    } else if (row.table == control::Table::service_deployment) {
      const auto record = world->service_deployments.find(row.key);
      if (record == world->service_deployments.end()) {
        records_.erase(row.key);
      } else {
        look_at_record(world, record->second);
      }
    }
  }
}

void RolloutWatch::look_at_task(const control::World& world, const Task& task,
                                Duration healthy_after, Instant now) {
  const auto seen = deployments_.find(task.deployment);
  const bool fresh = known_.insert(task.key).second;
  if (fresh && seen != deployments_.end() && seen->second.state == RolloutState::failed) {
    const Service* service = control::service_of(world, task.service);
    const bool still = service != nullptr && !service->deployments.empty() &&
                       (service->deployments.front().id != task.deployment ||
                        service->deployments.front().rollout_state == RolloutState::failed);
    if (still) {
      simulation_.fail("Task " + brief(task.id) + " of a failed deployment was started.");
    }
  }
  // Judged when its end is first known, as control does: what its host says later of when its
  // programs ended may be of another clock.
  const bool ends = task.stop_code != schemas::StopCode::none;
  if (!ends || !judged_.insert(task.key).second || !has_failed(task, healthy_after, now)) {
    return;
  }
  ++failed_now_[task.deployment];
  if (seen == deployments_.end() || seen->second.state == RolloutState::in_progress) {
    ++deployments_[task.deployment].failures;
  }
}

void RolloutWatch::look_at_service(const control::World& world, const Service& service) {
  forget_removed(service);
  for (const Deployment& deployment : service.deployments) {
    look_at_deployment(service, deployment);
  }
  current_[service.key] = service.current;
  const Deployment& primary = service.deployments.front();
  if (primary.rollout_state == RolloutState::completed) {
    completed_[service.key] = primary.id;
  }
  const schemas::ServiceDeployment* record =
      control::find_service_deployment(world, service.current);
  if (record == nullptr) {
    simulation_.fail("Service " + service.name + " has no record of what moves it.");
    return;
  }
  const bool moving = primary.rollout_state == RolloutState::in_progress;
  if (moving != is_open(record->status)) {
    simulation_.fail("The record of service " + service.name +
                     (moving ? " has ended, and its deployment has not."
                             : " goes on, and its deployment has ended."));
  }
}

/// One that comes back begins its count anew.
void RolloutWatch::forget_removed(const Service& service) {
  std::erase_if(deployments_, [&service](const auto& each) {
    return each.second.service == service.key &&
           std::none_of(service.deployments.begin(), service.deployments.end(),
                        [&each](const Deployment& kept) { return kept.id == each.first; });
  });
}

void RolloutWatch::look_at_deployment(const Service& service, const Deployment& deployment) {
  const schemas::CircuitBreaker& breaker = service.deployment_configuration.circuit_breaker;
  const auto [at, fresh] = deployments_.try_emplace(deployment.id);
  Seen& seen = at->second;
  // One that failed tasks made known before it was looked at is new here, too.
  if (fresh || (seen.failures == deployment.breaker_failures && !seen.exact)) {
    seen.exact = !breaker.reset_on_healthy_task;
  }
  seen.exact = seen.exact && !breaker.reset_on_healthy_task;
  const bool is_primary = deployment.id == service.deployments.front().id;
  const auto moved = current_.find(service.key);
  const bool back = !fresh && is_primary && !seen.primary && seen.service == service.key;
  if (back) {
    // A task that is replaced for its health in the very turn counts, one that failed before it
    // came back does not.
    seen.failures = std::min(deployment.breaker_failures, failed_now_[deployment.id]);
  } else if (is_primary && moved != current_.end() && moved->second != service.current && !fresh) {
    seen.failures = deployment.breaker_failures;  // it came and went back in one turn
  }
  seen.service = service.key;
  seen.primary = is_primary;
  const bool wrong = seen.exact ? deployment.breaker_failures != seen.failures
                                : deployment.breaker_failures > seen.failures;
  if (deployment.rollout_state == RolloutState::in_progress && wrong) {
    simulation_.fail("Of deployment " + deployment.id.text() + " " + std::to_string(seen.failures) +
                     " tasks have failed, and " + std::to_string(deployment.breaker_failures) +
                     " are counted.");
  }
  if (breaker.enable && is_primary && deployment.rollout_state == RolloutState::in_progress &&
      deployment.breaker_failures >= threshold_of(service)) {
    simulation_.fail("Deployment " + deployment.id.text() + " of service " + service.name +
                     " goes on, though as many of its tasks have failed as may.");
  }
  if (deployment.rollout_state == RolloutState::failed && seen.state != RolloutState::failed) {
    const bool aborted = deployment.rollout_state_reason.ends_with(" was stopped.") &&
                         service.deployments.front().id == deployment.id;
    if (aborted) {
      seen.state = deployment.rollout_state;
      return;
    }
    simulation_.probe("a deployment was given up");
    const auto good = completed_.find(service.key);
    const bool goes_back =
        breaker.rollback && good != completed_.end() && good->second != deployment.id;
    if (goes_back && service.deployments.front().id != good->second) {
      simulation_.fail("Service " + service.name + " did not go back to " + good->second.text() +
                       " when " + deployment.id.text() + " failed.");
    }
    if (goes_back) {
      simulation_.probe("a deployment was rolled back");
    }
  }
  seen.state = deployment.rollout_state;
}

void RolloutWatch::look_at_record(const control::World& world,
                                  const schemas::ServiceDeployment& record) {
  const auto [at, fresh] = records_.try_emplace(record.key, record.status);
  if (!fresh && at->second != record.status && !is_open(at->second)) {
    simulation_.fail("The record of deployment " + record.id.text() + " had ended, and changed.");
  }
  at->second = record.status;
  constexpr std::size_t most = 50;
  const auto& kept = control::entry_or_empty(world.index().deployments_of_service, record.service);
  const Service* service = control::service_of(world, record.service);
  if (service != nullptr && kept.size() > most + service->deployments.size() + 2) {
    simulation_.fail("Service " + service->name + " keeps " + std::to_string(kept.size()) +
                     " records of its deployments.");
  }
}

void RolloutWatch::loaded(const control::World& world) {
  deployments_.clear();
  known_.clear();
  judged_.clear();
  records_.clear();
  for (const auto& [key, task] : world->tasks) {
    known_.insert(key);
    if (task.desired_status == schemas::TaskStatus::stopped) {
      judged_.insert(key);  // before, if at all
    }
  }
  for (const auto& [key, service] : world->services) {
    completed_.erase(key);
    if (!service.last_completed.empty()) {
      completed_[key] = service.last_completed;
    }
    for (const Deployment& deployment : service.deployments) {
      deployments_[deployment.id] = {
          .state = deployment.rollout_state,
          .failures = deployment.breaker_failures,
          .exact = !service.deployment_configuration.circuit_breaker.reset_on_healthy_task,
          .service = key,
          .primary = deployment.id == service.deployments.front().id};
    }
    current_[key] = service.current;
  }
  for (const auto& [key, record] : world->service_deployments) {
    records_[key] = record.status;
  }
}

}  // namespace sim

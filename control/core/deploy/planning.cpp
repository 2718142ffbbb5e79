#include "control/core/deploy/planning.h"

#include <algorithm>
#include <utility>

#include "control/core/deploy/circuit_breaker.h"
#include "control/core/deploy/lifecycle_hooks.h"
#include "control/core/deploy/service_events.h"
#include "control/core/lifecycle/lifecycle.h"

namespace control {

using schemas::Instant;
using schemas::RolloutState;
using schemas::Task;

namespace {

/// Below this many failures in a row a deployment may just be unlucky.
constexpr std::int64_t failures_worth_an_event = 3;

}  // namespace

void Planning::wake(Instant at) {
  if (at > now_) {
    plan_.next_wake = std::min(plan_.next_wake.value_or(at), at);
  }
}

bool Planning::is_ailing(const Task& task) {
  if (task.health != schemas::HealthStatus::unhealthy || !task.started_at) {
    return false;
  }
  const Instant grace_ends =
      *task.started_at + std::chrono::seconds(service_.health_check_grace_period_s);
  wake(grace_ends);
  return grace_ends <= now_;
}

bool Planning::is_healthy(const Task& task) {
  const std::optional<Instant> from = healthy_from(task, settings_.healthy_after);
  if (from && *from > now_) {
    wake(*from);
  }
  return from && *from <= now_;
}

bool Planning::is_held(const Task& task) {
  if (!is_protected(task, now_)) {
    return false;
  }
  wake(*task.protected_until);
  return true;
}

bool Planning::serves(const Task& task) {
  return task.last_status == schemas::TaskStatus::running &&
         task.health != schemas::HealthStatus::unhealthy;
}

bool Planning::breaker_opens(std::int64_t ailing) const {
  return watches(breaker(), primary()) &&
         primary().breaker_failures + ailing >= failure_threshold(breaker(), desired());
}

void Planning::give_up() {
  plan_.deployments.push_back({primary().id, DeploymentChange::Kind::failed});
  plan_.events.push_back(deployment_failed_message(service_.name, primary().id));
  go_back_if(breaker().rollback);
}

/// What a rollback itself fails at is not rolled back again.
void Planning::go_back_if(bool wanted) {
  const bool is_rollback = service_.current != primary().id;
  if (wanted && !is_rollback && !service_.last_completed.empty()) {
    plan_.rollback_to = service_.last_completed;
    plan_.events.push_back(rolling_back_message(service_.name, service_.last_completed));
  }
}

bool Planning::expires() {
  const std::optional<schemas::HookAction> action = expired_action(primary(), now_);
  if (action == schemas::HookAction::rollback) {
    plan_.deployments.push_back({primary().id, DeploymentChange::Kind::expired});
    plan_.events.push_back(deployment_expired_message(service_.name, primary().id));
    go_back_if(true);
    return true;
  }
  if (action) {
    plan_.deployments.push_back({primary().id, DeploymentChange::Kind::released});
    return true;
  }
  if (const std::optional<Instant> expiry = next_expiry(primary())) {
    wake(*expiry);
  }
  return false;
}

void Planning::pause_if_new() {
  if (stage_ahead(primary()) && !is_paused(primary())) {
    plan_.deployments.push_back({primary().id, DeploymentChange::Kind::paused});
    plan_.events.push_back(deployment_paused_message(service_.name, primary().id));
  }
}

void Planning::note_recovery(std::span<const Task* const> kept) {
  if (!watches(breaker(), primary()) || !breaker().reset_on_healthy_task ||
      primary().breaker_failures == 0 || !primary().last_failure_at) {
    return;
  }
  const bool recovered = std::any_of(kept.begin(), kept.end(), [this](const Task* task) {
    const std::optional<Instant> from = healthy_from(*task, settings_.healthy_after);
    return from && *from <= now_ && *from > *primary().last_failure_at;
  });
  if (recovered) {
    plan_.deployments.push_back({primary().id, DeploymentChange::Kind::recovered});
  }
}

bool Planning::may_start(const schemas::Deployment& deployment) {
  const bool given_up = deployment.rollout_state == RolloutState::failed;
  if (given_up) {
    return false;
  }
  if (deployment.throttled_until && *deployment.throttled_until > now_) {
    wake(*deployment.throttled_until);
    return false;
  }
  return true;
}

void Planning::stop(const Task& task, std::string reason) {
  plan_.stops.push_back(
      {task.id, schemas::StopCode::service_scheduler_initiated, std::move(reason)});
}

void Planning::stop_for_scale(const Task& task) {
  stop(task, "Scaling activity initiated by (deployment " + task.deployment.text() + ")");
}

void Planning::stop_all(std::span<const Task* const> tasks) {
  for (const Task* task : tasks) {
    stop_for_scale(*task);
  }
}

void Planning::announce(std::string message) {
  const Instant from = news_from(service_, message, settings_.repeat_events_after, now_);
  if (from > now_) {
    wake(from);
    return;
  }
  plan_.events.push_back(std::move(message));
}

void Planning::announce_stops() {
  if (plan_.stops.empty()) {
    return;
  }
  std::vector<schemas::TaskId> ids;
  ids.reserve(plan_.stops.size());
  for (const TaskStop& each : plan_.stops) {
    ids.push_back(each.task);
  }
  plan_.events.push_back(stopped_message(service_.name, ids));
}

void Planning::announce_failures() {
  if (primary().failed_tasks >= failures_worth_an_event) {
    announce(failing_message(service_.name));
  }
}

void Planning::announce_rest() {
  if (primary().rollout_state == RolloutState::failed) {
    return;
  }
  if (primary().rollout_state == RolloutState::in_progress) {
    plan_.deployments.push_back({primary().id, DeploymentChange::Kind::completed});
    plan_.events.push_back(deployment_completed_message(service_.name, primary().id));
    plan_.events.push_back(steady_state_message(service_.name));
    return;
  }
  announce(steady_state_message(service_.name));
}

}  // namespace control

#include <algorithm>
#include <string>

#include "agent/core/task_steps.h"

namespace agent {

namespace {

using schemas::HealthCheck;
using schemas::HealthStatus;

constexpr std::size_t output_max = 1'024;

/// Failures do not count in the start period, unless a check has passed in it: then it is over.
bool is_grace(const SavedContainer& record, const HealthCheck& check,
              const HealthActivity& activity) {
  return record.health == HealthStatus::unknown &&
         activity.begun_ns < record.started_boot_ns + nanoseconds(check.start_period);
}

void become(SavedContainer& record, HealthStatus health, const Finished& finished,
            const Moment& now) {
  if (record.health == health) {
    return;
  }
  record.health = health;
  record.health_since = now.wall;
  record.health_exit_code = finished.error.empty() ? finished.exit_code : -1;
  record.health_output =
      (finished.error.empty() ? finished.output : finished.error).substr(0, output_max);
}

}  // namespace

std::optional<std::int64_t> check_due_ns(const TaskState& task, std::int64_t container) {
  const SavedContainer& record = task.record.containers[static_cast<std::size_t>(container)];
  const std::optional<HealthCheck>& check = task.definition(container).health_check;
  const HealthActivity& activity = task.activity[static_cast<std::size_t>(container)].health;
  if (!check || task.record.stopping || record.progress != ContainerProgress::running ||
      activity.asked) {
    return std::nullopt;
  }
  const bool first = activity.last_end_ns == 0 || activity.run != record.restarts;
  return (first ? record.started_boot_ns : activity.last_end_ns) + nanoseconds(check->interval);
}

void check_on(TaskState& task, const Moment& now, Advance& out) {
  for (std::size_t at = 0; at < task.activity.size(); ++at) {
    const auto index = static_cast<std::int64_t>(at);
    const auto due_ns = check_due_ns(task, index);
    if (!due_ns || now.boot_ns < *due_ns) {
      continue;
    }
    HealthActivity& activity = task.activity[at].health;
    if (activity.run != task.record.containers[at].restarts) {
      activity = HealthActivity{};
      activity.run = task.record.containers[at].restarts;
    }
    activity.asked = true;
    activity.begun_ns = now.boot_ns;
    out.effects.push_back({Action::check_health, task.assignment().id, index});
  }
}

void fold_check(TaskState& task, const Finished& finished, const Moment& now) {
  const auto at = static_cast<std::size_t>(finished.effect.index);
  SavedContainer& record = task.record.containers[at];
  HealthActivity& activity = task.activity[at].health;
  const std::optional<HealthCheck>& check = task.definition(finished.effect.index).health_check;
  if (!activity.asked || !check) {
    return;
  }
  activity.asked = false;
  activity.last_end_ns = now.boot_ns;
  // What a check says of a run that is over, or about to be, says nothing of the next.
  if (record.progress != ContainerProgress::running || activity.run != record.restarts ||
      task.record.stopping) {
    return;
  }
  if (finished.error.empty() && finished.exit_code == 0) {
    activity.failures = 0;
    become(record, HealthStatus::healthy, finished, now);
    return;
  }
  if (is_grace(record, *check, activity)) {
    return;
  }
  activity.failures += 1;
  if (activity.failures >= check->retries) {
    become(record, HealthStatus::unhealthy, finished, now);
  }
}

}  // namespace agent

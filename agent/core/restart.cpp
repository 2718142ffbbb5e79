#include <algorithm>

#include "agent/core/task_steps.h"

namespace agent {

bool restarts(const TaskState& task, const Exited& exited, const Moment& now) {
  const auto& policy = task.definition(exited.container).restart_policy;
  const SavedContainer& record = task.record.containers[static_cast<std::size_t>(exited.container)];
  if (!policy || !policy->enabled || task.record.stopping || !exited.exit_code ||
      record.started_boot_ns == 0) {
    return false;
  }
  const auto& ignored = policy->ignored_exit_codes;
  if (std::find(ignored.begin(), ignored.end(), *exited.exit_code) != ignored.end()) {
    return false;
  }
  // It may have ended while no agent was there to see.
  const schemas::Duration ago = std::max(now.wall - exited.at, schemas::Duration(0));
  return now.boot_ns - record.started_boot_ns - nanoseconds(ago) >=
         nanoseconds(policy->attempt_period);
}

void begin_restart(TaskState& task, const Exited& exited) {
  const auto at = static_cast<std::size_t>(exited.container);
  SavedContainer& record = task.record.containers[at];
  record.progress = ContainerProgress::starting;
  record.restarts += 1;
  record.last_end = exited.at;
  record.started_at.reset();
  record.started_boot_ns = 0;
  record.health = schemas::HealthStatus::unknown;
  record.health_since.reset();
  record.health_output.clear();
  record.health_exit_code = 0;
  task.activity[at].restart_asked = false;
}

void restart_on(TaskState& task, Advance& out) {
  for (std::size_t at = 0; at < task.record.containers.size(); ++at) {
    SavedContainer& record = task.record.containers[at];
    ContainerActivity& activity = task.activity[at];
    if (record.progress != ContainerProgress::starting || record.restarts == 0 ||
        activity.restart_asked) {
      continue;
    }
    if (task.record.stopping) {
      record.progress = ContainerProgress::stopped;  // the run was not asked for: it never began
      record.finished_at = record.last_end;
      continue;
    }
    activity.restart_asked = true;
    out.effects.push_back(
        {Action::restart_container, task.assignment().id, static_cast<std::int64_t>(at)});
  }
}

}  // namespace agent

#include "agent/core/task_engine.h"

#include <algorithm>

#include "agent/core/task_steps.h"

namespace agent {

using schemas::StopCode;
using schemas::TaskStatus;

void begin_stop(TaskState& task, StopCode code, const std::string& reason) {
  if (task.record.stopping) {
    return;
  }
  task.record.stopping = true;
  task.record.stop_code = code;
  task.record.stopped_reason = reason;
  task.record.status = std::max(task.record.status, TaskStatus::stopping);
}

void advance(TaskState& task, const TaskPolicy& policy, const Moment& now, Advance& out) {
  if (task.first_seen_ns == 0) {
    task.first_seen_ns = now.boot_ns;
  }
  if (!task.record.stopping) {
    start_on(task, policy, now, out);
  }
  restart_on(task, out);
  check_on(task, now, out);
  if (task.record.stopping) {
    stop_on(task, policy, now, out);
    clean_up(task, policy, now, out);
  }
  if (meter_is_due(task, now)) {
    task.meter.reading.phase = Attempt::Phase::asked;
    out.effects.push_back({Action::read_meter, task.assignment().id, 0});
  }
}

bool all_stopped(const TaskState& task) {
  return std::all_of(task.record.containers.begin(), task.record.containers.end(),
                     [](const SavedContainer& container) {
                       return container.progress == ContainerProgress::stopped;
                     });
}

bool ask_now(Attempt& attempt, const Moment& now) {
  if (attempt.phase != Attempt::Phase::idle || now.boot_ns < attempt.not_before_ns) {
    return false;
  }
  attempt.phase = Attempt::Phase::asked;
  return true;
}

void settle(Attempt& attempt, const std::string& error, const Moment& now) {
  if (error.empty()) {
    attempt.phase = Attempt::Phase::done;
    return;
  }
  constexpr std::int64_t longest_wait_shift = 6;  // about a minute
  attempt.phase = Attempt::Phase::idle;
  const std::int64_t shift = std::min(attempt.failures, longest_wait_shift);
  attempt.not_before_ns = now.boot_ns + nanoseconds_per_second * (std::int64_t{1} << shift);
  attempt.failures += 1;
}

}  // namespace agent

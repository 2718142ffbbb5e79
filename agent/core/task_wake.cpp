#include <algorithm>

#include "agent/core/meter.h"
#include "agent/core/order.h"
#include "agent/core/task_steps.h"

namespace agent {

namespace {

void keep_earliest(std::optional<std::int64_t>& earliest, std::optional<std::int64_t> candidate) {
  if (candidate && (!earliest || *candidate < *earliest)) {
    earliest = candidate;
  }
}

std::optional<std::int64_t> retry_ns(const Attempt& attempt) {
  return attempt.phase == Attempt::Phase::idle && attempt.failures > 0
             ? std::optional(attempt.not_before_ns)
             : std::nullopt;
}

std::optional<std::int64_t> stop_due_ns(const TaskState& task, std::int64_t index,
                                        const TaskPolicy& policy) {
  const ContainerActivity& activity = task.activity[static_cast<std::size_t>(index)];
  if (task.record.containers[static_cast<std::size_t>(index)].progress !=
          ContainerProgress::running ||
      activity.stop_sent_ns == 0) {
    return std::nullopt;
  }
  if (activity.kill_sent_ns != 0) {
    return activity.kill_sent_ns + nanoseconds(policy.kill_again);
  }
  return activity.stop_sent_ns +
         nanoseconds(task.definition(index).stop_timeout.value_or(policy.stop_timeout));
}

}  // namespace

bool meter_is_due(const TaskState& task, const Moment& now) {
  const std::optional<std::int64_t> due_ns = next_reading_ns(task);
  return due_ns && now.boot_ns >= *due_ns && now.boot_ns >= task.meter.reading.not_before_ns;
}

std::optional<std::int64_t> wake_ns(const TaskState& task, const TaskPolicy& policy,
                                    const Moment& now) {
  std::optional<std::int64_t> earliest;
  if (task.record.cleaned) {
    if (!task.record.logs_dropped && task.record.stopped_at &&
        task.log_removal.phase == Attempt::Phase::idle) {
      const schemas::Duration left = *task.record.stopped_at + policy.logs_kept - now.wall;
      earliest = std::max(now.boot_ns + nanoseconds(left), task.log_removal.not_before_ns);
    }
    return earliest;
  }
  if (const auto due_ns = next_reading_ns(task)) {
    earliest = std::max(*due_ns, task.meter.reading.not_before_ns);
  }
  for (std::size_t i = 0; i < task.record.containers.size(); ++i) {
    const auto index = static_cast<std::int64_t>(i);
    keep_earliest(earliest, stop_due_ns(task, index, policy));
    keep_earliest(earliest, retry_ns(task.activity[i].removal));
    keep_earliest(earliest, check_due_ns(task, index));
    const ContainerProgress progress = task.record.containers[i].progress;
    if (!task.record.stopping &&
        (progress == ContainerProgress::pulled || progress == ContainerProgress::created)) {
      keep_earliest(earliest, start_order(task, index, now).deadline_ns);
    }
  }
  for (const SandboxState& sandbox : task.sandboxes) {
    keep_earliest(earliest, retry_ns(sandbox.release));
    if (!task.record.stopping && sandbox.phase < SandboxPhase::ready) {
      keep_earliest(earliest, retry_ns(sandbox.again));
    }
  }
  keep_earliest(earliest, retry_ns(task.removal));
  keep_earliest(earliest, retry_ns(task.meter.reading));
  if (task.assignment().network_mode == schemas::NetworkMode::awsvpc && !task.eni_ready &&
      !task.record.stopping) {
    keep_earliest(earliest, task.first_seen_ns + nanoseconds(policy.eni_timeout));
  }
  return earliest;
}

}  // namespace agent

#include <algorithm>
#include <string>

#include "agent/core/meter.h"
#include "agent/core/order.h"
#include "agent/core/task_steps.h"

namespace agent {

using schemas::TaskStatus;

namespace {

/// A removal that keeps failing must not keep the interface of a dead task.
constexpr std::int64_t patience = 3;

std::int64_t stop_timeout_ns(const TaskState& task, std::int64_t index, const TaskPolicy& policy) {
  return nanoseconds(task.definition(index).stop_timeout.value_or(policy.stop_timeout));
}

void stop_running(TaskState& task, std::int64_t index, const TaskPolicy& policy, const Moment& now,
                  Advance& out) {
  ContainerActivity& activity = task.activity[static_cast<std::size_t>(index)];
  const schemas::TaskId id = task.assignment().id;
  if (activity.stop_sent_ns == 0) {
    if (may_stop(task, index)) {
      activity.stop_sent_ns = now.boot_ns;
      out.effects.push_back({Action::stop_container, id, index});
    }
    return;
  }
  const bool first = activity.kill_sent_ns == 0;
  const std::int64_t due_ns = first ? activity.stop_sent_ns + stop_timeout_ns(task, index, policy)
                                    : activity.kill_sent_ns + nanoseconds(policy.kill_again);
  if (now.boot_ns >= due_ns) {
    activity.kill_sent_ns = now.boot_ns;
    out.effects.push_back({Action::kill_container, id, index});
  }
}

/// True when every container's remains are gone, or refuse to go.
bool remove_containers(TaskState& task, const Moment& now, Advance& out) {
  bool over = true;
  for (std::size_t i = 0; i < task.activity.size(); ++i) {
    ContainerActivity& activity = task.activity[i];
    if (!activity.touched) {
      continue;
    }
    if (ask_now(activity.removal, now)) {
      out.effects.push_back(
          {Action::remove_container, task.assignment().id, static_cast<std::int64_t>(i)});
    }
    over = over && (activity.removal.phase == Attempt::Phase::done ||
                    activity.removal.failures >= patience);
  }
  return over;
}

bool containers_gone(const TaskState& task) {
  return std::all_of(task.activity.begin(), task.activity.end(), [](const ContainerActivity& one) {
    return !one.touched || one.removal.phase == Attempt::Phase::done;
  });
}

bool release_sandboxes(TaskState& task, const Moment& now, Advance& out) {
  bool over = true;
  for (std::size_t i = 0; i < task.sandboxes.size(); ++i) {
    SandboxState& sandbox = task.sandboxes[i];
    if (!sandbox.touched) {
      continue;
    }
    const bool busy =
        sandbox.phase == SandboxPhase::making || sandbox.phase == SandboxPhase::attaching;
    if (!busy && ask_now(sandbox.release, now)) {
      out.effects.push_back(
          {Action::release_sandbox, task.assignment().id, static_cast<std::int64_t>(i)});
    }
    over = over && sandbox.release.phase == Attempt::Phase::done;
  }
  return over;
}

void close_meter(TaskState& task, const Moment& now, Advance& out) {
  if (task.record.meter.phase == MeterRecordState::Phase::open &&
      ask_now(task.meter.reading, now)) {
    task.meter.closing = true;
    out.effects.push_back({Action::read_meter, task.assignment().id, 0});
  }
}

bool anything_touched(const TaskState& task) {
  return task.making.phase != Attempt::Phase::idle || task.making.failures > 0 ||
         std::any_of(task.activity.begin(), task.activity.end(),
                     [](const ContainerActivity& one) { return one.touched; });
}

void drop_old_logs(TaskState& task, const TaskPolicy& policy, const Moment& now, Advance& out) {
  if (!task.record.logs_dropped && task.record.stopped_at &&
      now.wall >= *task.record.stopped_at + policy.logs_kept && ask_now(task.log_removal, now)) {
    out.effects.push_back({Action::drop_logs, task.assignment().id, 0});
  }
}

}  // namespace

void stop_on(TaskState& task, const TaskPolicy& policy, const Moment& now, Advance& out) {
  for (std::size_t i = 0; i < task.record.containers.size(); ++i) {
    SavedContainer& container = task.record.containers[i];
    switch (container.progress) {
      case ContainerProgress::waiting:
      case ContainerProgress::pulling:
      case ContainerProgress::pulled:
      case ContainerProgress::created:
        container.progress = ContainerProgress::stopped;
        break;
      case ContainerProgress::running:  // stopped below, in order
      case ContainerProgress::creating:
      case ContainerProgress::starting:
      case ContainerProgress::stopped:
        break;  // under way, or over: its end will be heard of
    }
  }
  for (std::size_t i = 0; i < task.record.containers.size(); ++i) {
    if (task.record.containers[i].progress == ContainerProgress::running) {
      stop_running(task, static_cast<std::int64_t>(i), policy, now, out);
    }
  }
}

void clean_up(TaskState& task, const TaskPolicy& policy, const Moment& now, Advance& out) {
  if (!all_stopped(task)) {
    return;
  }
  TaskRecord& record = task.record;
  if (record.cleaned) {
    drop_old_logs(task, policy, now, out);
    return;
  }
  if (!record.execution_stopped_at && record.started_at) {
    record.execution_stopped_at = now.wall;
  }
  close_meter(task, now, out);
  const bool metered = record.meter.phase != MeterRecordState::Phase::open;
  const bool released = remove_containers(task, now, out) && release_sandboxes(task, now, out);
  if (record.status < TaskStatus::deprovisioning && record.eni && task.sandboxes.front().touched) {
    record.status = TaskStatus::deprovisioning;
  }
  if (!metered || !released) {
    return;
  }
  if (record.status != TaskStatus::stopped) {
    record.status = TaskStatus::stopped;
    record.stopped_at = now.wall;
  }
  if (!containers_gone(task)) {
    return;  // that the task has stopped is told already; what refuses to go is asked again
  }
  if (task.making.phase == Attempt::Phase::asked) {
    return;  // the cgroup is being made: wait for it, then remove it
  }
  if (!anything_touched(task)) {
    record.cleaned = true;
  } else if (ask_now(task.removal, now)) {
    out.effects.push_back({Action::remove_task, task.assignment().id, 0});
  }
}

}  // namespace agent

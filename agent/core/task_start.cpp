#include <algorithm>
#include <string>

#include "agent/core/meter.h"
#include "agent/core/order.h"
#include "agent/core/task_steps.h"

namespace agent {

using schemas::StopCode;
using schemas::TaskStatus;

namespace {

Effect effect_of(const TaskState& task, Action action, std::int64_t index) {
  return Effect{action, task.assignment().id, index};
}

/// Whether the task is still control's wish, or runs anyway: the record of a task that neither says
/// may be from before a loss of power, and its address another's by now.
bool is_current(const TaskState& task) {
  const auto& containers = task.record.containers;
  return task.confirmed ||
         std::any_of(containers.begin(), containers.end(), [](const SavedContainer& container) {
           return container.progress == ContainerProgress::running;
         });
}

/// The namespace may be made before control has said which interface goes into it.
void start_sandboxes(TaskState& task, const TaskPolicy& policy, const Moment& now, Advance& out) {
  const bool waits_for_eni =
      task.assignment().network_mode == schemas::NetworkMode::awsvpc && !task.eni_ready;
  for (std::size_t i = 0; i < task.sandboxes.size(); ++i) {
    SandboxState& sandbox = task.sandboxes[i];
    const auto index = static_cast<std::int64_t>(i);
    if (now.boot_ns < sandbox.again.not_before_ns) {
      continue;
    }
    if (sandbox.phase == SandboxPhase::absent) {
      sandbox.phase = SandboxPhase::making;
      sandbox.touched = true;
      out.effects.push_back(effect_of(task, Action::make_sandbox, index));
    } else if (sandbox.phase == SandboxPhase::made && !waits_for_eni && is_current(task)) {
      sandbox.phase = SandboxPhase::attaching;
      out.effects.push_back(effect_of(task, Action::attach_network, index));
    }
  }
  if (waits_for_eni && now.boot_ns >= task.first_seen_ns + nanoseconds(policy.eni_timeout)) {
    begin_stop(task, StopCode::task_failed_to_start,
               "ResourceInitializationError: Timeout waiting for network interface provisioning "
               "to complete.");
  }
}

SandboxPhase sandbox_phase(const TaskState& task, std::int64_t container) {
  const std::optional<std::int64_t> sandbox = sandbox_of(task.assignment(), container);
  return sandbox ? task.sandboxes[static_cast<std::size_t>(*sandbox)].phase : SandboxPhase::ready;
}

/// Creating needs the namespace only, starting the finished network: the two overlap.
void start_container(TaskState& task, std::int64_t index, const Moment& now, Advance& out) {
  if (!task.confirmed) {
    return;
  }
  const auto at = static_cast<std::size_t>(index);
  SavedContainer& record = task.record.containers[at];
  if (record.progress == ContainerProgress::waiting) {
    record.progress = ContainerProgress::pulling;
    if (!task.record.pull_started_at) {
      task.record.pull_started_at = now.wall;
      open_meter(task, now);
    }
    out.effects.push_back(effect_of(task, Action::pull_image, index));
    return;
  }
  if (record.progress != ContainerProgress::pulled &&
      record.progress != ContainerProgress::created) {
    return;
  }
  const OrderAnswer order = start_order(task, index, now);
  if (order.readiness == Readiness::never) {
    record.progress = ContainerProgress::stopped;
    record.reason = order.reason;
    begin_stop(task, StopCode::task_failed_to_start, order.reason);
    return;
  }
  const SandboxPhase sandbox = sandbox_phase(task, index);
  if (record.progress == ContainerProgress::pulled && order.readiness != Readiness::waiting &&
      task.making.phase == Attempt::Phase::done && sandbox >= SandboxPhase::made) {
    record.progress = ContainerProgress::creating;
    task.activity[at].touched = true;
    out.effects.push_back(effect_of(task, Action::create_container, index));
  } else if (record.progress == ContainerProgress::created && order.readiness == Readiness::ready &&
             sandbox == SandboxPhase::ready) {
    record.progress = ContainerProgress::starting;
    out.effects.push_back(effect_of(task, Action::start_container, index));
  }
}

bool has_started(const SavedContainer& container) {
  return container.progress == ContainerProgress::running ||
         container.progress == ContainerProgress::stopped;
}

void note_running(TaskState& task) {
  TaskRecord& record = task.record;
  if (record.status >= TaskStatus::running ||
      !std::all_of(record.containers.begin(), record.containers.end(), has_started)) {
    return;
  }
  for (const SavedContainer& container : record.containers) {
    if (container.started_at &&
        (!record.started_at || *record.started_at < *container.started_at)) {
      record.started_at = container.started_at;
    }
  }
  if (record.started_at) {
    record.status = TaskStatus::running;
  }
}

}  // namespace

void start_on(TaskState& task, const TaskPolicy& policy, const Moment& now, Advance& out) {
  if (ask_now(task.making, now)) {
    out.effects.push_back(effect_of(task, Action::make_task, 0));
  }
  start_sandboxes(task, policy, now, out);
  for (std::size_t i = 0; i < task.record.containers.size() && !task.record.stopping; ++i) {
    start_container(task, static_cast<std::int64_t>(i), now, out);
  }
  if (task.record.stopping) {
    return;
  }
  note_running(task);
  for (std::size_t i = 0; i < task.record.containers.size(); ++i) {
    if (task.record.containers[i].progress == ContainerProgress::stopped &&
        task.definition(static_cast<std::int64_t>(i)).essential) {
      begin_stop(task, StopCode::essential_container_exited, "Essential container in task exited");
      if (!task.record.execution_stopped_at) {
        task.record.execution_stopped_at = task.record.containers[i].finished_at;
      }
      return;
    }
  }
  if (all_stopped(task)) {
    begin_stop(task, StopCode::essential_container_exited, "All containers in task exited");
  }
}

}  // namespace agent

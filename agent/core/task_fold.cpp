#include <algorithm>
#include <string>

#include "agent/core/meter.h"
#include "agent/core/order.h"
#include "agent/core/task_steps.h"
#include "schemas/base/require.h"

namespace agent {

using schemas::StopCode;

namespace {

void container_failed(TaskState& task, std::int64_t index, const std::string& reason,
                      const Moment& now) {
  SavedContainer& record = task.record.containers[static_cast<std::size_t>(index)];
  record.progress = ContainerProgress::stopped;
  record.reason = reason;
  record.finished_at = now.wall;
  if (task.definition(index).essential) {
    begin_stop(task, StopCode::task_failed_to_start, reason);
  }
}

bool anything_runs(const TaskState& task) {
  return std::any_of(task.record.containers.begin(), task.record.containers.end(),
                     [](const SavedContainer& container) {
                       return container.progress == ContainerProgress::running;
                     });
}

/// A task that cannot have its network does not start. One that runs already (the agent came back
/// and makes sure of what is there) is not ended for that: it is tried again.
void fold_sandbox(TaskState& task, const Finished& finished, const Moment& now) {
  SandboxState& sandbox = task.sandboxes[static_cast<std::size_t>(finished.effect.index)];
  const bool making = finished.effect.action == Action::make_sandbox;
  if (sandbox.phase != (making ? SandboxPhase::making : SandboxPhase::attaching)) {
    return;
  }
  if (!finished.error.empty()) {
    sandbox.phase = making ? SandboxPhase::absent : SandboxPhase::made;
    if (anything_runs(task)) {
      settle(sandbox.again, finished.error, now);
    } else {
      begin_stop(task, StopCode::task_failed_to_start, finished.error);
    }
    return;
  }
  sandbox.phase = making ? SandboxPhase::made : SandboxPhase::ready;
  if (!finished.network_bindings.empty()) {
    const auto at = static_cast<std::size_t>(finished.effect.index);
    schemas::require(at < task.record.containers.size(), "ports of a container that is not there");
    task.record.containers[at].network_bindings = finished.network_bindings;
  }
  task.record.eni_attached = task.record.eni_attached || (!making && task.record.eni.has_value());
}

void fold_pull(TaskState& task, const Finished& finished, const Moment& now) {
  const std::int64_t index = finished.effect.index;
  SavedContainer& record = task.record.containers[static_cast<std::size_t>(index)];
  if (record.progress != ContainerProgress::pulling) {
    return;
  }
  record.image_digest = finished.image_digest;
  record.progress = ContainerProgress::pulled;
  const bool all_here = std::all_of(
      task.record.containers.begin(), task.record.containers.end(),
      [](const SavedContainer& one) { return one.progress >= ContainerProgress::pulled; });
  if (all_here) {
    task.record.pull_stopped_at = now.wall;
  }
  if (!finished.error.empty()) {
    task.record.pull_stopped_at = now.wall;
    container_failed(task, index, finished.error, now);
  }
}

void fold_create(TaskState& task, const Finished& finished, const Moment& now) {
  const std::int64_t index = finished.effect.index;
  SavedContainer& record = task.record.containers[static_cast<std::size_t>(index)];
  if (record.progress != ContainerProgress::creating) {
    return;
  }
  record.runtime_id = finished.runtime_id;
  record.stop_signal = finished.stop_signal;
  record.progress = ContainerProgress::created;
  if (!finished.error.empty()) {
    container_failed(task, index, finished.error, now);
  }
}

void fold_start(TaskState& task, const Finished& finished, const Moment& now) {
  const std::int64_t index = finished.effect.index;
  SavedContainer& record = task.record.containers[static_cast<std::size_t>(index)];
  if (record.progress != ContainerProgress::starting) {
    return;  // a program that ends at once is heard of before its start is
  }
  if (!finished.error.empty()) {
    container_failed(task, index, finished.error, now);
    return;
  }
  record.progress = ContainerProgress::running;
  record.started_at = now.wall;
  record.started_boot_ns = now.boot_ns;
}

/// A run that cannot begin is the end of the container, as its last run left it.
void fold_restart(TaskState& task, const Finished& finished, const Moment& now) {
  SavedContainer& record = task.record.containers[static_cast<std::size_t>(finished.effect.index)];
  if (record.progress != ContainerProgress::starting || record.restarts == 0) {
    return;
  }
  if (!finished.error.empty()) {
    record.progress = ContainerProgress::stopped;
    record.reason = finished.error;
    record.finished_at = record.last_end;
    return;
  }
  record.progress = ContainerProgress::running;
  record.started_at = now.wall;
  record.started_boot_ns = now.boot_ns;
}

void fold_reading(TaskState& task, const Finished& finished, const Moment& now, Advance& out) {
  if (task.meter.reading.phase != Attempt::Phase::asked) {
    return;
  }
  const bool closing = task.meter.closing;
  task.meter.closing = false;
  settle(task.meter.reading, finished.error, now);
  if (task.record.meter.phase != MeterRecordState::Phase::open) {
    return;
  }
  constexpr std::int64_t patience = 3;
  if (!finished.error.empty() && task.meter.reading.failures < patience) {
    return;
  }
  const Moment at = finished.meter ? finished.meter->at : now;
  const std::optional<schemas::MeterRecord> record =
      fold_meter(task, finished.meter, at, closing ? MeterClose::last : MeterClose::when_due);
  if (record) {
    out.meters.push_back(*record);
  }
  task.meter.reading = Attempt{};
}

bool is_of_container(Action action) {
  return action == Action::pull_image || action == Action::create_container ||
         action == Action::start_container || action == Action::restart_container ||
         action == Action::check_health || action == Action::stop_container ||
         action == Action::kill_container || action == Action::remove_container;
}

bool is_of_sandbox(Action action) {
  return action == Action::make_sandbox || action == Action::attach_network ||
         action == Action::release_sandbox;
}

void fold_make_task(TaskState& task, const std::string& error, const Moment& now) {
  if (task.making.phase != Attempt::Phase::asked) {
    return;
  }
  settle(task.making, error, now);
  if (!error.empty()) {
    begin_stop(task, StopCode::task_failed_to_start, error);
  }
}

/// Only an attempt that was asked for can end.
bool settle_asked(Attempt& attempt, const std::string& error, const Moment& now) {
  if (attempt.phase == Attempt::Phase::asked) {
    settle(attempt, error, now);
    return attempt.phase == Attempt::Phase::done;
  }
  return false;
}

}  // namespace

void fold_finished(TaskState& task, const Finished& finished, const Moment& now, Advance& out) {
  const auto at = static_cast<std::size_t>(finished.effect.index);
  const Action action = finished.effect.action;
  schemas::require(!is_of_container(action) || at < task.record.containers.size(),
                   "an effect names a container that its task does not have");
  schemas::require(!is_of_sandbox(action) || at < task.sandboxes.size(),
                   "an effect names a sandbox that its task does not have");
  switch (action) {
    case Action::make_task:
      fold_make_task(task, finished.error, now);
      break;
    case Action::make_sandbox:
    case Action::attach_network:
      fold_sandbox(task, finished, now);
      break;
    case Action::pull_image:
      fold_pull(task, finished, now);
      break;
    case Action::create_container:
      fold_create(task, finished, now);
      break;
    case Action::start_container:
      fold_start(task, finished, now);
      break;
    case Action::restart_container:
      fold_restart(task, finished, now);
      break;
    case Action::check_health:
      fold_check(task, finished, now);
      break;
    case Action::stop_container:
    case Action::kill_container:
      break;  // what counts is the exit; a signal that failed is followed by a kill, and another
    case Action::remove_container:
      settle_asked(task.activity[at].removal, finished.error, now);
      break;
    case Action::read_meter:
      fold_reading(task, finished, now, out);
      break;
    case Action::release_sandbox:
      settle_asked(task.sandboxes[at].release, finished.error, now);
      break;
    case Action::remove_task:
      if (settle_asked(task.removal, finished.error, now)) {
        task.record.cleaned = true;
        task.record.log_bytes = finished.log_bytes;
      }
      break;
    case Action::apply_network:
      schemas::require(action != Action::apply_network, "the host's network is no task's affair");
      break;
    case Action::drop_logs:
      if (settle_asked(task.log_removal, finished.error, now)) {
        task.record.logs_dropped = true;
        task.record.log_bytes = 0;
      }
      break;
  }
}

void fold_exit(TaskState& task, const Exited& exited, const Moment& now) {
  const auto at = static_cast<std::size_t>(exited.container);
  schemas::require(at < task.record.containers.size(),
                   "an exit names a container that its task does not have");
  SavedContainer& record = task.record.containers[at];
  if (record.progress != ContainerProgress::starting &&
      record.progress != ContainerProgress::running) {
    return;
  }
  // The end of the run before this one, told again.
  if (record.last_end == exited.at) {
    return;
  }
  record.exit_code = exited.exit_code;
  record.reason = exited.reason;
  if (restarts(task, exited, now)) {
    begin_restart(task, exited);
    return;
  }
  if (!record.started_at) {
    record.started_at = exited.at;
    record.started_boot_ns = now.boot_ns;
  }
  record.progress = ContainerProgress::stopped;
  record.finished_at = exited.at;
  if (task.record.stopping && !task.record.execution_stopped_at &&
      task.definition(exited.container).essential) {
    task.record.execution_stopped_at = exited.at;
  }
}

}  // namespace agent

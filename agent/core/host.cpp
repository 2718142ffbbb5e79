#include "agent/core/host.h"

#include <algorithm>

#include "agent/core/report.h"

namespace agent {

using schemas::TaskAssignment;
using schemas::TaskId;
using schemas::TaskStatus;

namespace {

/// Collects what one event leads to, task by task.
class Stepper {
 public:
  Stepper(HostState& state, const Moment& now) : state_(state), now_(now) {}

  /// Changes a task by `change`, moves it on, and notes what must be saved and reported.
  template <class Change>
  void touch(TaskState& task, Change change) {
    const TaskRecord before = durable_part(task);
    const schemas::TaskReport report_before = report_of(task);
    Advance out;
    change(task, out);
    advance(task, state_.policy, now_, out);
    if (durable_part(task) != before) {
      step_.save.insert(task.assignment().id);
    }
    if (report_of(task) != report_before) {
      task.changed = ++state_.change;
    }
    for (const schemas::MeterRecord& record : out.meters) {
      state_.meters.push_back({record, ++state_.change});
      step_.meters_made.push_back(record);
    }
    step_.effects.insert(step_.effects.end(), out.effects.begin(), out.effects.end());
  }

  void take(const Answered& answered);
  void take(const Finished& finished);
  void take(const Exited& exited);
  void take(const Woken& woken);

  Step finish();

 private:
  void acknowledge(std::int64_t up_to);
  void assign(const TaskAssignment& assignment);
  void let_go(const TaskId& id, const std::string& reason);
  void take_assignments(const schemas::SyncAnswer& answer);
  void take_network(const schemas::SyncAnswer& answer);
  void apply_network();
  void hand_out_enis();
  void trim_logs();

  HostState& state_;
  const Moment& now_;
  Step step_;
};

void Stepper::acknowledge(std::int64_t up_to) {
  // A number beyond our own belongs to another life of this identity: it says nothing.
  if (up_to > state_.change || up_to <= state_.acknowledged) {
    return;
  }
  state_.acknowledged = up_to;
  std::vector<PendingMeter> left;
  for (const PendingMeter& meter : state_.meters) {
    if (meter.change <= up_to) {
      step_.meters_acknowledged.emplace_back(meter.record.task, meter.record.sequence);
    } else {
      left.push_back(meter);
    }
  }
  state_.meters = std::move(left);
}

void Stepper::assign(const TaskAssignment& assignment) {
  auto found = state_.tasks.find(assignment.id);
  if (found == state_.tasks.end()) {
    found = state_.tasks.emplace(assignment.id, fresh_task(assignment)).first;
    step_.save.insert(assignment.id);
    found->second.changed = ++state_.change;
  }
  touch(found->second, [&](TaskState& task, Advance&) {
    task.record.gone = false;
    task.confirmed = true;
    const TaskAssignment& known = task.assignment();
    // What a task runs never changes; whether it is wanted does, once, and its tags at any time.
    if (known.desired_status != assignment.desired_status ||
        known.stop_reason != assignment.stop_reason || known.tags != assignment.tags) {
      TaskAssignment changed = known;
      changed.desired_status = assignment.desired_status;
      changed.stop_reason = assignment.stop_reason;
      changed.tags = assignment.tags;
      task.record.assignment = std::make_shared<const TaskAssignment>(std::move(changed));
    }
    if (assignment.desired_status == TaskStatus::stopped) {
      begin_stop(task, schemas::StopCode::none, assignment.stop_reason);
    }
  });
}

void Stepper::let_go(const TaskId& id, const std::string& reason) {
  const auto found = state_.tasks.find(id);
  if (found == state_.tasks.end()) {
    return;
  }
  touch(found->second, [&](TaskState& task, Advance&) {
    task.record.gone = true;
    begin_stop(task, schemas::StopCode::none, reason);
  });
}

void Stepper::take_assignments(const schemas::SyncAnswer& answer) {
  for (const TaskAssignment& assignment : answer.tasks_set) {
    assign(assignment);
  }
  if (!answer.full) {
    return;
  }
  std::set<TaskId> known;
  for (const TaskAssignment& assignment : answer.tasks_set) {
    known.insert(assignment.id);
  }
  for (auto& [id, task] : state_.tasks) {
    if (!known.contains(id)) {
      let_go(id, "Control does not know this task");
    } else {
      // Whoever needs everything told may have lost everything told to it.
      task.changed = ++state_.change;
    }
  }
}

void Stepper::take_network(const schemas::SyncAnswer& answer) {
  netif::HostNetwork network = state_.network;
  netif::fold(network, answer);
  if (network == state_.network) {
    return;
  }
  state_.network = std::move(network);
  state_.network_change += 1;
  step_.network = Step::Network::changed;
}

void Stepper::take(const Answered& answered) {
  const schemas::SyncAnswer& answer = answered.answer;
  acknowledge(answer.acknowledged);
  // A task that is gone stays gone, so this part of an answer cannot be overtaken.
  for (const TaskId& id : answer.tasks_gone) {
    let_go(id, "Control has let go of this task");
  }
  // Two questions may be under way at once. An answer to one that was asked from an older state
  // than ours is dropped: the next question brings what it held.
  if (answered.asked_version != state_.held_version) {
    return;
  }
  state_.held_version = answer.version;
  take_network(answer);
  take_assignments(answer);
  hand_out_enis();
}

void Stepper::take(const Finished& finished) {
  if (finished.effect.action == Action::apply_network) {
    Attempt& attempt = state_.network_attempt;
    attempt.phase = Attempt::Phase::idle;
    if (finished.error.empty()) {
      attempt = Attempt{};
      state_.network_applied = std::max(state_.network_applied, finished.effect.index);
      hand_out_enis();
    } else {
      attempt.failures += 1;
      attempt.not_before_ns = now_.boot_ns + nanoseconds_per_second;
    }
    return;
  }
  const auto found = state_.tasks.find(finished.effect.task);
  if (found == state_.tasks.end()) {
    return;
  }
  touch(found->second,
        [&](TaskState& task, Advance& out) { fold_finished(task, finished, now_, out); });
}

void Stepper::take(const Exited& exited) {
  const auto found = state_.tasks.find(exited.task);
  if (found == state_.tasks.end()) {
    return;
  }
  touch(found->second, [&](TaskState& task, Advance&) { fold_exit(task, exited, now_); });
}

void Stepper::take(const Woken&) {
  for (auto& [id, task] : state_.tasks) {
    const std::optional<std::int64_t> due_ns = wake_ns(task, state_.policy, now_);
    if (task.first_seen_ns == 0 || (due_ns && *due_ns <= now_.boot_ns)) {
      touch(task, [](TaskState&, Advance&) {});
    }
  }
}

void Stepper::apply_network() {
  Attempt& attempt = state_.network_attempt;
  if (state_.network_applied < state_.network_change && attempt.phase == Attempt::Phase::idle &&
      now_.boot_ns >= attempt.not_before_ns) {
    attempt.phase = Attempt::Phase::asked;
    step_.effects.push_back({Action::apply_network, TaskId{}, state_.network_change});
  }
}

/// A task gets its interface once the kernel has everything the interface stands on.
void Stepper::hand_out_enis() {
  if (state_.network_applied < state_.network_change) {
    return;
  }
  for (const auto& entry : state_.network.enis) {
    const schemas::EniAssignment& eni = entry.second;
    const auto found = state_.tasks.find(eni.task);
    if (found == state_.tasks.end() || found->second.eni_ready || found->second.record.stopping) {
      continue;
    }
    touch(found->second, [&](TaskState& task, Advance&) {
      task.record.eni = eni;
      task.eni_ready = true;
    });
  }
}

void Stepper::trim_logs() {
  std::int64_t total = 0;
  TaskState* oldest = nullptr;
  for (auto& [id, task] : state_.tasks) {
    if (!task.record.cleaned || task.record.logs_dropped) {
      continue;
    }
    total += task.record.log_bytes;
    if (task.log_removal.phase == Attempt::Phase::idle &&
        (oldest == nullptr || task.record.stopped_at < oldest->record.stopped_at)) {
      oldest = &task;
    }
  }
  if (total > state_.policy.stopped_log_bytes_max && oldest != nullptr &&
      now_.boot_ns >= oldest->log_removal.not_before_ns) {
    oldest->log_removal.phase = Attempt::Phase::asked;
    step_.effects.push_back({Action::drop_logs, oldest->assignment().id, 0});
  }
}

Step Stepper::finish() {
  apply_network();
  trim_logs();
  for (auto task = state_.tasks.begin(); task != state_.tasks.end();) {
    const TaskRecord& record = task->second.record;
    if (record.gone && record.cleaned && record.logs_dropped) {
      step_.save.erase(task->first);
      step_.forget.insert(task->first);
      task = state_.tasks.erase(task);
    } else {
      ++task;
    }
  }
  return std::move(step_);
}

}  // namespace

Step step(HostState& state, const Event& event, const Moment& now) {
  Stepper stepper(state, now);
  std::visit([&](const auto& happened) { stepper.take(happened); }, event);
  return stepper.finish();
}

std::optional<std::int64_t> next_wake_ns(const HostState& state, const Moment& now) {
  std::optional<std::int64_t> earliest;
  for (const auto& [id, task] : state.tasks) {
    const std::optional<std::int64_t> due_ns = wake_ns(task, state.policy, now);
    if (due_ns && (!earliest || *due_ns < *earliest)) {
      earliest = due_ns;
    }
  }
  const Attempt& network = state.network_attempt;
  if (network.phase == Attempt::Phase::idle && network.failures > 0 &&
      (!earliest || network.not_before_ns < *earliest)) {
    earliest = network.not_before_ns;
  }
  return earliest;
}

}  // namespace agent

#include "agent/core/recovery.h"

#include <algorithm>
#include <utility>

#include "agent/core/meter.h"
#include "schemas/base/require.h"

namespace agent {

namespace {

void end_container(SavedContainer& record, std::optional<std::int64_t> exit_code,
                   std::string reason, schemas::Instant at) {
  record.progress = ContainerProgress::stopped;
  record.exit_code = exit_code;
  record.reason = std::move(reason);
  record.finished_at = at;
}

void meet_missing(SavedContainer& record, Boot boot, const Moment& now) {
  if (record.progress < ContainerProgress::starting) {
    record.progress = ContainerProgress::waiting;
    return;
  }
  end_container(record, std::nullopt,
                boot == Boot::changed ? "The host restarted while the container ran"
                                      : "The container was gone when the agent came back",
                now.wall);
}

void meet_found(TaskState& task, std::size_t index, const FoundContainer& found,
                const Moment& now) {
  SavedContainer& record = task.record.containers[index];
  record.runtime_id = found.runtime_id;
  if (record.image_digest.empty()) {
    record.image_digest = found.image_digest;
  }
  switch (found.condition) {
    case FoundContainer::Condition::created:
      if (record.restarts > 0 && record.progress == ContainerProgress::starting) {
        break;  // the next run is made but not let go: it is asked for again, which goes on with it
      }
      if (record.progress == ContainerProgress::running) {
        end_container(record, std::nullopt,
                      "The container was not running when the agent came back", now.wall);
      } else {
        record.progress = ContainerProgress::created;
      }
      break;
    case FoundContainer::Condition::running:
      record.progress = ContainerProgress::running;
      if (!record.started_at) {
        record.started_at = now.wall;
        record.started_boot_ns = now.boot_ns;
      }
      break;
    case FoundContainer::Condition::exited:
      // As if it were heard of now: it may be followed by another run. The end of the run before
      // the one that was to begin changes nothing; then that one is asked for again.
      fold_exit(task,
                {.task = found.task,
                 .container = static_cast<std::int64_t>(index),
                 .exit_code = found.exit_code,
                 .reason = found.reason,
                 .at = found.finished_at},
                now);
      break;
  }
}

const FoundContainer* find(const std::vector<FoundContainer>& found, const TaskState& task,
                           std::size_t index) {
  const schemas::ContainerId& id = task.assignment().containers[index].id;
  const auto one = std::find_if(found.begin(), found.end(), [&](const FoundContainer& candidate) {
    return candidate.container == id && candidate.task == task.assignment().id;
  });
  return one == found.end() ? nullptr : &*one;
}

/// The task's state with nothing under way, and everything that may exist marked as such.
TaskState revive(const TaskRecord& saved) {
  TaskState task = fresh_task(*saved.assignment);
  schemas::require(saved.containers.size() == task.record.containers.size(),
                   "a saved task has other containers than its assignment");
  task.record = saved;
  task.confirmed = false;
  if (saved.cleaned) {
    return task;
  }
  for (ContainerActivity& activity : task.activity) {
    activity.touched = true;
  }
  for (SandboxState& sandbox : task.sandboxes) {
    sandbox.touched = true;
  }
  return task;
}

/// Whether something that the task cannot do without has ended.
bool has_ended(const TaskState& task) {
  for (std::size_t i = 0; i < task.record.containers.size(); ++i) {
    if (task.record.containers[i].progress == ContainerProgress::stopped &&
        task.definition(static_cast<std::int64_t>(i)).essential) {
      return true;
    }
  }
  return false;
}

/// The boot clock began anew, so nothing after the last saved record can be told: the meter ends
/// there, and bills no second that no record holds. It does not begin again, so what has not run
/// yet never will: a new task, with a meter of its own, takes its place.
void close_at_last_record(TaskState& task, HostState& state, Step& step) {
  if (task.record.meter.phase != MeterRecordState::Phase::open) {
    return;
  }
  const std::optional<schemas::MeterRecord> record =
      fold_meter(task, std::nullopt, task.record.meter.start, MeterClose::last);
  schemas::require(record.has_value(), "a meter that was closed made no record");
  state.meters.push_back({*record, ++state.change});
  step.meters_made.push_back(*record);
  if (!has_ended(task)) {
    begin_stop(task, schemas::StopCode::task_failed_to_start,
               "The host restarted before the task ran");
  }
}

void append(Step& step, Step&& more) {
  step.save.insert(more.save.begin(), more.save.end());
  step.forget.insert(more.forget.begin(), more.forget.end());
  for (const schemas::TaskId& id : more.forget) {
    step.save.erase(id);
  }
  std::move(more.meters_made.begin(), more.meters_made.end(), std::back_inserter(step.meters_made));
  std::move(more.effects.begin(), more.effects.end(), std::back_inserter(step.effects));
}

}  // namespace

Step recover(HostState& state, const std::vector<TaskRecord>& saved,
             const std::vector<FoundContainer>& found, Boot boot, const Moment& now) {
  Step step_taken;
  for (const TaskRecord& record : saved) {
    TaskState task = revive(record);
    if (!record.cleaned) {
      for (std::size_t i = 0; i < task.record.containers.size(); ++i) {
        SavedContainer& container = task.record.containers[i];
        if (container.progress == ContainerProgress::stopped) {
          continue;
        }
        const FoundContainer* there = find(found, task, i);
        // An end that was written down before the host restarted is as true as ever; no further run
        // follows it, because what the container lived in is gone.
        const bool ended = there != nullptr &&
                           there->condition == FoundContainer::Condition::exited &&
                           there->exit_code.has_value();
        if (there != nullptr && boot == Boot::same) {
          meet_found(task, i, *there, now);
        } else if (ended) {
          container.runtime_id = there->runtime_id;
          end_container(container, there->exit_code, there->reason, there->finished_at);
        } else {
          meet_missing(container, boot, now);
        }
      }
      if (boot == Boot::changed) {
        close_at_last_record(task, state, step_taken);
      }
    }
    task.changed = ++state.change;
    step_taken.save.insert(task.assignment().id);
    state.tasks.insert_or_assign(task.assignment().id, std::move(task));
  }
  if (!(state.network == netif::HostNetwork{})) {
    state.network_change += 1;  // the kernel may have lost it, or never had all of it
  }
  append(step_taken, step(state, Woken{}, now));
  return step_taken;
}

}  // namespace agent

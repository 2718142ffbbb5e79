#include "agent/core/task_state.h"

#include "schemas/base/require.h"

namespace agent {

using schemas::NetworkMode;

bool TaskRecord::operator==(const TaskRecord& other) const {
  const bool same_assignment =
      assignment == other.assignment ||
      (assignment != nullptr && other.assignment != nullptr && *assignment == *other.assignment);
  return same_assignment && eni == other.eni && containers == other.containers &&
         status == other.status && stop_code == other.stop_code &&
         stopped_reason == other.stopped_reason && pull_started_at == other.pull_started_at &&
         pull_stopped_at == other.pull_stopped_at && started_at == other.started_at &&
         execution_stopped_at == other.execution_stopped_at && stopped_at == other.stopped_at &&
         meter == other.meter && eni_attached == other.eni_attached && stopping == other.stopping &&
         gone == other.gone && cleaned == other.cleaned && logs_dropped == other.logs_dropped &&
         log_bytes == other.log_bytes;
}

const schemas::ContainerDefinition& TaskState::definition(std::int64_t container) const {
  return assignment().containers.at(static_cast<std::size_t>(container)).definition;
}

TaskState fresh_task(const schemas::TaskAssignment& assignment) {
  schemas::require(!assignment.id.empty(), "a task was assigned without an id");
  TaskState task;
  task.record.assignment = std::make_shared<const schemas::TaskAssignment>(assignment);
  task.record.containers.resize(assignment.containers.size());
  task.activity.resize(assignment.containers.size());
  task.sandboxes.resize(static_cast<std::size_t>(sandbox_count(assignment)));
  return task;
}

std::int64_t sandbox_count(const schemas::TaskAssignment& assignment) {
  switch (assignment.network_mode) {
    case NetworkMode::awsvpc:
      return 1;
    case NetworkMode::bridge:
    case NetworkMode::none:
      return static_cast<std::int64_t>(assignment.containers.size());
    case NetworkMode::host:
      return 0;
  }
  return 0;
}

std::optional<std::int64_t> sandbox_of(const schemas::TaskAssignment& assignment,
                                       std::int64_t container) {
  switch (assignment.network_mode) {
    case NetworkMode::awsvpc:
      return 0;
    case NetworkMode::bridge:
    case NetworkMode::none:
      return container;
    case NetworkMode::host:
      return std::nullopt;
  }
  return std::nullopt;
}

TaskRecord durable_part(const TaskState& task) {
  TaskRecord record = task.record;
  for (SavedContainer& container : record.containers) {
    if (container.progress < ContainerProgress::starting) {
      container.progress = ContainerProgress::waiting;
      container.runtime_id.clear();
      container.image_digest.clear();
      container.stop_signal.clear();
    }
  }
  return record;
}

}  // namespace agent

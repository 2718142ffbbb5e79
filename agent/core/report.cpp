#include "agent/core/report.h"

#include <string>

namespace agent {

namespace {

constexpr std::size_t reason_length_max = 1024;  // what DescribeTasks may show of a container

schemas::ContainerStatus status_of(const SavedContainer& container) {
  switch (container.progress) {
    case ContainerProgress::running:
      return schemas::ContainerStatus::running;
    case ContainerProgress::starting:  // between two runs it runs, to whoever asks
      return container.restarts > 0 ? schemas::ContainerStatus::running
                                    : schemas::ContainerStatus::pending;
    case ContainerProgress::stopped:
      return schemas::ContainerStatus::stopped;
    default:
      return schemas::ContainerStatus::pending;
  }
}

/// Ports a client can reach, once the container runs. An awsvpc task is reached at its own
/// address, so it has none on the host.
std::vector<schemas::NetworkBinding> bindings_of(const TaskState& task, std::int64_t index,
                                                 const SavedContainer& container) {
  std::vector<schemas::NetworkBinding> bindings;
  if (!container.started_at) {
    return bindings;
  }
  if (task.assignment().network_mode == schemas::NetworkMode::bridge) {
    return container.network_bindings;
  }
  if (task.assignment().network_mode == schemas::NetworkMode::host) {
    for (const schemas::PortMapping& mapping : task.definition(index).port_mappings) {
      bindings.push_back(
          {schemas::Ipv4{}, mapping.container_port, mapping.container_port, mapping.protocol});
    }
  }
  return bindings;
}

schemas::ContainerReport container_report(const TaskState& task, std::int64_t index) {
  const SavedContainer& container = task.record.containers[static_cast<std::size_t>(index)];
  schemas::ContainerReport report;
  report.name = task.definition(index).name;
  report.status = status_of(container);
  if (container.progress == ContainerProgress::stopped) {
    report.exit_code = container.exit_code;  // an earlier run's is not the container's
    report.reason = container.reason.substr(0, reason_length_max);
  }
  report.runtime_id = container.runtime_id;
  report.image_digest = container.image_digest;
  report.health = container.health;
  report.network_bindings = bindings_of(task, index, container);
  return report;
}

}  // namespace

schemas::TaskReport report_of(const TaskState& task) {
  const TaskRecord& record = task.record;
  schemas::TaskReport report;
  report.id = task.assignment().id;
  report.status = record.status;
  report.stop_code = record.stop_code;
  report.stopped_reason = record.stopped_reason.substr(0, reason_length_max);
  for (std::size_t i = 0; i < record.containers.size(); ++i) {
    report.containers.push_back(container_report(task, static_cast<std::int64_t>(i)));
  }
  report.eni_attached = record.eni_attached;
  report.pull_started_at = record.pull_started_at;
  report.pull_stopped_at = record.pull_stopped_at;
  report.started_at = record.started_at;
  report.execution_stopped_at = record.execution_stopped_at;
  report.stopped_at = record.stopped_at;
  return report;
}

}  // namespace agent

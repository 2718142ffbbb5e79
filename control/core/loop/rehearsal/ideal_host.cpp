#include "control/core/loop/rehearsal/ideal_host.h"

#include <algorithm>

namespace control {

using schemas::ContainerStatus;
using schemas::HealthStatus;
using schemas::Task;
using schemas::TaskStatus;

namespace {

bool is_checked(const Task& task, const schemas::Container& container) {
  const auto& defined = task.specification->definition->containers;
  return std::any_of(defined.begin(), defined.end(), [&](const auto& each) {
    return each.name == container.name && each.health_check.has_value();
  });
}

schemas::TaskReport report_on(const Task& task, schemas::Instant now) {
  const bool stops = task.desired_status == TaskStatus::stopped;
  schemas::TaskReport report;
  report.id = task.id;
  report.status = task.desired_status;
  report.eni_attached = task.eni.has_value();
  for (const schemas::Container& container : task.containers) {
    schemas::ContainerReport said;
    said.name = container.name;
    said.status = stops ? ContainerStatus::stopped : ContainerStatus::running;
    said.health =
        !stops && is_checked(task, container) ? HealthStatus::healthy : HealthStatus::unknown;
    if (stops) {
      said.exit_code = 0;
    }
    report.containers.push_back(std::move(said));
  }
  (stops ? report.stopped_at : report.started_at) = now;
  return report;
}

}  // namespace

bool has_news(const Task& task) { return task.last_status < task.desired_status; }

AgentSync ideal_report(const World& world, const schemas::ContainerInstance& host,
                       std::span<const Task* const> tasks, std::int64_t sequence,
                       schemas::Instant now) {
  AgentSync sync{.waiter = 0, .identity_hash = host.identity_hash, .request = {}};
  sync.request.agent = host.id;
  sync.request.boot_id = host.boot_id;
  sync.request.report_sequence = sequence;
  sync.request.have_version = world.assignments().version(host.id);
  for (const Task* task : tasks) {
    sync.request.tasks.push_back(report_on(*task, now));
    if (task->eni && task->desired_status == TaskStatus::stopped) {
      sync.request.removed_enis.push_back(*task->eni);
    }
  }
  return sync;
}

}  // namespace control

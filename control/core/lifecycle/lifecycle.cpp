#include "control/core/lifecycle/lifecycle.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "schemas/base/require.h"

namespace control {
namespace {

using schemas::Container;
using schemas::ContainerReport;
using schemas::ContainerStatus;
using schemas::Duration;
using schemas::HealthStatus;
using schemas::Instant;
using schemas::StopCode;
using schemas::Task;
using schemas::TaskReport;
using schemas::TaskStatus;

/// Keeps an instant that a host reported between the task's creation and now.
Instant plausible(Instant reported, const Task& task, Instant now) {
  return std::max(std::min(reported, now), std::min(task.created_at, now));
}

void fold_instant(std::optional<Instant>& known, const std::optional<Instant>& reported,
                  const Task& task, Instant now) {
  if (!known && reported) {
    known = plausible(*reported, task, now);
  }
}

void fold_text(std::string& known, const std::string& reported) {
  if (known.empty()) {
    known = reported;
  }
}

void fold_container(Container& known, const ContainerReport& reported) {
  fold_text(known.runtime_id, reported.runtime_id);
  fold_text(known.image_digest, reported.image_digest);
  if (known.network_bindings.empty()) {
    known.network_bindings = reported.network_bindings;
  }
  if (reported.status < known.last_status) {
    return;  // an older report: what it says of the present is past
  }
  if (known.last_status < ContainerStatus::stopped) {
    known.health = reported.health;  // the one fact that may go to and fro
  }
  known.last_status = reported.status;
  if (!known.exit_code) {
    known.exit_code = reported.exit_code;
  }
  fold_text(known.reason, reported.reason);
}

void fold_containers(Task& task, const TaskReport& report) {
  for (const ContainerReport& reported : report.containers) {
    const auto known = std::find_if(task.containers.begin(), task.containers.end(),
                                    [&](const Container& c) { return c.name == reported.name; });
    if (known !=
        task.containers.end()) {  // else not a container of this task: control's word rules
      fold_container(*known, reported);
    }
  }
}

/// Whether a container speaks for its task's health: it is essential and has a health check.
bool speaks_for_health(const Task& task, std::string_view container) {
  if (!task.specification || !task.specification->definition) {
    return false;
  }
  const auto& containers = task.specification->definition->containers;
  const auto found = std::find_if(containers.begin(), containers.end(),
                                  [&](const auto& each) { return each.name == container; });
  return found != containers.end() && found->essential && found->health_check.has_value();
}

/// HEALTHY when every essential container with a check is, UNHEALTHY when one of them is, else
/// UNKNOWN.
HealthStatus health_of(const Task& task) {
  bool every_one = true;
  bool any = false;
  for (const Container& container : task.containers) {
    if (!speaks_for_health(task, container.name)) {
      continue;
    }
    if (container.health == HealthStatus::unhealthy) {
      return HealthStatus::unhealthy;
    }
    any = true;
    every_one = every_one && container.health == HealthStatus::healthy;
  }
  return any && every_one ? HealthStatus::healthy : HealthStatus::unknown;
}

/// The report says that the task ends although nobody asked for it.
bool ends_by_itself(const Task& task, const TaskReport& report) {
  return task.desired_status != TaskStatus::stopped &&
         (report.status > TaskStatus::running || report.stop_code != StopCode::none);
}

void fold_end(Task& task, const TaskReport& report, Instant now) {
  const bool ran = task.started_at.has_value();
  task.desired_status = TaskStatus::stopped;
  if (!task.stopping_at) {
    task.stopping_at = now;
  }
  if (task.stop_code == StopCode::none) {
    const StopCode guess =
        ran ? StopCode::essential_container_exited : StopCode::task_failed_to_start;
    task.stop_code = report.stop_code == StopCode::none ? guess : report.stop_code;
  }
  fold_text(task.stopped_reason, report.stopped_reason);
  if (task.stopped_reason.empty()) {
    task.stopped_reason = task.stop_code == StopCode::task_failed_to_start
                              ? "Task failed to start"
                              : "Essential container in task exited";
  }
}

void stop_containers(Task& task, const std::string& reason) {
  for (Container& container : task.containers) {
    if (container.last_status != ContainerStatus::stopped) {
      container.last_status = ContainerStatus::stopped;
      fold_text(container.reason, reason);
    }
  }
}

/// What a task's containers that still ran are said to have ended by when their host is lost.
std::string loss_reason(const Task& task) {
  const bool on_pool =
      task.specification && task.specification->launch_type == schemas::LaunchType::fargate;
  return on_pool ? std::string("The host of the shared pool that ran this task was lost.")
                 : "Host EC2 (instance " + task.instance->text() + ") terminated.";
}

bool same(const Task& a, const Task& b) {
  return a.last_status == b.last_status && a.desired_status == b.desired_status &&
         a.health == b.health && a.containers == b.containers && a.stop_code == b.stop_code &&
         a.stopped_reason == b.stopped_reason && a.pull_started_at == b.pull_started_at &&
         a.pull_stopped_at == b.pull_stopped_at && a.connectivity_at == b.connectivity_at &&
         a.started_at == b.started_at && a.stopping_at == b.stopping_at &&
         a.execution_stopped_at == b.execution_stopped_at && a.stopped_at == b.stopped_at;
}

}  // namespace

std::optional<Task> observe(const Task& task, const TaskReport& report, Instant now) {
  schemas::require(task.id == report.id, "a report was folded into another task than its own");
  if (task.last_status == TaskStatus::stopped) {
    return std::nullopt;
  }
  Task next = task;
  next.last_status = std::max(task.last_status, report.status);
  fold_instant(next.pull_started_at, report.pull_started_at, task, now);
  fold_instant(next.pull_stopped_at, report.pull_stopped_at, task, now);
  fold_instant(next.started_at, report.started_at, task, now);
  fold_instant(next.execution_stopped_at, report.execution_stopped_at, task, now);
  if (report.eni_attached && !next.connectivity_at) {
    next.connectivity_at = now;
  }
  if (report.status == TaskStatus::running && !next.started_at) {
    next.started_at = now;
  }
  if (report.status >= task.last_status) {
    fold_containers(next, report);
    next.health = health_of(next);
  }
  if (ends_by_itself(task, report)) {
    fold_end(next, report, now);
  }
  if (next.last_status == TaskStatus::stopped) {
    // When it became STOPPED here, not when its host says: from this instant on it stays
    // describable for a while, and no clock of a host may cut that short. What the host says of
    // its programs' end is `execution_stopped_at`.
    next.stopped_at = now;
    // The host says that all is over; a container it forgot to mention is over too.
    stop_containers(next, "");
  }
  if (same(task, next)) {
    return std::nullopt;
  }
  ++next.version;
  return next;
}

std::optional<Task> request_stop(const Task& task, StopCode code, std::string reason, Instant now) {
  if (task.desired_status == TaskStatus::stopped) {
    return std::nullopt;
  }
  Task next = task;
  next.desired_status = TaskStatus::stopped;
  next.stop_code = code;
  next.stopped_reason = std::move(reason);
  next.stopping_at = now;
  if (!next.instance) {
    next.last_status = TaskStatus::stopped;
    next.stopped_at = now;
    stop_containers(next, next.stopped_reason);
  }
  ++next.version;
  return next;
}

bool was_lost_with_host(const Task& task) {
  if (task.last_status != TaskStatus::stopped || !task.instance) {
    return false;
  }
  return task.stop_code == StopCode::infrastructure_health ||
         std::any_of(task.containers.begin(), task.containers.end(),
                     [reason = loss_reason(task)](const Container& container) {
                       return container.reason == reason;
                     });
}

std::optional<Task> lose_host(const Task& task, Instant now) {
  if (task.last_status == TaskStatus::stopped || !task.instance) {
    return std::nullopt;
  }
  Task next = task;
  const std::string reason = loss_reason(task);
  next.last_status = TaskStatus::stopped;
  next.desired_status = TaskStatus::stopped;
  if (next.stop_code == StopCode::none) {  // else it was told to stop before, and that stands
    next.stop_code = StopCode::infrastructure_health;
    next.stopped_reason = reason;
  }
  if (!next.stopping_at) {
    next.stopping_at = now;
  }
  next.stopped_at = now;
  stop_containers(next, reason);
  ++next.version;
  return next;
}

std::optional<Instant> healthy_from(const Task& task, Duration healthy_after) {
  if (task.last_status != TaskStatus::running || task.desired_status != TaskStatus::running ||
      task.health == HealthStatus::unhealthy) {
    return std::nullopt;
  }
  const bool checked = std::any_of(
      task.containers.begin(), task.containers.end(),
      [&](const Container& container) { return speaks_for_health(task, container.name); });
  if (checked && task.health == HealthStatus::unknown) {
    return std::nullopt;
  }
  const Instant started = task.started_at.value_or(task.created_at);
  return task.health == HealthStatus::healthy ? started : started + healthy_after;
}

bool counts_as_healthy(const Task& task, Duration healthy_after, Instant now) {
  const std::optional<Instant> from = healthy_from(task, healthy_after);
  return from && *from <= now;
}

bool is_protected(const Task& task, Instant now) {
  return task.protected_until && *task.protected_until > now;
}

}  // namespace control

#include "control/core/deploy/protection.h"

#include <algorithm>
#include <cstdint>

#include "control/core/deploy/task_set.h"
#include "control/core/lifecycle/lifecycle.h"

namespace control {

namespace {

/// A set has more protected tasks than it wants.
bool set_is_blocked(const schemas::Service& service, const schemas::Deployment& set,
                    std::span<const ServiceTask> tasks, schemas::Instant now) {
  return computed_count(service, set) <
         std::count_if(
             tasks.begin(), tasks.end(),
             [&](const ServiceTask& each) {
               return each.task->deployment == set.id && is_protected(*each.task, now) &&
                      each.task->desired_status != schemas::TaskStatus::stopped;
             });
}

}  // namespace

bool blocked_by_protection(const schemas::Service& service, std::span<const ServiceTask> tasks,
                           schemas::Instant now) {
  if (service.deployments.empty()) {
    return false;
  }
  if (service.external) {
    return std::any_of(
        service.deployments.begin(), service.deployments.end(),
        [&](const schemas::Deployment& set) { return set_is_blocked(service, set, tasks, now); });
  }
  std::int64_t protected_now = 0;
  std::int64_t protected_before = 0;  // of older deployments
  std::int64_t replaceable = 0;
  for (const ServiceTask& each : tasks) {
    const schemas::Task& task = *each.task;
    if (task.last_status == schemas::TaskStatus::stopped ||
        task.desired_status == schemas::TaskStatus::stopped) {
      continue;
    }
    const bool older = task.deployment != service.deployments.front().id;
    if (!is_protected(task, now)) {
      replaceable += older ? 1 : 0;
    } else if (older) {
      protected_before += 1;
    } else {
      protected_now += 1;
    }
  }
  return protected_now > service.desired_count || (protected_before > 0 && replaceable == 0);
}

}  // namespace control

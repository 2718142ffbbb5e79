#include "control/core/deploy/protection.h"

#include <cstdint>

#include "control/core/lifecycle/lifecycle.h"

namespace control {

bool blocked_by_protection(const schemas::Service& service, std::span<const ServiceTask> tasks,
                           schemas::Instant now) {
  if (service.deployments.empty()) {
    return false;
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

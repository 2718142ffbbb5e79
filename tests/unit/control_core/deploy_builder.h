#pragma once

// Services with defaults, so that a test says only what it is about.

#include <cstdint>
#include <string>
#include <vector>

#include "control/core/deploy/deployment.h"
#include "control/core/deploy/service_plan.h"
#include "tests/unit/control_core/task_builder.h"

namespace build {

inline schemas::DeploymentId deployment_id(std::int64_t number) {
  return {1'000'000'000'000'000'000 + number};
}

/// A service with one deployment, number 1, made at 0.
inline schemas::Service service(std::int64_t desired_count) {
  schemas::Service service;
  service.key = 1;
  service.name = "web";
  service.desired_count = desired_count;
  control::begin_deployment(service, deployment_id(1), specification(), at_ms(0));
  return service;
}

/// A running task of a deployment, old enough at `at_ms(100'000)` to count as healthy.
inline schemas::Task service_task(std::int64_t number, std::int64_t deployment = 1,
                                  schemas::Instant since = at_ms(0)) {
  schemas::Task task = running_task(number, since);
  task.service = 1;
  task.deployment = deployment_id(deployment);
  return task;
}

inline schemas::Task pending_service_task(std::int64_t number, std::int64_t deployment = 1) {
  schemas::Task task = pending_task(number);
  task.service = 1;
  task.deployment = deployment_id(deployment);
  return task;
}

inline std::vector<control::ServiceTask> seen(const std::vector<schemas::Task>& tasks) {
  std::vector<control::ServiceTask> all;
  for (const schemas::Task& task : tasks) {
    all.push_back({&task, control::HostCondition::in_service});
  }
  return all;
}

inline control::TaskStop scaled_in(std::int64_t number, std::int64_t deployment = 1) {
  return {task_id(number), schemas::StopCode::service_scheduler_initiated,
          "Scaling activity initiated by (deployment " + deployment_id(deployment).text() + ")"};
}

}  // namespace build

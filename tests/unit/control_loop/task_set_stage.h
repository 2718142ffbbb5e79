#pragma once

// A stage on which a service "s" with the EXTERNAL controller has task sets.

#include <doctest/doctest.h>

#include <algorithm>

#include "tests/unit/control_loop/stage.h"

namespace task_sets {

using schemas::ErrorCode;
using stage::Stage;

inline api::CreateServiceRequest external(std::int64_t count) {
  api::CreateServiceRequest request = stage::service("s", "", count);
  request.task_definition.reset();
  request.deployment_controller = {.type = api::DeploymentControllerType::external};
  return request;
}

/// A small cluster with a service "s" that wants `count` tasks and has no task set yet.
inline void prepare(Stage& stage, std::int64_t count) {
  stage::small_cluster(stage);
  stage.must<api::CreateServiceResponse>("CreateService", external(count));
}

inline api::CreateTaskSetRequest set_of(double percent) {
  api::CreateTaskSetRequest request;
  request.cluster = "c";
  request.service = "s";
  request.task_definition = "web";
  request.scale = {.value = percent, .unit = api::ScaleUnit::percent};
  return request;
}

inline api::TaskSet make_set(Stage& stage, const api::CreateTaskSetRequest& request) {
  return *stage.must<api::CreateTaskSetResponse>("CreateTaskSet", request).task_set;
}

inline std::vector<api::TaskSet> all_sets(Stage& stage) {
  api::DescribeTaskSetsRequest request;
  request.cluster = "c";
  request.service = "s";
  return *stage.must<api::DescribeTaskSetsResponse>("DescribeTaskSets", request).task_sets;
}

inline api::TaskSet shown_set(Stage& stage, const api::TaskSet& set) {
  for (const api::TaskSet& each : all_sets(stage)) {
    if (each.id == set.id) {
      return each;
    }
  }
  FAIL("there is no task set " << *set.id);
  return {};
}

inline api::UpdateTaskSetRequest scaling(const api::TaskSet& set, double percent) {
  api::UpdateTaskSetRequest request;
  request.cluster = "c";
  request.service = "s";
  request.task_set = *set.id;
  request.scale = {.value = percent, .unit = api::ScaleUnit::percent};
  return request;
}

inline api::TaskSet scale_set(Stage& stage, const api::TaskSet& set, double percent) {
  return *stage.must<api::UpdateTaskSetResponse>("UpdateTaskSet", scaling(set, percent)).task_set;
}

inline api::UpdateServicePrimaryTaskSetRequest primary(const api::TaskSet& set) {
  api::UpdateServicePrimaryTaskSetRequest request;
  request.cluster = "c";
  request.service = "s";
  request.primary_task_set = *set.task_set_arn;
  return request;
}

inline api::DeleteTaskSetRequest deletion(const api::TaskSet& set, bool force = false) {
  api::DeleteTaskSetRequest request;
  request.cluster = "c";
  request.service = "s";
  request.task_set = *set.task_set_arn;
  request.force = force;
  return request;
}

inline api::UpdateServiceRequest service_change() {
  api::UpdateServiceRequest request;
  request.cluster = "c";
  request.service = "s";
  return request;
}

/// Tasks of the set that are not told to stop.
inline std::vector<schemas::Task> wanted_of(const Stage& stage, const api::TaskSet& set) {
  std::vector<schemas::Task> tasks;
  for (const auto& [key, task] : stage.world->tasks) {
    if (task.deployment.text() == *set.id && task.desired_status == schemas::TaskStatus::running) {
      tasks.push_back(task);
    }
  }
  return tasks;
}

inline void protect_all(Stage& stage, const api::TaskSet& set) {
  api::UpdateTaskProtectionRequest request;
  request.cluster = "c";
  request.protection_enabled = true;
  request.expires_in_minutes = 10;
  for (const schemas::Task& task : wanted_of(stage, set)) {
    request.tasks.push_back(task.id.text());
  }
  const auto answer =
      stage.must<api::UpdateTaskProtectionResponse>("UpdateTaskProtection", request);
  REQUIRE(answer.protected_tasks->size() == request.tasks.size());
}

inline bool says(Stage& stage, const std::string& text) {
  const api::Service service = stage::described_service(stage, "c", "s");
  return std::any_of(
      service.events->begin(), service.events->end(),
      [&](const api::ServiceEvent& each) { return each.message->find(text) != std::string::npos; });
}

template <class Output, class Input>
std::string refused(Stage& stage, const std::string& operation, const Input& input,
                    ErrorCode code = ErrorCode::invalid_parameter) {
  const auto output = stage.call<Output>(operation, input);
  REQUIRE_FALSE(output.ok());
  CHECK(output.error().code == code);
  return output.error().message;
}

}  // namespace task_sets

#pragma once

// What the tests of plans and of rehearsals both do.

#include <chrono>
#include <string>
#include <utility>

#include "tests/unit/control_loop/stage.h"

namespace plan_stage {

inline api::UpdateServiceRequest update_of(const std::string& service) {
  api::UpdateServiceRequest request;
  request.cluster = "c";
  request.service = service;
  return request;
}

/// A steady service "s" of so many tasks of "web", on the two hosts of a small cluster.
inline void steady_service(stage::Stage& stage, std::int64_t count) {
  stage::small_cluster(stage);
  stage.must<api::CreateServiceResponse>("CreateService", stage::service("s", "web", count));
  stage.pass(std::chrono::seconds(60));
}

/// A revision of "web" that wants this much.
inline void revise(stage::Stage& stage, std::int64_t cpu) {
  api::RegisterTaskDefinitionRequest request = stage::definition("web");
  request.container_definitions.front().cpu = cpu;
  stage.must<api::RegisterTaskDefinitionResponse>("RegisterTaskDefinition", request);
}

inline control::ApiCall call_of(const std::string& operation, api::Value input) {
  control::ApiCall call;
  call.scope = stage::scope;
  call.principal = stage::root;
  call.operation = operation;
  call.input = std::move(input);
  return call;
}

}  // namespace plan_stage

// The end of a task definition's life.

#include <doctest/doctest.h>

#include "control/core/world/lookups.h"
#include "tests/unit/control_loop/stage.h"

using schemas::ErrorCode;
using stage::Stage;
using std::chrono_literals::operator""s;

namespace {

api::DeleteTaskDefinitionsResponse remove(Stage& stage, const std::vector<std::string>& names) {
  api::DeleteTaskDefinitionsRequest request;
  request.task_definitions = names;
  return stage.must<api::DeleteTaskDefinitionsResponse>("DeleteTaskDefinitions", request);
}

void deregister(Stage& stage, const std::string& name) {
  api::DeregisterTaskDefinitionRequest request;
  request.task_definition = name;
  stage.must<api::DeregisterTaskDefinitionResponse>("DeregisterTaskDefinition", request);
}

std::int64_t enroll(Stage& stage, const std::string& family) {
  return *stage
              .must<api::RegisterTaskDefinitionResponse>("RegisterTaskDefinition",
                                                         stage::definition(family))
              .task_definition->revision;
}

/// Its status, or "" when there is no such definition any more.
std::string status(Stage& stage, const std::string& name) {
  api::DescribeTaskDefinitionRequest request;
  request.task_definition = name;
  const auto output =
      stage.call<api::DescribeTaskDefinitionResponse>("DescribeTaskDefinition", request);
  return output.ok() ? std::string(codec::name_of(*output.value().task_definition->status)) : "";
}

std::size_t listed(Stage& stage, api::TaskDefinitionStatus status) {
  api::ListTaskDefinitionsRequest request;
  request.status = status;
  return stage.must<api::ListTaskDefinitionsResponse>("ListTaskDefinitions", request)
      .task_definition_arns->size();
}

std::size_t families(Stage& stage) {
  return stage
      .must<api::ListTaskDefinitionFamiliesResponse>("ListTaskDefinitionFamilies",
                                                     api::ListTaskDefinitionFamiliesRequest{})
      .families->size();
}

}  // namespace

TEST_CASE("only an inactive revision, named with its number, can be deleted") {
  Stage stage;
  enroll(stage, "web");
  enroll(stage, "web");
  deregister(stage, "web:1");
  const auto output = remove(stage, {"web:1", "web:2", "web", "none:1",
                                     "arn:aws:ecs:us-east-1:999999999999:task-definition/web:1"});
  REQUIRE(output.task_definitions->size() == 1);
  CHECK(output.task_definitions->front().status == api::TaskDefinitionStatus::delete_in_progress);
  REQUIRE(output.failures->size() == 4);
  CHECK(output.failures->at(0).reason == "ACTIVE");
  CHECK(output.failures->at(0).arn->ends_with("task-definition/web:2"));
  CHECK(output.failures->at(1).reason == "INVALID");
  CHECK(output.failures->at(2).reason == "MISSING");
  CHECK(output.failures->at(3).reason == "MISSING");
  CHECK(status(stage, "web:2") == "ACTIVE");
}

TEST_CASE("a definition in use is DELETE_IN_PROGRESS until nothing refers to it, then gone") {
  Stage stage;
  stage::small_cluster(stage);
  enroll(stage, "web");  // web:2, so that the first is not the newest
  auto request = stage::run("web:1");
  const auto run = stage.must<api::RunTaskResponse>("RunTask", request);
  stage.settle();
  deregister(stage, "web:1");
  remove(stage, {"web:1"});
  stage.advance(60s);
  CHECK(status(stage, "web:1") == "DELETE_IN_PROGRESS");
  CHECK(listed(stage, api::TaskDefinitionStatus::delete_in_progress) == 1);
  CHECK(remove(stage, {"web:1"}).task_definitions->size() == 1);  // saying it again is no error
  const auto refused = stage.call<api::RunTaskResponse>("RunTask", request);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code == ErrorCode::client);
  stage.restart();
  stage.turn({control::Tick{}});
  CHECK(status(stage, "web:1") == "DELETE_IN_PROGRESS");
  api::StopTaskRequest stop;
  stop.cluster = "c";
  stop.task = *run.tasks->front().task_arn;
  stage.must<api::StopTaskResponse>("StopTask", stop);
  stage.settle();
  stage.advance(60s);
  CHECK(status(stage, "web:1") == "DELETE_IN_PROGRESS");  // its task can still be described
  stage.advance(3700s);
  CHECK(status(stage, "web:1").empty());
  CHECK(listed(stage, api::TaskDefinitionStatus::delete_in_progress) == 0);
  CHECK(stage.store.table(control::Table::task_definition).size() == 1);
  stage.check_invariants();
  stage.restart();
}

TEST_CASE("a service keeps the definition that it runs, although its deletion was asked for") {
  Stage stage;
  stage::small_cluster(stage);
  stage.must<api::CreateServiceResponse>("CreateService", stage::service("web", "web:1", 1));
  stage.settle();
  deregister(stage, "web:1");
  remove(stage, {"web:1"});
  stage.advance(7200s);
  CHECK(status(stage, "web:1") == "DELETE_IN_PROGRESS");
  api::DeleteServiceRequest request;
  request.cluster = "c";
  request.service = "web";
  request.force = true;
  stage.must<api::DeleteServiceResponse>("DeleteService", request);
  stage.settle();
  stage.advance(3700s);
  CHECK(status(stage, "web:1").empty());
}

TEST_CASE("the number of a deleted revision is never given to another") {
  Stage stage;
  CHECK(enroll(stage, "web") == 1);
  CHECK(enroll(stage, "web") == 2);
  deregister(stage, "web:1");
  deregister(stage, "web:2");
  remove(stage, {"web:1", "web:2"});
  stage.advance(60s);
  CHECK(status(stage, "web:1").empty());
  CHECK(status(stage, "web:2").empty());
  CHECK(families(stage) == 0);
  CHECK(remove(stage, {"web:2"}).failures->front().reason == "MISSING");
  stage.restart();
  CHECK(families(stage) == 0);
  CHECK(enroll(stage, "web") == 3);
  CHECK(families(stage) == 1);
  CHECK(stage.store.table(control::Table::task_definition).size() == 1);
  stage.check_invariants();
}

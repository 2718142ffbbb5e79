// Why a task finds no host, as callers hear it.

#include <doctest/doctest.h>

#include <algorithm>

#include "api/attributes.h"
#include "api/placement.h"
#include "tests/unit/control_loop/stage.h"

using schemas::ErrorCode;
using stage::Host;
using stage::Stage;

namespace {

api::PlacementExplanation explained(Stage& stage, const std::string& service) {
  api::ExplainServiceRequest request;
  request.cluster = "c";
  request.service = service;
  return stage.must<api::ExplainServiceResponse>("ExplainService", request).explanation;
}

api::CreateServiceRequest bound_service(const std::string& name, const std::string& expression) {
  api::CreateServiceRequest request = stage::service(name, "web", 1);
  request.placement_constraints = {
      {{.type = api::PlacementConstraintType::member_of, .expression = expression}}};
  return request;
}

const api::PlacementVerdict& verdict(const api::ExplainedHost& host, const std::string& question) {
  const auto found =
      std::find_if(host.verdicts.begin(), host.verdicts.end(),
                   [&](const api::PlacementVerdict& each) { return each.question == question; });
  REQUIRE(found != host.verdicts.end());
  return *found;
}

}  // namespace

TEST_CASE("a service that finds no host hears every host's answers and what would help") {
  Stage stage;
  stage::small_cluster(stage);
  static_cast<void>(stage.must<api::CreateServiceResponse>(
      "CreateService", bound_service("s", "attribute:stack == prod")));
  stage.settle();
  const auto said = explained(stage, "s");
  CHECK(said.fitting_hosts == 0);
  REQUIRE(said.hosts.size() == 2);
  for (const api::ExplainedHost& host : said.hosts) {
    CHECK_FALSE(host.fits);
    CHECK(verdict(host, "AGENT").passed);
    CHECK(verdict(host, "CPU").passed);
    CHECK(verdict(host, "CPU").found == verdict(host, "CPU").registered);
    const auto& failed = verdict(host, "MEMBER_OF");
    CHECK_FALSE(failed.passed);
    CHECK(failed.subject == "attribute:stack == prod");
  }
  REQUIRE(said.changes.size() == 1);
  CHECK(said.changes.front().description ==
        "drop the constraint memberOf(attribute:stack == prod): 2 hosts fit");
  CHECK(said.summary == "None of 2 hosts can take the task. The smallest change: " +
                            said.changes.front().description + ".");
}

TEST_CASE("a full host says how much must be freed, and that is what it takes") {
  Stage stage;
  stage::small_cluster(stage);
  const schemas::ContainerInstance& first = stage.world->instances.at(stage.hosts[0].id);
  api::RegisterTaskDefinitionRequest large = stage::definition("large");
  large.container_definitions.front().memory = first.inventory.memory.count - 100;
  static_cast<void>(
      stage.must<api::RegisterTaskDefinitionResponse>("RegisterTaskDefinition", large));
  api::RunTaskRequest run = stage::run("large");
  run.count = 2;
  const auto ran = stage.must<api::RunTaskResponse>("RunTask", run);
  REQUIRE(ran.tasks->size() == 2);
  api::ExplainTaskDefinitionRequest request;
  request.cluster = "c";
  request.task_definition = "large";
  const auto said =
      stage.must<api::ExplainTaskDefinitionResponse>("ExplainTaskDefinition", request).explanation;
  CHECK(said.fitting_hosts == 0);
  REQUIRE_FALSE(said.changes.empty());
  const std::string wanted = std::to_string(*large.container_definitions.front().memory - 100);
  CHECK(said.changes.front().description.find("free " + wanted + " MiB on ") != std::string::npos);
  CHECK(said.changes.front().container_instance_arn.has_value());
  api::ExplainTaskRequest task;
  task.cluster = "c";
  task.task = *ran.tasks->front().task_arn;
  CHECK(stage.must<api::ExplainTaskResponse>("ExplainTask", task).explanation.summary ==
        said.summary);
}

TEST_CASE("explaining changes nothing, and what is asked about must be there") {
  Stage stage;
  stage::small_cluster(stage);
  static_cast<void>(
      stage.must<api::CreateServiceResponse>("CreateService", stage::service("s", "web", 1)));
  stage.settle();
  const std::size_t tasks = stage.world->tasks.size();
  CHECK(explained(stage, "s").fitting_hosts == 2);
  CHECK(explained(stage, "s").changes.empty());
  CHECK(stage.world->tasks.size() == tasks);
  api::ExplainServiceRequest request;
  request.cluster = "c";
  request.service = "nobody";
  CHECK(stage.call<api::ExplainServiceResponse>("ExplainService", request).error().code ==
        ErrorCode::service_not_found);
  api::ExplainTaskDefinitionRequest none;
  none.cluster = "c";
  none.task_definition = "nobody";
  CHECK_FALSE(stage.call<api::ExplainTaskDefinitionResponse>("ExplainTaskDefinition", none).ok());
}

TEST_CASE("of the shared pool a customer hears what is lacking, and no host") {
  Stage stage;
  stage::small_cluster(stage);
  static_cast<void>(stage.must<api::RegisterTaskDefinitionResponse>("RegisterTaskDefinition",
                                                                    stage::pool_definition("app")));
  api::RunTaskRequest run = stage::run_on_pool(stage, "app");
  api::ExplainTaskDefinitionRequest request;
  request.cluster = "c";
  request.task_definition = "app";
  request.launch_type = api::LaunchType::fargate;
  request.network_configuration = run.network_configuration;
  const auto without =
      stage.must<api::ExplainTaskDefinitionResponse>("ExplainTaskDefinition", request).explanation;
  CHECK(without.summary.find("The pool has no hosts") != std::string::npos);
  Host& small = stage.join("", "us-east-1a", {64}, {64});
  const auto lacking =
      stage.must<api::ExplainTaskDefinitionResponse>("ExplainTaskDefinition", request).explanation;
  CHECK(lacking.fitting_hosts == 0);
  CHECK(lacking.hosts.empty());
  CHECK(lacking.changes.empty());
  CHECK(lacking.summary.find("CPU units left") != std::string::npos);
  CHECK(lacking.summary.find(small.id.text()) == std::string::npos);
  stage.join("", "us-east-1a", {4096}, {8192});
  const auto room =
      stage.must<api::ExplainTaskDefinitionResponse>("ExplainTaskDefinition", request).explanation;
  CHECK(room.fitting_hosts == 1);
  CHECK(room.hosts.empty());
}

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>

#include "api/placement.h"
#include "control/core/place/fleet.h"
#include "control/core/world/lookups.h"
#include "schemas/model/capability.h"
#include "tests/unit/control_loop/stage.h"

namespace capability = schemas::capability;
using stage::Stage;

namespace {

using Spoil = std::function<void(api::RegisterTaskDefinitionRequest&)>;

std::vector<std::string> required(Stage& stage, const Spoil& change) {
  api::RegisterTaskDefinitionRequest request = stage::definition("some");
  change(request);
  const auto answer =
      stage.must<api::RegisterTaskDefinitionResponse>("RegisterTaskDefinition", request);
  std::vector<std::string> names;
  for (const api::Attribute& each :
       answer.task_definition->requires_attributes.value_or(std::vector<api::Attribute>{})) {
    names.push_back(each.name);
    CHECK_FALSE(each.value.has_value());
  }
  return names;
}

std::vector<std::string> one(std::string_view name) { return {std::string(name)}; }

/// The host says what it can do, as agents do from this version on.
void can(Stage& stage, stage::Host& host, const std::vector<std::string_view>& what) {
  schemas::SyncRequest request;
  request.agent = host.id;
  request.boot_id = host.boot_id;
  request.report_sequence = ++host.sequence;
  request.inventory = stage.world->instances.at(host.id).inventory;
  for (const std::string_view name : what) {
    request.inventory->attributes[std::string(name)] = "";
  }
  stage.turn({control::AgentSync{
      .waiter = 1, .identity_hash = host.identity, .request = std::move(request)}});
}

void watched(api::RegisterTaskDefinitionRequest& request) {
  request.container_definitions.front().health_check = api::HealthCheck{
      .command = {"CMD", "true"}, .interval = {}, .timeout = {}, .retries = {}, .start_period = {}};
}

}  // namespace

TEST_CASE("what a definition requires follows from the members that it uses") {
  Stage stage;
  CHECK(required(stage, [](auto&) {}).empty());
  CHECK(required(stage, watched) == one(capability::container_health_check));
  CHECK(required(stage, [](auto& r) { r.container_definitions.front().privileged = true; }) ==
        one(capability::privileged_container));
  CHECK(required(stage, [](auto& r) { r.network_mode = api::NetworkMode::awsvpc; }) ==
        one(capability::task_eni));
  CHECK(required(stage, [](auto& r) { r.memory = "512"; }) == one(capability::task_cpu_mem_limit));
  CHECK(required(stage, [](auto& r) {
          r.container_definitions.front().restart_policy = api::ContainerRestartPolicy{
              .enabled = true, .ignored_exit_codes = {}, .restart_attempt_period = {}};
        }) == one(capability::container_restart_policy));
  CHECK(required(stage, [](auto& r) {
          r.container_definitions.push_back(r.container_definitions.front());
          r.container_definitions.back().name = "side";
          r.container_definitions.back().depends_on = {
              {{.container_name = r.container_definitions.front().name,
                .condition = api::ContainerCondition::start}}};
        }) == one(capability::container_ordering));
}

TEST_CASE("DescribeTaskDefinition says what a revision requires, after a restart too") {
  Stage stage;
  static_cast<void>(required(stage, watched));
  stage.restart();
  api::DescribeTaskDefinitionRequest request;
  request.task_definition = "some";
  const auto answer =
      stage.must<api::DescribeTaskDefinitionResponse>("DescribeTaskDefinition", request);
  REQUIRE(answer.task_definition->requires_attributes.has_value());
  CHECK(answer.task_definition->requires_attributes->front().name ==
        capability::container_health_check);
}

TEST_CASE("a task goes only to a host whose agent can do what its definition requires") {
  Stage stage;
  stage::small_cluster(stage);
  static_cast<void>(required(stage, watched));
  can(stage, stage.hosts[0], {capability::task_eni});
  can(stage, stage.hosts[1], {capability::container_health_check});
  const auto run = stage.must<api::RunTaskResponse>("RunTask", stage::run("some"));
  REQUIRE(run.tasks->size() == 1);
  CHECK(run.tasks->front().container_instance_arn->ends_with(stage.hosts[1].id.text()));

  api::StartTaskRequest start;
  start.cluster = "c";
  start.task_definition = "some";
  start.container_instances = {stage.hosts[0].id.text()};
  const auto started = stage.must<api::StartTaskResponse>("StartTask", start);
  REQUIRE(started.failures->size() == 1);
  CHECK(started.failures->front().reason == "ATTRIBUTE");
  CHECK(started.failures->front().detail->find("ecs.capability.container-health-check") !=
        std::string::npos);
}

TEST_CASE("a host whose agent is too old to say what it can do can do what such agents could") {
  Stage stage;
  stage::small_cluster(stage);
  static_cast<void>(required(stage, watched));
  CHECK(stage.must<api::RunTaskResponse>("RunTask", stage::run("some")).tasks->size() == 1);
  for (const auto& [id, instance] : stage.world->instances) {
    const auto attributes = control::attributes_of(instance);
    for (const std::string_view name : capability::ours) {
      CHECK(attributes.contains(std::string(name)));
    }
  }
}

TEST_CASE("the explanation of a task without a place names the attribute that hosts lack") {
  Stage stage;
  stage::small_cluster(stage);
  static_cast<void>(required(stage, watched));
  for (stage::Host& host : stage.hosts) {
    can(stage, host, {capability::task_eni});
  }
  stage.must<api::CreateServiceResponse>("CreateService", stage::service("s", "some", 1));
  stage.settle();
  api::ExplainServiceRequest request;
  request.cluster = "c";
  request.service = "s";
  const api::PlacementExplanation said =
      stage.must<api::ExplainServiceResponse>("ExplainService", request).explanation;
  REQUIRE(said.hosts.size() == 2);
  for (const api::ExplainedHost& host : said.hosts) {
    const auto asked = std::find_if(host.verdicts.begin(), host.verdicts.end(),
                                    [](const auto& each) { return each.question == "ATTRIBUTE"; });
    REQUIRE(asked != host.verdicts.end());
    CHECK_FALSE(asked->passed);
    CHECK(asked->subject == "ecs.capability.container-health-check");
  }
  const api::Service service = stage::described_service(stage, "c", "s");
  CHECK(service.events->front().message->find("is missing an attribute required by your task") !=
        std::string::npos);
}

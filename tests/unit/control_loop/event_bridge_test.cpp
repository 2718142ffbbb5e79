// What EventBridge would deliver of what happened.

#include "control/core/loop/event_bridge.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <string_view>

#include "tests/unit/control_loop/stage.h"

using std::chrono_literals::operator""s;
using stage::Stage;

namespace {

bool has_words(const std::string& text, const std::string& words) {
  return text.find(words) != std::string::npos;
}

/// All that was told so far of this kind, oldest first, as World has it now.
std::vector<std::string> told_of(const Stage& stage, const std::string& detail_type) {
  std::vector<std::string> told;
  for (const control::Event& event : stage.events) {
    const auto bridge = control::event_bridge(stage.world, event);
    if (bridge && bridge->detail_type == detail_type) {
      told.push_back(bridge->json);
    }
  }
  return told;
}

std::string run_one(Stage& stage, const std::string& definition = "web") {
  api::RunTaskRequest run = stage::run(definition);
  run.cluster = "c";
  std::string task = *stage.must<api::RunTaskResponse>("RunTask", run).tasks->front().task_arn;
  stage.settle();
  return task;
}

}  // namespace

TEST_CASE("a task's change comes in EventBridge's envelope, with the task as it was then") {
  Stage stage;
  stage::small_cluster(stage);
  const std::string task = run_one(stage);
  api::StopTaskRequest stop;
  stop.cluster = "c";
  stop.task = task;
  stop.reason = "enough";
  stage.must<api::StopTaskResponse>("StopTask", stop);
  stage.settle();
  const std::vector<std::string> told = told_of(stage, "ECS Task State Change");
  REQUIRE(told.size() >= 3);
  for (const std::string& each : told) {
    CHECK(each.starts_with(R"({"version":"0","id":")"));
    CHECK(has_words(each, R"("source":"aws.ecs","account":"123456789012")"));
    CHECK(has_words(each, R"("region":"us-east-1","resources":[")" + task + R"("],"detail":{)"));
    CHECK(has_words(each, R"("taskArn":")" + task + '"'));
    CHECK(has_words(each, R"("clusterArn":"arn:aws:ecs:us-east-1:123456789012:cluster/c")"));
    CHECK(has_words(each, R"("group":"family:web")"));
    CHECK(has_words(each, R"("updatedAt":"2026-)"));
  }
  CHECK(has_words(told.front(), R"("lastStatus":"PENDING")"));
  CHECK_FALSE(has_words(told.front(), R"("exitCode")"));
  CHECK_FALSE(has_words(told.front(), R"("stoppedReason")"));
  const auto runs = std::find_if(told.begin(), told.end(), [](const std::string& each) {
    return has_words(each, R"("desiredStatus":"RUNNING")") &&
           has_words(each, R"("lastStatus":"RUNNING")") && has_words(each, R"("startedAt":"2026-)");
  });
  CHECK(runs != told.end());
  CHECK(has_words(told.back(), R"("lastStatus":"STOPPED")"));
  CHECK(has_words(told.back(), R"("stoppedReason":"enough")"));
  CHECK(has_words(told.back(), R"("stopCode":"UserInitiated")"));
}

TEST_CASE("of a task that is no longer described the event still says what changed") {
  Stage stage;
  stage::small_cluster(stage);
  stage.broken.insert("web");
  const std::string task = run_one(stage);
  stage.advance(std::chrono::hours(2));
  REQUIRE(stage.world->tasks.empty());
  const std::string last = told_of(stage, "ECS Task State Change").back();
  CHECK(has_words(last, R"("taskArn":")" + task + '"'));
  CHECK(has_words(last, ":task-definition/web:1\""));
  CHECK(has_words(last, R"("lastStatus":"STOPPED")"));
  CHECK(has_words(last, "CannotPullContainerError: no such image"));
}

TEST_CASE("the interface of a task is called eni, as EventBridge calls it") {
  Stage stage;
  stage.join("", "us-east-1a", {4096}, {8192});
  api::CreateClusterRequest cluster;
  cluster.cluster_name = "c";
  stage.must<api::CreateClusterResponse>("CreateCluster", cluster);
  stage.must<api::RegisterTaskDefinitionResponse>("RegisterTaskDefinition",
                                                  stage::pool_definition("app"));
  api::RunTaskRequest run = stage::run_on_pool(stage, "app");
  run.cluster = "c";
  stage.must<api::RunTaskResponse>("RunTask", run);
  stage.settle();
  const std::string last = told_of(stage, "ECS Task State Change").back();
  CHECK(has_words(last, R"("type":"eni")"));
  CHECK_FALSE(has_words(last, "ElasticNetworkInterface"));
  // Hosts of the pool are nobody's to see.
  CHECK(told_of(stage, "ECS Container Instance State Change").empty());
}

TEST_CASE("a host's changes are told with whether its agent was connected then") {
  Stage stage;
  stage::small_cluster(stage);
  stage.advance(std::chrono::minutes(2));  // nobody has synced
  const std::vector<std::string> told = told_of(stage, "ECS Container Instance State Change");
  REQUIRE(told.size() >= 2);
  CHECK(has_words(told.front(), R"("clusterArn":"arn:aws:ecs:us-east-1:123456789012:cluster/c")"));
  CHECK(has_words(told.front(), R"("containerInstanceArn":")"));
  CHECK(has_words(told.front(), R"("registeredResources":[)"));
  CHECK(has_words(told.back(), R"("agentConnected":false)"));
}

TEST_CASE("what a service does is an action with a name for programs") {
  Stage stage;
  stage::small_cluster(stage);
  stage.must<api::CreateServiceResponse>("CreateService", stage::service("s", "web", 1));
  stage.pass(60s);
  std::vector<std::string> told = told_of(stage, "ECS Service Action");
  REQUIRE_FALSE(told.empty());
  CHECK(has_words(told.front(), R"("eventType":"INFO","eventName":"TASKS_STARTED")"));
  CHECK(has_words(told.back(), R"("eventName":"SERVICE_STEADY_STATE")"));
  CHECK(has_words(told.back(), R"("clusterArn":"arn:aws:ecs:us-east-1:123456789012:cluster/c")"));
  CHECK(has_words(told.back(), R"(:service/c/s"],"detail")"));

  api::UpdateServiceRequest more;
  more.cluster = "c";
  more.service = "s";
  more.desired_count = 500;
  stage.must<api::UpdateServiceResponse>("UpdateService", more);
  stage.pass(10s);
  told = told_of(stage, "ECS Service Action");
  CHECK(std::any_of(told.begin(), told.end(), [](const std::string& each) {
    return has_words(each, R"("eventType":"ERROR","eventName":"SERVICE_TASK_PLACEMENT_FAILURE")") &&
           has_words(each, R"("reason":"RESOURCE:)");
  }));
}

TEST_CASE("a deployment is told of when it begins, is completed and fails, with the reason") {
  Stage stage;
  stage::small_cluster(stage);
  api::CreateServiceRequest request = stage::service("s", "web", 1);
  request.deployment_configuration = api::DeploymentConfiguration{};
  request.deployment_configuration->deployment_circuit_breaker =
      api::DeploymentCircuitBreaker{.enable = true,
                                    .rollback = false,
                                    .reset_on_healthy_task = {},
                                    .threshold_configuration = {}};
  const auto made = stage.must<api::CreateServiceResponse>("CreateService", request);
  stage.pass(60s);
  std::vector<std::string> told = told_of(stage, "ECS Deployment State Change");
  const std::string id = *made.service->deployments->front().id;
  REQUIRE(told.size() == 2);
  CHECK(has_words(told.front(),
                  R"("eventName":"SERVICE_DEPLOYMENT_IN_PROGRESS","deploymentId":")" + id + '"'));
  CHECK(has_words(told.front(), R"("reason":"ECS deployment )" + id + R"( in progress.")"));
  CHECK(has_words(told.back(), R"("eventName":"SERVICE_DEPLOYMENT_COMPLETED")"));
  CHECK(has_words(told.back(), R"("reason":"ECS deployment )" + id + R"( completed.")"));

  stage.must<api::RegisterTaskDefinitionResponse>("RegisterTaskDefinition",
                                                  stage::definition("bad"));
  stage.broken.insert("bad");
  api::UpdateServiceRequest update;
  update.cluster = "c";
  update.service = "s";
  update.task_definition = "bad";
  stage.must<api::UpdateServiceResponse>("UpdateService", update);
  stage.pass(600s);
  told = told_of(stage, "ECS Deployment State Change");
  CHECK(has_words(told.back(), R"("eventType":"ERROR","eventName":"SERVICE_DEPLOYMENT_FAILED")"));
  CHECK(has_words(told.back(), R"("reason":"ECS deployment circuit breaker: )"));
}

TEST_CASE("an event has one id, whoever asks however often, and no other has it") {
  Stage stage;
  stage::small_cluster(stage);
  run_one(stage);
  run_one(stage);
  std::set<std::string> ids;
  std::size_t count = 0;
  for (const control::Event& event : stage.events) {
    const auto first = control::event_bridge(stage.world, event);
    const auto again = control::event_bridge(stage.world, event);
    REQUIRE(first.has_value() == again.has_value());
    if (first) {
      CHECK(first->json == again->json);
      const std::size_t begin = std::string_view(R"({"version":"0","id":")").size();
      ids.insert(first->json.substr(begin, first->json.find('"', begin) - begin));
      ++count;
    }
  }
  CHECK(ids.size() == count);
}

TEST_CASE("what ECS does not tell EventBridge is not told") {
  Stage stage;
  api::CreateClusterRequest cluster;
  cluster.cluster_name = "c";
  stage.must<api::CreateClusterResponse>("CreateCluster", cluster);
  REQUIRE_FALSE(stage.events.empty());
  for (const control::Event& event : stage.events) {
    CHECK_FALSE(control::event_bridge(stage.world, event).has_value());
  }
}

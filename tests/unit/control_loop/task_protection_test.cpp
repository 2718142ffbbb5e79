#include <doctest/doctest.h>

#include <algorithm>

#include "control/core/lifecycle/lifecycle.h"
#include "control/core/world/lookups.h"
#include "tests/unit/control_loop/stage.h"

using schemas::ErrorCode;
using stage::Stage;
using std::chrono_literals::operator""min;
using std::chrono_literals::operator""s;

namespace {

/// A cluster with a steady service "s" of `count` tasks.
void serve(Stage& stage, std::int64_t count) {
  stage::small_cluster(stage);
  stage.must<api::CreateServiceResponse>("CreateService", stage::service("s", "web", count));
  stage.pass(60s);
}

std::vector<std::string> alive(Stage& stage) {
  api::ListTasksRequest request;
  request.cluster = "c";
  request.service_name = "s";
  return *stage.must<api::ListTasksResponse>("ListTasks", request).task_arns;
}

api::UpdateTaskProtectionRequest protection(std::vector<std::string> tasks,
                                            std::optional<std::int64_t> minutes = std::nullopt) {
  api::UpdateTaskProtectionRequest request;
  request.cluster = "c";
  request.tasks = std::move(tasks);
  request.protection_enabled = true;
  request.expires_in_minutes = minutes;
  return request;
}

api::UpdateTaskProtectionResponse protect(Stage& stage, std::vector<std::string> tasks,
                                          std::optional<std::int64_t> minutes = std::nullopt) {
  return stage.must<api::UpdateTaskProtectionResponse>("UpdateTaskProtection",
                                                       protection(std::move(tasks), minutes));
}

void unprotect(Stage& stage, const std::string& task) {
  api::UpdateTaskProtectionRequest request = protection({task});
  request.protection_enabled = false;
  const auto answer =
      stage.must<api::UpdateTaskProtectionResponse>("UpdateTaskProtection", request);
  REQUIRE(answer.protected_tasks->size() == 1);
  CHECK_FALSE(*answer.protected_tasks->front().protection_enabled);
  CHECK_FALSE(answer.protected_tasks->front().expiration_date.has_value());
}

api::GetTaskProtectionResponse shown(Stage& stage, std::vector<std::string> tasks) {
  api::GetTaskProtectionRequest request;
  request.cluster = "c";
  request.tasks = std::move(tasks);
  return stage.must<api::GetTaskProtectionResponse>("GetTaskProtection", request);
}

void scale(Stage& stage, std::int64_t count) {
  api::UpdateServiceRequest request;
  request.cluster = "c";
  request.service = "s";
  request.desired_count = count;
  stage.must<api::UpdateServiceResponse>("UpdateService", request);
}

bool said(Stage& stage, const std::string& text) {
  const api::Service service = stage::described_service(stage, "c", "s");
  return std::any_of(
      service.events->begin(), service.events->end(),
      [&](const api::ServiceEvent& each) { return each.message->find(text) != std::string::npos; });
}

}  // namespace

TEST_CASE("a task is protected for two hours unless said otherwise, and each call counts anew") {
  Stage stage;
  serve(stage, 1);
  const std::vector<std::string> tasks = alive(stage);
  CHECK_FALSE(*shown(stage, tasks).protected_tasks->front().protection_enabled);
  const auto answer = protect(stage, tasks);
  REQUIRE(answer.protected_tasks->size() == 1);
  CHECK(answer.protected_tasks->front().task_arn == tasks.front());
  CHECK(*answer.protected_tasks->front().protection_enabled);
  CHECK(answer.protected_tasks->front().expiration_date == stage.now + 120min);
  CHECK(answer.failures->empty());
  stage.advance(1min);
  CHECK(protect(stage, tasks, 5).protected_tasks->front().expiration_date == stage.now + 5min);
  CHECK(shown(stage, tasks).protected_tasks->front().expiration_date == stage.now + 5min);
  stage.advance(5min);
  const auto over = shown(stage, tasks);
  CHECK_FALSE(*over.protected_tasks->front().protection_enabled);
  CHECK_FALSE(over.protected_tasks->front().expiration_date.has_value());
}

TEST_CASE("a service that scales in keeps its protected tasks until their time is over") {
  Stage stage;
  serve(stage, 3);
  const std::vector<std::string> tasks = alive(stage);
  protect(stage, {tasks[0], tasks[1]}, 10);
  scale(stage, 1);
  stage.pass(60s);
  std::vector<std::string> left = alive(stage);
  CHECK(left == std::vector<std::string>{tasks[0], tasks[1]});
  CHECK(said(stage,
             "was unable to scale in. Reason: The number of protected tasks are more than "
             "the desired count of tasks."));
  stage.pass(10min);
  CHECK(alive(stage).size() == 1);
  CHECK(said(stage, "has reached a steady state"));
}

TEST_CASE("protection outlives a restart, and ends on time without a call") {
  Stage stage;
  serve(stage, 2);
  const std::vector<std::string> tasks = alive(stage);
  protect(stage, tasks, 10);
  stage.restart();
  scale(stage, 0);
  stage.pass(9min);
  CHECK(alive(stage).size() == 2);
  stage.pass(2min);
  CHECK(alive(stage).empty());
}

TEST_CASE("a deployment waits for protected tasks and goes on when their protection is ended") {
  Stage stage;
  serve(stage, 2);
  const std::vector<std::string> tasks = alive(stage);
  protect(stage, {tasks[0]});
  api::UpdateServiceRequest request;
  request.cluster = "c";
  request.service = "s";
  request.force_new_deployment = true;
  stage.must<api::UpdateServiceResponse>("UpdateService", request);
  stage.pass(5min);
  api::Service service = stage::described_service(stage, "c", "s");
  CHECK(service.deployments->size() == 2);
  CHECK(service.running_count == 3);
  CHECK(said(stage,
             "was unable to stop tasks during a deployment. Reason: The tasks that are left "
             "to be replaced are protected"));
  const auto refused = protect(stage, {tasks[0]});
  REQUIRE(refused.failures->size() == 1);
  CHECK(refused.failures->front().reason == "DEPLOYMENT_BLOCKED");
  CHECK(refused.failures->front().arn == tasks[0]);
  unprotect(stage, tasks[0]);
  stage.pass(60s);
  service = stage::described_service(stage, "c", "s");
  CHECK(service.deployments->size() == 1);
  CHECK(service.deployments->front().rollout_state == api::DeploymentRolloutState::completed);
}

TEST_CASE("StopTask stops a protected task, and the end of its service does") {
  Stage stage;
  serve(stage, 2);
  const std::vector<std::string> tasks = alive(stage);
  protect(stage, tasks);
  api::StopTaskRequest stop;
  stop.cluster = "c";
  stop.task = tasks[0];
  stage.must<api::StopTaskResponse>("StopTask", stop);
  stage.settle();
  CHECK(stage::described(stage, "c", tasks[0]).last_status == "STOPPED");
  const auto late = protect(stage, {tasks[0]});
  REQUIRE(late.failures->size() == 1);
  CHECK(late.failures->front().reason == "TASK_NOT_VALID");
  api::DeleteServiceRequest end;
  end.cluster = "c";
  end.service = "s";
  end.force = true;
  stage.must<api::DeleteServiceResponse>("DeleteService", end);
  stage.settle();
  CHECK(stage::described(stage, "c", tasks[1]).last_status == "STOPPED");
}

TEST_CASE("a host that drains keeps a protected task until its protection ends") {
  Stage stage;
  serve(stage, 2);
  protect(stage, alive(stage), 10);
  api::UpdateContainerInstancesStateRequest drain;
  drain.cluster = "c";
  drain.container_instances = {stage.hosts[0].id.text()};
  drain.status = api::ContainerInstanceStatus::draining;
  stage.must<api::UpdateContainerInstancesStateResponse>("UpdateContainerInstancesState", drain);
  stage.pass(5min);
  CHECK(stage.hosts[0].tasks.size() == 1);
  stage.pass(10min);
  CHECK(stage.hosts[0].tasks.empty());
  CHECK(alive(stage).size() == 2);
}

TEST_CASE("only tasks of services can be protected, and what is not there is a failure") {
  Stage stage;
  serve(stage, 1);
  const auto alone = stage.must<api::RunTaskResponse>("RunTask", stage::run("web"));
  const std::string standalone = *alone.tasks->front().task_arn;
  const std::string nobody(32, 'f');
  const auto answer = protect(stage, {standalone, nobody, alive(stage).front()});
  REQUIRE(answer.failures->size() == 2);
  CHECK(answer.failures->at(0).reason == "TASK_NOT_VALID");
  CHECK(answer.failures->at(1).reason == "MISSING");
  CHECK(answer.protected_tasks->size() == 1);
  const auto asked = shown(stage, {standalone, nobody});
  REQUIRE(asked.failures->size() == 2);
  CHECK(asked.failures->at(0).reason == "TASK_NOT_VALID");
  CHECK(asked.failures->at(1).reason == "MISSING");
}

TEST_CASE("a protection that ends at once, and a question about no task, are refused") {
  Stage stage;
  serve(stage, 1);
  api::UpdateTaskProtectionRequest request = protection(alive(stage), 5);
  request.protection_enabled = false;
  const auto both = stage.call<api::UpdateTaskProtectionResponse>("UpdateTaskProtection", request);
  REQUIRE(!both.ok());
  CHECK(both.error().code == ErrorCode::invalid_parameter);
  api::GetTaskProtectionRequest none;
  none.cluster = "c";
  const auto empty = stage.call<api::GetTaskProtectionResponse>("GetTaskProtection", none);
  REQUIRE(!empty.ok());
  CHECK(empty.error().code == ErrorCode::invalid_parameter);
  none.cluster = "nobody";
  const auto elsewhere = stage.call<api::GetTaskProtectionResponse>("GetTaskProtection", none);
  REQUIRE(!elsewhere.ok());
  CHECK(elsewhere.error().code == ErrorCode::cluster_not_found);
}

TEST_CASE("no service is in a namespace, and another account's is not found") {
  Stage stage;
  serve(stage, 1);
  api::ListServicesByNamespaceRequest request;
  const auto ask = [&](const std::string& name) {
    request.namespace_ = name;
    return stage.call<api::ListServicesByNamespaceResponse>("ListServicesByNamespace", request);
  };
  const std::string mine = "arn:aws:servicediscovery:us-east-1:123456789012:namespace/ns-1";
  for (const std::string& name : {std::string("local"), mine}) {
    const auto answer = ask(name);
    REQUIRE(answer.ok());
    CHECK(answer.value().service_arns->empty());
    CHECK_FALSE(answer.value().next_token.has_value());
  }
  CHECK(ask("arn:aws:servicediscovery:us-east-1:999999999999:namespace/ns-1").error().code ==
        ErrorCode::namespace_not_found);
  CHECK(ask("arn:aws:ecs:us-east-1:123456789012:cluster/c").error().code ==
        ErrorCode::invalid_parameter);
  request.next_token = "altered";
  CHECK(ask("local").error().code == ErrorCode::invalid_parameter);
}

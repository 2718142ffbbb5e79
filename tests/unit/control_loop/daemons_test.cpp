// DAEMON services: one task on each host that they belong on.

#include <doctest/doctest.h>

#include <algorithm>

#include "api/attributes.h"
#include "tests/unit/control_loop/stage.h"

using schemas::ErrorCode;
using stage::Host;
using stage::Stage;
using std::chrono_literals::operator""s;

namespace {

void work_for(Stage& stage, schemas::Duration time) {
  for (schemas::Duration step{0}; step < time; step += 5s) {
    stage.advance(5s);
    stage.settle();
  }
}

api::CreateServiceRequest daemon(const std::string& name = "agent",
                                 const std::string& definition = "web") {
  api::CreateServiceRequest request = stage::service(name, definition, 0);
  request.desired_count.reset();
  request.scheduling_strategy = api::SchedulingStrategy::daemon;
  return request;
}

api::Service created(Stage& stage, const api::CreateServiceRequest& request) {
  return *stage.must<api::CreateServiceResponse>("CreateService", request).service;
}

std::string create_refusal(Stage& stage, const api::CreateServiceRequest& request) {
  const auto output = stage.call<api::CreateServiceResponse>("CreateService", request);
  REQUIRE_FALSE(output.ok());
  CHECK(output.error().code == ErrorCode::invalid_parameter);
  return output.error().message;
}

api::UpdateServiceRequest change(const std::string& name = "agent") {
  api::UpdateServiceRequest request;
  request.cluster = "c";
  request.service = name;
  return request;
}

/// Tasks of the service on the host that have not stopped.
std::int64_t tasks_on(const Stage& stage, const Host& host, const std::string& service) {
  return std::count_if(stage.world->tasks.begin(), stage.world->tasks.end(), [&](const auto& each) {
    return each.second.instance == host.id &&
           each.second.last_status != schemas::TaskStatus::stopped &&
           each.second.specification->group == "service:" + service;
  });
}

void put_stack(Stage& stage, const Host& host, const std::string& value) {
  api::PutAttributesRequest request;
  request.cluster = "c";
  request.attributes = {
      {.name = "stack", .value = value, .target_type = {}, .target_id = host.id.text()}};
  stage.must<api::PutAttributesResponse>("PutAttributes", request);
}

void set_status(Stage& stage, const Host& host, api::ContainerInstanceStatus status) {
  api::UpdateContainerInstancesStateRequest request;
  request.cluster = "c";
  request.container_instances = {host.id.text()};
  request.status = status;
  stage.must<api::UpdateContainerInstancesStateResponse>("UpdateContainerInstancesState", request);
}

bool tells(const api::Service& service, const std::string& text) {
  return std::any_of(service.events->begin(), service.events->end(), [&text](const auto& event) {
    return event.message->find(text) != std::string::npos;
  });
}

std::string remaining_cpu(Stage& stage, const Host& host) {
  api::DescribeContainerInstancesRequest request;
  request.cluster = "c";
  request.container_instances = {host.id.text()};
  const auto output =
      stage.must<api::DescribeContainerInstancesResponse>("DescribeContainerInstances", request);
  return std::to_string(
      output.container_instances->front().remaining_resources->at(0).integer_value.value_or(-1));
}

}  // namespace

TEST_CASE("a daemon service runs one task on each host and counts its hosts as desired") {
  Stage stage;
  stage::small_cluster(stage);
  created(stage, daemon());
  work_for(stage, 60s);
  const api::Service service = stage::described_service(stage, "c", "agent");
  CHECK(service.scheduling_strategy == api::SchedulingStrategy::daemon);
  CHECK(service.desired_count == 2);
  CHECK(service.running_count == 2);
  CHECK(service.pending_count == 0);
  CHECK(service.deployments->front().desired_count == 2);
  CHECK(service.deployments->front().rollout_state == api::DeploymentRolloutState::completed);
  CHECK(service.deployment_configuration->maximum_percent == 100);
  CHECK(service.deployment_configuration->minimum_healthy_percent == 0);
  CHECK(tells(service, "has reached a steady state"));
  CHECK(tasks_on(stage, stage.hosts[0], "agent") == 1);
  CHECK(tasks_on(stage, stage.hosts[1], "agent") == 1);
  const auto task = stage::described(stage, "c", stage.hosts[0].tasks.begin()->first.text());
  CHECK(task.group == "service:agent");
  CHECK(task.started_by == service.deployments->front().id);
  CHECK(task.launch_type == api::LaunchType::ec2);
  stage.check_invariants();
}

TEST_CASE("a new host gets its daemon before anything else, as soon as it is registered") {
  Stage stage;
  stage::small_cluster(stage);
  created(stage, daemon());
  work_for(stage, 60s);
  stage::Host& third = stage.join("c", "us-east-1a", {4096}, {8192});
  CHECK(tasks_on(stage, third, "agent") == 1);
  work_for(stage, 60s);
  CHECK(stage::described_service(stage, "c", "agent").desired_count == 3);
  CHECK(stage::described_service(stage, "c", "agent").running_count == 3);
  stage.check_invariants();
}

TEST_CASE("what does not go with a daemon is refused in words that say so") {
  Stage stage;
  stage::small_cluster(stage);
  api::CreateServiceRequest request = daemon();
  SUBCASE("a desired count") {
    request.desired_count = 2;
    CHECK(create_refusal(stage, request) ==
          "The daemon scheduling strategy does not support a desired count for services. Remove "
          "the desired count value and try again.");
  }
  SUBCASE("a placement strategy") {
    request.placement_strategy.emplace();
    request.placement_strategy->push_back(
        {.type = api::PlacementStrategyType::random, .field = {}});
    CHECK(create_refusal(stage, request).find("does not support placement strategies") !=
          std::string::npos);
  }
  SUBCASE("the pool") {
    request.launch_type = api::LaunchType::fargate;
    CHECK(create_refusal(stage, request).find("not supported with the FARGATE launch type") !=
          std::string::npos);
  }
  SUBCASE("a capacity provider strategy") {
    request.launch_type.reset();
    request.capacity_provider_strategy.emplace();
    request.capacity_provider_strategy->push_back({.capacity_provider = "FARGATE"});
    CHECK(create_refusal(stage, request).find("does not support capacity provider strategies") !=
          std::string::npos);
  }
  SUBCASE("percentages between which nothing could be replaced") {
    request.deployment_configuration = api::DeploymentConfiguration{};
    request.deployment_configuration->minimum_healthy_percent = 100;
    CHECK(create_refusal(stage, request).find("both 100") != std::string::npos);
  }
  SUBCASE("a desired count of one that exists") {
    created(stage, request);
    api::UpdateServiceRequest scaled = change();
    scaled.desired_count = 5;
    const auto output = stage.call<api::UpdateServiceResponse>("UpdateService", scaled);
    REQUIRE_FALSE(output.ok());
    CHECK(output.error().code == ErrorCode::invalid_parameter);
  }
}

TEST_CASE("the same daemon created again is the same, and a REPLICA of its name is not") {
  Stage stage;
  stage::small_cluster(stage);
  const std::string arn = *created(stage, daemon()).service_arn;
  work_for(stage, 60s);
  CHECK(created(stage, daemon()).service_arn == arn);
  CHECK(create_refusal(stage, stage::service("agent", "web", 2)).find("not idempotent") !=
        std::string::npos);
}

TEST_CASE("services are listed by their scheduling strategy") {
  Stage stage;
  stage::small_cluster(stage);
  created(stage, daemon());
  created(stage, stage::service("web", "web", 1));
  api::ListServicesRequest request;
  request.cluster = "c";
  request.scheduling_strategy = api::SchedulingStrategy::daemon;
  auto listed = stage.must<api::ListServicesResponse>("ListServices", request);
  REQUIRE(listed.service_arns->size() == 1);
  CHECK(listed.service_arns->front().ends_with("/agent"));
  request.scheduling_strategy = api::SchedulingStrategy::replica;
  listed = stage.must<api::ListServicesResponse>("ListServices", request);
  REQUIRE(listed.service_arns->size() == 1);
  CHECK(listed.service_arns->front().ends_with("/web"));
}

TEST_CASE("a daemon goes where the attributes of hosts say, and leaves where they no longer do") {
  Stage stage;
  stage::small_cluster(stage);
  put_stack(stage, stage.hosts[0], "blue");
  api::CreateServiceRequest request = daemon();
  request.placement_constraints.emplace();
  request.placement_constraints->push_back(
      {.type = api::PlacementConstraintType::member_of, .expression = "attribute:stack == blue"});
  created(stage, request);
  work_for(stage, 60s);
  CHECK(tasks_on(stage, stage.hosts[0], "agent") == 1);
  CHECK(tasks_on(stage, stage.hosts[1], "agent") == 0);
  CHECK(stage::described_service(stage, "c", "agent").desired_count == 1);
  put_stack(stage, stage.hosts[1], "blue");
  put_stack(stage, stage.hosts[0], "red");
  work_for(stage, 60s);
  CHECK(tasks_on(stage, stage.hosts[0], "agent") == 0);
  CHECK(tasks_on(stage, stage.hosts[1], "agent") == 1);
  CHECK(stage::described_service(stage, "c", "agent").running_count == 1);
}

TEST_CASE("on a host that is drained the daemon is the last to stop") {
  Stage stage;
  stage::small_cluster(stage);
  created(stage, daemon());
  api::RunTaskRequest alone = stage::run("web");
  alone.cluster = "c";
  const auto ran = stage.must<api::RunTaskResponse>("RunTask", alone);
  work_for(stage, 60s);
  const std::string arn = *ran.tasks->front().container_instance_arn;
  Host& host = arn.ends_with(stage.hosts[0].id.text()) ? stage.hosts[0] : stage.hosts[1];
  set_status(stage, host, api::ContainerInstanceStatus::draining);
  work_for(stage, 60s);
  CHECK(tasks_on(stage, host, "agent") == 1);
  CHECK(stage::described_service(stage, "c", "agent").desired_count == 1);
  api::StopTaskRequest stop;
  stop.cluster = "c";
  stop.task = *ran.tasks->front().task_arn;
  stage.must<api::StopTaskResponse>("StopTask", stop);
  work_for(stage, 10s);
  CHECK(tasks_on(stage, host, "agent") == 0);
  set_status(stage, host, api::ContainerInstanceStatus::active);
  CHECK(tasks_on(stage, host, "agent") == 1);
  stage.check_invariants();
}

TEST_CASE("a host that has left is no daemon's host any more") {
  Stage stage;
  stage::small_cluster(stage);
  created(stage, daemon());
  work_for(stage, 60s);
  SUBCASE("because it was deregistered") {
    api::DeregisterContainerInstanceRequest request;
    request.cluster = "c";
    request.container_instance = stage.hosts[0].id.text();
    request.force = true;
    stage.must<api::DeregisterContainerInstanceResponse>("DeregisterContainerInstance", request);
    stage.silent.insert(stage.hosts[0].id);
  }
  SUBCASE("because it was lost") {
    stage.silent.insert(stage.hosts[0].id);
    work_for(stage, 600s);
  }
  work_for(stage, 10s);
  const api::Service service = stage::described_service(stage, "c", "agent");
  CHECK(service.desired_count == 1);
  CHECK(service.running_count == 1);
}

TEST_CASE("a new deployment of a daemon replaces its tasks host by host") {
  Stage stage;
  stage::small_cluster(stage);
  api::CreateServiceRequest request = daemon();
  request.deployment_configuration = api::DeploymentConfiguration{};
  request.deployment_configuration->minimum_healthy_percent = 50;
  created(stage, request);
  work_for(stage, 60s);
  const std::string before = *stage::described_service(stage, "c", "agent").deployments->front().id;
  api::UpdateServiceRequest anew = change();
  anew.force_new_deployment = true;
  stage.must<api::UpdateServiceResponse>("UpdateService", anew);
  for (int step = 0; step < 40; ++step) {
    stage.advance(5s);
    stage.settle();
    CHECK(stage::described_service(stage, "c", "agent").running_count >= 1);
    CHECK(tasks_on(stage, stage.hosts[0], "agent") <= 1);
    CHECK(tasks_on(stage, stage.hosts[1], "agent") <= 1);
  }
  const api::Service service = stage::described_service(stage, "c", "agent");
  CHECK(service.deployments->size() == 1);
  CHECK(service.deployments->front().id != before);
  CHECK(service.deployments->front().rollout_state == api::DeploymentRolloutState::completed);
  CHECK(service.running_count == 2);
}

TEST_CASE("a daemon whose tasks keep failing goes back to what was completed last") {
  Stage stage;
  stage::small_cluster(stage);
  api::CreateServiceRequest request = daemon();
  request.deployment_configuration = api::DeploymentConfiguration{};
  request.deployment_configuration->deployment_circuit_breaker = api::DeploymentCircuitBreaker{
      .enable = true, .rollback = true, .reset_on_healthy_task = {}, .threshold_configuration = {}};
  created(stage, request);
  work_for(stage, 60s);
  stage.must<api::RegisterTaskDefinitionResponse>("RegisterTaskDefinition",
                                                  stage::definition("broken"));
  stage.broken.insert("broken");
  api::UpdateServiceRequest anew = change();
  anew.task_definition = "broken";
  stage.must<api::UpdateServiceResponse>("UpdateService", anew);
  work_for(stage, 180s);
  const api::Service service = stage::described_service(stage, "c", "agent");
  CHECK(tells(service, "rolling back to deployment"));
  CHECK(service.task_definition->ends_with("/web:1"));
  CHECK(service.running_count == 2);
}

TEST_CASE("a daemon is deleted without force, and all of its tasks stop") {
  Stage stage;
  stage::small_cluster(stage);
  created(stage, daemon());
  work_for(stage, 60s);
  api::DeleteServiceRequest request;
  request.cluster = "c";
  request.service = "agent";
  stage.must<api::DeleteServiceResponse>("DeleteService", request);
  work_for(stage, 10s);
  CHECK(stage::described_service(stage, "c", "agent").status == "INACTIVE");
  stage.join("c", "us-east-1a", {4096}, {8192});
  work_for(stage, 10s);
  CHECK(stage::described_service(stage, "c", "agent").running_count == 0);
  created(stage, daemon());
  work_for(stage, 10s);
  CHECK(stage::described_service(stage, "c", "agent").running_count == 3);
  stage.check_invariants();
}

TEST_CASE("the room of a daemon is kept from other tasks, shown as taken, and explained") {
  Stage stage;
  stage::small_cluster(stage);
  created(stage, daemon());
  work_for(stage, 60s);
  const std::string with_daemon = remaining_cpu(stage, stage.hosts[0]);
  const schemas::TaskId task = stage.hosts[0].tasks.begin()->first;
  // The daemon fails for good on its host, and is owed still.
  stage.broken.insert("web");
  api::StopTaskRequest stop;
  stop.cluster = "c";
  stop.task = task.text();
  stage.must<api::StopTaskResponse>("StopTask", stop);
  work_for(stage, 60s);
  CHECK(tasks_on(stage, stage.hosts[0], "agent") == 0);
  CHECK(remaining_cpu(stage, stage.hosts[0]) == with_daemon);
  stage.restart();
  CHECK(remaining_cpu(stage, stage.hosts[0]) == with_daemon);
  stage.check_invariants();
}

// Hosts on which a person lays hands: started on by name, drained, deregistered.

#include <doctest/doctest.h>

#include <algorithm>

#include "control/core/world/lookups.h"
#include "tests/unit/control_loop/stage.h"

using schemas::ErrorCode;
using stage::Host;
using stage::Stage;
using std::chrono_literals::operator""s;

namespace {

api::UpdateContainerInstancesStateRequest state(const std::vector<std::string>& hosts,
                                                api::ContainerInstanceStatus status) {
  api::UpdateContainerInstancesStateRequest request;
  request.cluster = "c";
  request.container_instances = hosts;
  request.status = status;
  return request;
}

void set_state(Stage& stage, const Host& host, api::ContainerInstanceStatus status) {
  const auto output = stage.must<api::UpdateContainerInstancesStateResponse>(
      "UpdateContainerInstancesState", state({host.id.text()}, status));
  REQUIRE(output.container_instances->size() == 1);
  CHECK(output.container_instances->front().status == std::string(codec::name_of(status)));
  CHECK(output.failures->empty());
}

void drain(Stage& stage, const Host& host) {
  set_state(stage, host, api::ContainerInstanceStatus::draining);
}

api::DeregisterContainerInstanceRequest leave(const Host& host, bool force) {
  api::DeregisterContainerInstanceRequest request;
  request.cluster = "c";
  request.container_instance = host.id.text();
  request.force = force;
  return request;
}

std::int64_t running_on(const Stage& stage, const Host& host) {
  std::int64_t count = 0;
  for (const auto& [key, task] : stage.world->tasks) {
    count += task.instance == host.id && task.desired_status == schemas::TaskStatus::running &&
                     task.last_status == schemas::TaskStatus::running
                 ? 1
                 : 0;
  }
  return count;
}

std::int64_t serving(const Stage& stage) {
  std::int64_t count = 0;
  for (const Host& host : stage.hosts) {
    count += running_on(stage, host);
  }
  return count;
}

api::StartTaskRequest start(const std::vector<std::string>& hosts) {
  api::StartTaskRequest request;
  request.cluster = "c";
  request.task_definition = "web";
  request.container_instances = hosts;
  return request;
}

template <class Output, class Input>
schemas::Error refusal(Stage& stage, const std::string& operation, const Input& input) {
  const auto output = stage.call<Output>(operation, input);
  REQUIRE_FALSE(output.ok());
  return output.error();
}

std::int64_t events_of(const Stage& stage, const std::string& kind) {
  return std::count_if(stage.events.begin(), stage.events.end(),
                       [&](const control::Event& event) { return event.kind == kind; });
}

}  // namespace

TEST_CASE("a task is started on the hosts that the caller names, one on each") {
  Stage stage;
  stage::small_cluster(stage);
  const std::string first = stage.hosts[0].id.text();
  const std::string second =
      "arn:aws:ecs:us-east-1:123456789012:container-instance/c/" + stage.hosts[1].id.text();
  const auto output = stage.must<api::StartTaskResponse>("StartTask", start({first, second}));
  CHECK(output.failures->empty());
  REQUIRE(output.tasks->size() == 2);
  CHECK(output.tasks->at(0).container_instance_arn->ends_with(first));
  CHECK(output.tasks->at(1).container_instance_arn == second);
  CHECK(output.tasks->at(0).launch_type == api::LaunchType::ec2);
  CHECK(output.tasks->at(0).group == "family:web");
  stage.settle();
  CHECK(running_on(stage, stage.hosts[0]) == 1);
  CHECK(running_on(stage, stage.hosts[1]) == 1);
}

TEST_CASE("a named host that cannot take the task is a failure with its reason; the others start") {
  Stage stage;
  stage::small_cluster(stage);
  stage.join("c", "us-east-1a", {128}, {4096});
  stage.join("c", "us-east-1a", {4096}, {4096});
  drain(stage, stage.hosts[3]);
  const std::string none(32, '0');
  const auto output = stage.must<api::StartTaskResponse>(
      "StartTask",
      start({stage.hosts[0].id.text(), stage.hosts[2].id.text(), stage.hosts[3].id.text(), none}));
  CHECK(output.tasks->size() == 1);
  REQUIRE(output.failures->size() == 3);
  CHECK(output.failures->at(0).reason == "RESOURCE:CPU");
  CHECK(output.failures->at(0).arn->ends_with(stage.hosts[2].id.text()));
  CHECK(output.failures->at(1).reason == "INACTIVE");
  CHECK(output.failures->at(2).reason == "MISSING");
  CHECK(output.failures->at(2).arn->ends_with("container-instance/c/" + none));
}

TEST_CASE("StartTask refuses what RunTask refuses") {
  Stage stage;
  stage::small_cluster(stage);
  auto request = start({stage.hosts[0].id.text()});
  SUBCASE("a cluster that does not exist") {
    request.cluster = "none";
    CHECK(refusal<api::StartTaskResponse>(stage, "StartTask", request).code ==
          ErrorCode::cluster_not_found);
  }
  SUBCASE("a definition that does not exist") {
    request.task_definition = "none";
    CHECK(refusal<api::StartTaskResponse>(stage, "StartTask", request).code == ErrorCode::client);
  }
  SUBCASE("a reserved group") {
    request.group = "service:web";
    CHECK(refusal<api::StartTaskResponse>(stage, "StartTask", request).code ==
          ErrorCode::invalid_parameter);
  }
  SUBCASE("an interface that nobody described") {
    stage.must<api::RegisterTaskDefinitionResponse>("RegisterTaskDefinition",
                                                    stage::pool_definition("job"));
    request.task_definition = "job";
    CHECK(refusal<api::StartTaskResponse>(stage, "StartTask", request)
              .message.starts_with("Network Configuration must be provided"));
  }
}

TEST_CASE("nothing new is placed on a draining host, and standalone tasks there are left alone") {
  Stage stage;
  stage::small_cluster(stage);
  const auto started =
      stage.must<api::StartTaskResponse>("StartTask", start({stage.hosts[0].id.text()}));
  stage.settle();
  drain(stage, stage.hosts[0]);
  for (int count = 0; count < 4; ++count) {
    const auto output = stage.must<api::RunTaskResponse>("RunTask", stage::run("web"));
    REQUIRE(output.tasks->size() == 1);
    CHECK(output.tasks->front().container_instance_arn->ends_with(stage.hosts[1].id.text()));
  }
  for (int round = 0; round < 60; ++round) {
    stage.settle();
    stage.advance(10s);
  }
  CHECK(stage::described(stage, "c", *started.tasks->front().task_arn).last_status == "RUNNING");
  CHECK(events_of(stage, "instance.draining") == 1);
  SUBCASE("until it is ACTIVE again, which is one event") {
    set_state(stage, stage.hosts[0], api::ContainerInstanceStatus::active);
    set_state(stage, stage.hosts[0], api::ContainerInstanceStatus::active);
    CHECK(events_of(stage, "instance.active") == 1);
    const auto output = stage.must<api::RunTaskResponse>("RunTask", stage::run("web"));
    CHECK(output.tasks->front().container_instance_arn->ends_with(stage.hosts[0].id.text()));
  }
  SUBCASE("and a full cluster says that it takes no new tasks") {
    drain(stage, stage.hosts[1]);
    const auto output = stage.must<api::RunTaskResponse>("RunTask", stage::run("web"));
    REQUIRE(output.failures->size() == 1);
    CHECK(output.failures->front().reason == "INACTIVE");
  }
}

TEST_CASE("a service's tasks on a draining host are replaced first and stopped then") {
  Stage stage;
  stage::small_cluster(stage);
  stage.must<api::CreateServiceResponse>("CreateService", stage::service("web", "web", 4));
  stage.settle();
  stage.advance(60s);
  REQUIRE(running_on(stage, stage.hosts[0]) == 2);
  drain(stage, stage.hosts[0]);
  // Minimum 100, maximum 200 percent: never fewer than four serve.
  for (int round = 0; round < 30; ++round) {
    for (Host& host : stage.hosts) {
      stage.work(host);
    }
    CHECK(serving(stage) >= 4);
    stage.check_invariants();
    stage.advance(5s);
  }
  CHECK(running_on(stage, stage.hosts[0]) == 0);
  CHECK(running_on(stage, stage.hosts[1]) == 4);
  CHECK(stage::described_service(stage, "c", "web").running_count == 4);
}

TEST_CASE("a service that may dip stops on the draining host as far as its minimum allows") {
  Stage stage;
  stage::small_cluster(stage);
  auto request = stage::service("web", "web", 4);
  api::DeploymentConfiguration configuration;
  configuration.minimum_healthy_percent = 50;
  configuration.maximum_percent = 100;
  request.deployment_configuration = configuration;
  stage.must<api::CreateServiceResponse>("CreateService", request);
  stage.settle();
  stage.advance(60s);
  drain(stage, stage.hosts[0]);
  std::int64_t least = 4;
  for (int round = 0; round < 40; ++round) {
    for (Host& host : stage.hosts) {
      stage.work(host);
      least = std::min(least, serving(stage));
      CHECK(serving(stage) <= 4);
    }
    stage.advance(5s);
  }
  CHECK(least == 2);
  CHECK(running_on(stage, stage.hosts[0]) == 0);
  CHECK(running_on(stage, stage.hosts[1]) == 4);
}

TEST_CASE("a service's tasks that have not come up yet stop at once on a draining host") {
  Stage stage;
  stage::small_cluster(stage);
  stage.must<api::CreateServiceResponse>("CreateService", stage::service("web", "web", 2));
  drain(stage, stage.hosts[0]);
  std::int64_t told = 0;
  for (const auto& [key, task] : stage.world->tasks) {
    told +=
        task.instance == stage.hosts[0].id && task.desired_status == schemas::TaskStatus::stopped
            ? 1
            : 0;
  }
  CHECK(told == 1);
  stage.settle();
  CHECK(running_on(stage, stage.hosts[1]) == 2);
}

TEST_CASE("changing the state of hosts says which could not be changed, and why") {
  Stage stage;
  stage::small_cluster(stage);
  const std::string none(32, '0');
  const std::string gone = stage.hosts[1].id.text();
  stage.must<api::DeregisterContainerInstanceResponse>("DeregisterContainerInstance",
                                                       leave(stage.hosts[1], false));
  const auto output = stage.must<api::UpdateContainerInstancesStateResponse>(
      "UpdateContainerInstancesState",
      state({none, gone, stage.hosts[0].id.text()}, api::ContainerInstanceStatus::draining));
  CHECK(output.container_instances->size() == 1);
  REQUIRE(output.failures->size() == 2);
  CHECK(output.failures->at(0).reason == "MISSING");
  CHECK(output.failures->at(1).reason == "INACTIVE");
  CHECK(refusal<api::UpdateContainerInstancesStateResponse>(
            stage, "UpdateContainerInstancesState",
            state({none}, api::ContainerInstanceStatus::deregistering))
            .code == ErrorCode::invalid_parameter);
  auto elsewhere = state({none}, api::ContainerInstanceStatus::active);
  elsewhere.cluster = "none";
  CHECK(refusal<api::UpdateContainerInstancesStateResponse>(stage, "UpdateContainerInstancesState",
                                                            elsewhere)
            .code == ErrorCode::cluster_not_found);
}

TEST_CASE("a host with tasks is deregistered only by force; its tasks are replaced elsewhere") {
  Stage stage;
  stage::small_cluster(stage);
  stage.must<api::CreateServiceResponse>("CreateService", stage::service("web", "web", 2));
  const auto alone =
      stage.must<api::StartTaskResponse>("StartTask", start({stage.hosts[0].id.text()}));
  stage.settle();
  const auto kept = refusal<api::DeregisterContainerInstanceResponse>(
      stage, "DeregisterContainerInstance", leave(stage.hosts[0], false));
  CHECK(kept.code == ErrorCode::invalid_parameter);
  CHECK(kept.message.starts_with("Found running tasks on the instance: 2"));

  const auto output = stage.must<api::DeregisterContainerInstanceResponse>(
      "DeregisterContainerInstance", leave(stage.hosts[0], true));
  CHECK(output.container_instance->status == "INACTIVE");
  CHECK(output.container_instance->agent_connected == false);
  CHECK(output.container_instance->running_tasks_count == 0);
  const api::Task task = stage::described(stage, "c", *alone.tasks->front().task_arn);
  CHECK(task.last_status == "STOPPED");
  CHECK(task.stopped_reason == "Container instance deregistration forced by user.");
  CHECK(task.stop_code == api::TaskStopCode::user_initiated);
  stage.silent.insert(stage.hosts[0].id);
  stage.settle();
  CHECK(running_on(stage, stage.hosts[1]) == 2);
  CHECK(events_of(stage, "instance.deregistered") == 1);
  stage.restart();
  stage.check_invariants();
}

TEST_CASE("a deregistered host is told so, is listed no more, and can be described for an hour") {
  Stage stage;
  stage::small_cluster(stage);
  Host& host = stage.hosts[0];
  stage.sync(host);
  // Its question is parked: the word reaches it at once.
  schemas::SyncRequest request;
  request.agent = host.id;
  request.boot_id = host.boot_id;
  request.have_version = host.version;
  request.hold_ms = 20'000;
  const auto parked = stage.turn(
      {control::AgentSync{.waiter = 77, .identity_hash = host.identity, .request = request}});
  CHECK(parked.agents.empty());
  const control::Turn done =
      stage.turn({control::ApiCall{.request = 78,
                                   .scope = stage::scope,
                                   .principal = {},
                                   .operation = "DeregisterContainerInstance",
                                   .input = api::Value::of(leave(host, false))}});
  REQUIRE(done.agents.size() == 1);
  CHECK(done.agents.front().waiter == 77);
  const auto* told = std::get_if<schemas::Error>(&done.agents.front().answer);
  REQUIRE(told != nullptr);
  CHECK(told->code == ErrorCode::access_denied);

  const auto check_refused = [&] {
    const auto heard = stage.heard(host);
    const auto* error = std::get_if<schemas::Error>(&heard);
    REQUIRE(error != nullptr);
    CHECK(error->code == ErrorCode::access_denied);
  };
  check_refused();
  api::ListContainerInstancesRequest list;
  list.cluster = "c";
  CHECK(stage.must<api::ListContainerInstancesResponse>("ListContainerInstances", list)
            .container_instance_arns->size() == 1);
  api::DescribeContainerInstancesRequest describe;
  describe.cluster = "c";
  describe.container_instances = {host.id.text()};
  const auto shown =
      stage.must<api::DescribeContainerInstancesResponse>("DescribeContainerInstances", describe);
  CHECK(shown.container_instances->front().status == "INACTIVE");
  CHECK(refusal<api::DeregisterContainerInstanceResponse>(stage, "DeregisterContainerInstance",
                                                          leave(host, true))
            .code == ErrorCode::invalid_parameter);
  stage.restart();
  check_refused();
  stage.advance(3700s);
  CHECK_FALSE(stage.world->instances.contains(host.id));
  check_refused();
  stage.check_invariants();
}

TEST_CASE("nothing is remembered of the reports of a host that is forgotten") {
  Stage stage;
  stage::small_cluster(stage);
  const Host host = stage.hosts[0];
  stage.must<api::StartTaskResponse>("StartTask", start({host.id.text()}));
  stage.settle();
  REQUIRE(stage.parked.newest_reports.contains(host.id));
  stage.must<api::DeregisterContainerInstanceResponse>("DeregisterContainerInstance",
                                                       leave(host, true));
  for (int hour = 0; hour < 3; ++hour) {
    stage.advance(3700s);
  }
  REQUIRE_FALSE(stage.world->instances.contains(host.id));
  CHECK_FALSE(stage.parked.newest_reports.contains(host.id));
}

TEST_CASE("a cluster that had hosts can be deleted once they are deregistered") {
  Stage stage;
  stage::small_cluster(stage);
  api::DeleteClusterRequest request;
  request.cluster = "c";
  CHECK(refusal<api::DeleteClusterResponse>(stage, "DeleteCluster", request).code ==
        ErrorCode::cluster_contains_container_instances);
  for (const Host& host : stage.hosts) {
    stage.must<api::DeregisterContainerInstanceResponse>("DeregisterContainerInstance",
                                                         leave(host, false));
  }
  CHECK(refusal<api::RunTaskResponse>(stage, "RunTask", stage::run("web")).message ==
        "No Container Instances were found in your cluster.");
  const auto deleted = stage.must<api::DeleteClusterResponse>("DeleteCluster", request);
  CHECK(deleted.cluster->registered_container_instances_count == 0);
  stage.restart();
}

TEST_CASE("a customer whose task the pool has no room for does not see the pool's hosts") {
  Stage stage;
  stage::small_cluster(stage);
  stage.must<api::RegisterTaskDefinitionResponse>("RegisterTaskDefinition",
                                                  stage::pool_definition("job"));
  const Host& host = stage.join("", "us-east-1a", {128}, {8192});
  const auto output = stage.must<api::RunTaskResponse>("RunTask", stage::run_on_pool(stage, "job"));
  REQUIRE(output.failures->size() == 1);
  CHECK(output.failures->front().reason == "RESOURCE:FARGATE");
  CHECK_FALSE(output.failures->front().arn.has_value());
  CHECK(output.failures->front().detail->find(host.id.text()) == std::string::npos);
  CHECK(output.failures->front().detail->ends_with("No host of the pool has 256 CPU units left."));
  SUBCASE("nor one whose task runs there, in the log of its events") {
    stage.join("", "us-east-1b", {1024}, {8192});
    stage.must<api::RunTaskResponse>("RunTask", stage::run_on_pool(stage, "job"));
    stage.settle();
    for (const control::Event& event : stage.events) {
      if (event.kind == "task") {
        CHECK(event.detail.find(stage.hosts[3].id.text()) == std::string::npos);
      }
    }
  }
}

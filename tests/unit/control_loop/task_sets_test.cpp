// Task sets of services whose deployment controller is EXTERNAL: what they run, and for how long.

#include <algorithm>

#include "tests/unit/control_loop/task_set_stage.h"

using schemas::ErrorCode;
using stage::Stage;
using std::chrono_literals::operator""min;
using std::chrono_literals::operator""s;
using task_sets::all_sets;
using task_sets::deletion;
using task_sets::external;
using task_sets::make_set;
using task_sets::prepare;
using task_sets::primary;
using task_sets::protect_all;
using task_sets::refused;
using task_sets::says;
using task_sets::scale_set;
using task_sets::scaling;
using task_sets::service_change;
using task_sets::set_of;
using task_sets::shown_set;
using task_sets::wanted_of;

TEST_CASE("a service with the EXTERNAL controller runs nothing until it has a task set") {
  Stage stage;
  prepare(stage, 3);
  stage.pass(20s);
  const api::Service service = stage::described_service(stage, "c", "s");
  CHECK(service.deployment_controller->type == api::DeploymentControllerType::external);
  CHECK(service.deployments->empty());
  CHECK(service.task_sets->empty());
  CHECK_FALSE(service.task_definition.has_value());
  CHECK_FALSE(service.launch_type.has_value());
  CHECK_FALSE(service.current_service_deployment.has_value());
  CHECK(service.desired_count == 3);
  CHECK(stage.world->tasks.empty());
  const auto again = stage.call<api::CreateServiceResponse>("CreateService", external(3));
  CHECK(again.ok());
}

TEST_CASE("a task set runs its percentage of the desired count, rounded up") {
  Stage stage;
  prepare(stage, 5);
  api::CreateTaskSetRequest request = set_of(50.0);
  request.external_id = "release-7";
  const api::TaskSet made = make_set(stage, request);
  CHECK(made.id->starts_with("ecs-svc/"));
  CHECK(*made.task_set_arn == "arn:aws:ecs:us-east-1:123456789012:task-set/c/s/" + *made.id);
  CHECK(made.service_arn->ends_with(":service/c/s"));
  CHECK(made.cluster_arn->ends_with(":cluster/c"));
  CHECK(made.status == "ACTIVE");
  CHECK(made.external_id == "release-7");
  CHECK(made.task_definition->ends_with("web:1"));
  CHECK(made.launch_type == api::LaunchType::ec2);
  CHECK(made.computed_desired_count == 3);
  CHECK(made.scale->value == 50.0);
  CHECK(made.scale->unit == api::ScaleUnit::percent);
  CHECK(made.stability_status == api::StabilityStatus::stabilizing);
  stage.settle();
  const api::TaskSet set = shown_set(stage, made);
  CHECK(set.running_count == 3);
  CHECK(set.pending_count == 0);
  CHECK(set.stability_status == api::StabilityStatus::steady_state);
  for (const schemas::Task& task : wanted_of(stage, set)) {
    CHECK(stage::described(stage, "c", task.id.text()).started_by == *set.id);
    CHECK(task.specification->group == "service:s");
  }
  const api::Service service = stage::described_service(stage, "c", "s");
  CHECK(service.running_count == 3);
  REQUIRE(service.task_sets->size() == 1);
  CHECK(service.task_sets->front().id == set.id);
  CHECK(service.deployments->empty());
  CHECK(says(stage, "(service s, taskSet " + *set.id + ") has started 3 tasks"));
}

TEST_CASE("a task set is scaled by its own scale and by the desired count of its service") {
  Stage stage;
  prepare(stage, 4);
  const api::TaskSet blue = make_set(stage, set_of(100.0));
  const api::TaskSet green = make_set(stage, set_of(25.0));
  stage.settle();
  CHECK(shown_set(stage, blue).running_count == 4);
  CHECK(shown_set(stage, green).running_count == 1);
  CHECK(scale_set(stage, green, 75.0).computed_desired_count == 3);
  scale_set(stage, blue, 50.0);
  stage.pass(10s);
  CHECK(shown_set(stage, blue).running_count == 2);
  CHECK(shown_set(stage, green).running_count == 3);
  api::UpdateServiceRequest request = service_change();
  request.desired_count = 8;
  stage.must<api::UpdateServiceResponse>("UpdateService", request);
  stage.settle();
  CHECK(shown_set(stage, blue).running_count == 4);
  CHECK(shown_set(stage, green).running_count == 6);
}

TEST_CASE("one task set is PRIMARY, and its definition is the service's") {
  Stage stage;
  prepare(stage, 2);
  const api::TaskSet blue = make_set(stage, set_of(100.0));
  stage.must<api::RegisterTaskDefinitionResponse>("RegisterTaskDefinition",
                                                  stage::definition("web"));
  const api::TaskSet green = make_set(stage, set_of(100.0));
  CHECK_FALSE(stage::described_service(stage, "c", "s").task_definition.has_value());
  const auto first = stage.must<api::UpdateServicePrimaryTaskSetResponse>(
      "UpdateServicePrimaryTaskSet", primary(blue));
  CHECK(first.task_set->status == "PRIMARY");
  CHECK(stage::described_service(stage, "c", "s").task_definition->ends_with("web:1"));
  stage.settle();
  const std::size_t before = stage.world->tasks.size();
  stage.must<api::UpdateServicePrimaryTaskSetResponse>("UpdateServicePrimaryTaskSet",
                                                       primary(green));
  CHECK(shown_set(stage, blue).status == "ACTIVE");
  CHECK(shown_set(stage, green).status == "PRIMARY");
  CHECK(stage::described_service(stage, "c", "s").task_definition->ends_with("web:2"));
  stage.pass(30s);
  CHECK(stage.world->tasks.size() == before);
}

TEST_CASE("a task of a task set that dies or whose host drains is replaced") {
  Stage stage;
  prepare(stage, 4);
  const api::TaskSet set = make_set(stage, set_of(100.0));
  stage.pass(60s);
  const schemas::TaskId lost = wanted_of(stage, set).front().id;
  api::StopTaskRequest stop;
  stop.cluster = "c";
  stop.task = lost.text();
  stage.must<api::StopTaskResponse>("StopTask", stop);
  stage.pass(60s);
  CHECK(shown_set(stage, set).running_count == 4);
  api::UpdateContainerInstancesStateRequest drain;
  drain.cluster = "c";
  drain.container_instances = {stage.hosts[0].id.text()};
  drain.status = api::ContainerInstanceStatus::draining;
  stage.must<api::UpdateContainerInstancesStateResponse>("UpdateContainerInstancesState", drain);
  CHECK(shown_set(stage, set).stability_status == api::StabilityStatus::stabilizing);
  std::int64_t least = 4;
  for (int step = 0; step < 20; ++step) {
    stage.pass(5s);
    least = std::min(least, *shown_set(stage, set).running_count);
  }
  CHECK(least == 4);
  CHECK(stage.hosts[0].tasks.empty());
  CHECK(shown_set(stage, set).running_count == 4);
  CHECK(shown_set(stage, set).stability_status == api::StabilityStatus::steady_state);
}

TEST_CASE("a task set whose tasks never run is held back, and another one is not") {
  Stage stage;
  prepare(stage, 1);
  stage.must<api::RegisterTaskDefinitionResponse>("RegisterTaskDefinition",
                                                  stage::definition("bad"));
  stage.broken.insert("bad");
  api::CreateTaskSetRequest request = set_of(100.0);
  request.task_definition = "bad";
  const api::TaskSet bad = make_set(stage, request);
  const api::TaskSet good = make_set(stage, set_of(100.0));
  stage.pass(5min);
  CHECK(stage.world->tasks.size() < 15);
  CHECK(shown_set(stage, good).running_count == 1);
  CHECK(shown_set(stage, bad).running_count == 0);
  CHECK(shown_set(stage, bad).stability_status == api::StabilityStatus::stabilizing);
  CHECK(says(stage, "(service s, taskSet " + *bad.id +
                        ") is unable to consistently start tasks successfully."));
  CHECK(says(stage, "(service s, taskSet " + *good.id + ") has reached a steady state."));
  const std::size_t tries = stage.world->tasks.size();
  scale_set(stage, bad, 100.0);
  stage.settle();
  CHECK(stage.world->tasks.size() > tries);
}

TEST_CASE("two task sets that are at rest say so once each") {
  Stage stage;
  prepare(stage, 2);
  make_set(stage, set_of(100.0));
  make_set(stage, set_of(50.0));
  stage.pass(3min);
  const api::Service service = stage::described_service(stage, "c", "s");
  CHECK(service.events->size() == 4);
}

TEST_CASE("what a task set lacks a host for is said in its name and tried again") {
  Stage stage;
  stage.must<api::CreateClusterResponse>("CreateCluster", [] {
    api::CreateClusterRequest request;
    request.cluster_name = "c";
    return request;
  }());
  stage.must<api::RegisterTaskDefinitionResponse>("RegisterTaskDefinition",
                                                  stage::definition("web"));
  stage.must<api::CreateServiceResponse>("CreateService", external(1));
  const api::TaskSet set = make_set(stage, set_of(100.0));
  stage.pass(20s);
  CHECK(says(stage, "(service s, taskSet " + *set.id + ") was unable to place a task"));
  CHECK(stage::described_service(stage, "c", "s").events->size() == 1);
  stage.join("c", "us-east-1a", schemas::CpuUnits{1024}, schemas::MemoryMib{1024});
  stage.settle();
  CHECK(shown_set(stage, set).running_count == 1);
}

TEST_CASE("a protected task of a task set is not scaled in") {
  Stage stage;
  prepare(stage, 4);
  const api::TaskSet set = make_set(stage, set_of(100.0));
  stage.pass(60s);
  protect_all(stage, set);
  scale_set(stage, set, 25.0);
  stage.pass(60s);
  CHECK(wanted_of(stage, set).size() == 4);
  CHECK(says(stage, "was unable to scale in"));
  api::UpdateTaskProtectionRequest anew;
  anew.cluster = "c";
  anew.protection_enabled = true;
  anew.tasks = {wanted_of(stage, set).front().id.text()};
  const auto answer = stage.must<api::UpdateTaskProtectionResponse>("UpdateTaskProtection", anew);
  REQUIRE(answer.failures->size() == 1);
  CHECK(answer.failures->front().reason == "DEPLOYMENT_BLOCKED");
  stage.pass(10min);
  CHECK(wanted_of(stage, set).size() == 1);
}

TEST_CASE("a task set is deleted when it is scaled to 0, and goes with its last task") {
  Stage stage;
  prepare(stage, 2);
  const api::TaskSet set = make_set(stage, set_of(100.0));
  stage.pass(60s);
  CHECK(refused<api::DeleteTaskSetResponse>(stage, "DeleteTaskSet", deletion(set))
            .find("Scale it to 0") != std::string::npos);
  protect_all(stage, set);
  scale_set(stage, set, 0.0);
  const auto deleted =
      stage.must<api::DeleteTaskSetResponse>("DeleteTaskSet", deletion(set)).task_set;
  CHECK(deleted->status == "DRAINING");
  CHECK(deleted->computed_desired_count == 0);
  stage.pass(60s);
  CHECK(shown_set(stage, set).status == "DRAINING");
  CHECK(shown_set(stage, set).running_count == 2);
  CHECK(stage.call<api::DeleteTaskSetResponse>("DeleteTaskSet", deletion(set)).ok());
  CHECK(refused<api::UpdateTaskSetResponse>(stage, "UpdateTaskSet", scaling(set, 50.0))
            .find("DRAINING") != std::string::npos);
  CHECK(refused<api::UpdateServicePrimaryTaskSetResponse>(stage, "UpdateServicePrimaryTaskSet",
                                                          primary(set))
            .find("DRAINING") != std::string::npos);
  stage.pass(10min);
  CHECK(all_sets(stage).empty());
  refused<api::UpdateTaskSetResponse>(stage, "UpdateTaskSet", scaling(set, 50.0),
                                      ErrorCode::task_set_not_found);
}

TEST_CASE("a task set that is deleted by force goes with all its tasks, protected ones too") {
  Stage stage;
  prepare(stage, 2);
  const api::TaskSet set = make_set(stage, set_of(100.0));
  const api::TaskSet other = make_set(stage, set_of(100.0));
  stage.pass(60s);
  protect_all(stage, set);
  CHECK(stage.must<api::DeleteTaskSetResponse>("DeleteTaskSet", deletion(set, true))
            .task_set->status == "DRAINING");
  stage.pass(20s);
  REQUIRE(all_sets(stage).size() == 1);
  CHECK(all_sets(stage).front().id == other.id);
  CHECK(all_sets(stage).front().running_count == 2);
}

TEST_CASE("a service is deleted only by force while it has task sets, and they go with it") {
  Stage stage;
  prepare(stage, 0);
  const api::TaskSet set = make_set(stage, set_of(100.0));
  api::DeleteServiceRequest request;
  request.cluster = "c";
  request.service = "s";
  CHECK(refused<api::DeleteServiceResponse>(stage, "DeleteService", request).find("task sets") !=
        std::string::npos);
  api::UpdateServiceRequest more = service_change();
  more.desired_count = 2;
  stage.must<api::UpdateServiceResponse>("UpdateService", more);
  stage.pass(30s);
  request.force = true;
  const auto ended = stage.must<api::DeleteServiceResponse>("DeleteService", request);
  CHECK(ended.service->status == "DRAINING");
  CHECK(ended.service->task_sets->front().status == "DRAINING");
  refused<api::CreateTaskSetResponse>(stage, "CreateTaskSet", set_of(1.0),
                                      ErrorCode::service_not_active);
  stage.pass(30s);
  CHECK(stage::described_service(stage, "c", "s").status == "INACTIVE");
  CHECK(stage::described_service(stage, "c", "s").task_sets->empty());
  CHECK(wanted_of(stage, set).empty());
  CHECK(stage.call<api::CreateServiceResponse>("CreateService", external(1)).ok());
}

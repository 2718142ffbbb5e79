#include <doctest/doctest.h>

#include <algorithm>

#include "tests/unit/control_loop/stage.h"

using std::chrono_literals::operator""s;
using schemas::ErrorCode;
using stage::Stage;

namespace {

/// Lets time pass in steps in which hosts work, as they do.
bool has_event(const api::Service& service, const std::string& text) {
  return std::any_of(service.events->begin(), service.events->end(),
                     [&text](const api::ServiceEvent& event) {
                       return event.message->find(text) != std::string::npos;
                     });
}

void create(Stage& stage, const std::string& name, const std::string& definition,
            std::int64_t count) {
  const auto made = stage.call<api::CreateServiceResponse>("CreateService",
                                                           stage::service(name, definition, count));
  REQUIRE_MESSAGE(made.ok(), (made.ok() ? "" : made.error().message));
}

api::UpdateServiceRequest update(const std::string& name) {
  api::UpdateServiceRequest request;
  request.cluster = "c";
  request.service = name;
  return request;
}

}  // namespace

TEST_CASE("a service reaches its count, spreads over zones and becomes stable") {
  Stage stage;
  stage::small_cluster(stage);
  create(stage, "s", "web", 4);
  stage.settle();
  api::Service service = stage::described_service(stage, "c", "s");
  CHECK(service.status == "ACTIVE");
  CHECK(service.running_count == 4);
  CHECK(service.pending_count == 0);
  CHECK(service.deployments->size() == 1);
  CHECK(service.deployments->front().status == "PRIMARY");
  CHECK(service.deployments->front().id->starts_with("ecs-svc/"));
  CHECK(service.deployment_controller->type == api::DeploymentControllerType::ecs);
  CHECK(service.deployment_configuration->maximum_percent == 200);
  CHECK(service.deployment_configuration->minimum_healthy_percent == 100);
  CHECK(has_event(service, "(service s) has started 4 tasks"));
  CHECK(stage.hosts[0].tasks.size() == 2);
  CHECK(stage.hosts[1].tasks.size() == 2);
  stage.pass(45s);
  service = stage::described_service(stage, "c", "s");
  CHECK(service.deployments->front().rollout_state == api::DeploymentRolloutState::completed);
  CHECK(has_event(service, "(service s) has reached a steady state."));
}

TEST_CASE("a changed definition rolls, and only the new deployment is left") {
  Stage stage;
  stage::small_cluster(stage);
  create(stage, "s", "web", 4);
  stage.pass(60s);
  stage.must<api::RegisterTaskDefinitionResponse>("RegisterTaskDefinition",
                                                  stage::definition("web"));
  api::UpdateServiceRequest request = update("s");
  request.task_definition = "web";
  const auto updated = stage.call<api::UpdateServiceResponse>("UpdateService", request);
  REQUIRE(updated.ok());
  REQUIRE(updated.value().service->deployments->size() == 2);
  CHECK(updated.value().service->deployments->at(0).status == "PRIMARY");
  CHECK(updated.value().service->deployments->at(1).status == "ACTIVE");
  CHECK(updated.value().service->task_definition->ends_with("web:2"));
  for (int step = 0; step < 30; ++step) {
    stage.advance(5s);
    stage.settle();
    std::int64_t alive = 0;
    for (const stage::Host& host : stage.hosts) {
      alive += static_cast<std::int64_t>(host.tasks.size());
    }
    CHECK(alive >= 4);
    CHECK(alive <= 8);
  }
  const api::Service service = stage::described_service(stage, "c", "s");
  CHECK(service.deployments->size() == 1);
  CHECK(service.running_count == 4);
  for (const stage::Host& host : stage.hosts) {
    for (const auto& [id, task] : host.tasks) {
      CHECK(task.revision == 2);
    }
  }
}

TEST_CASE("the desired count alone scales without a new deployment") {
  Stage stage;
  stage::small_cluster(stage);
  create(stage, "s", "web", 2);
  stage.pass(45s);
  const std::string deployment = *stage::described_service(stage, "c", "s").deployments->front().id;
  api::UpdateServiceRequest request = update("s");
  request.desired_count = 5;
  REQUIRE(stage.call<api::UpdateServiceResponse>("UpdateService", request).ok());
  stage.settle();
  CHECK(stage::described_service(stage, "c", "s").running_count == 5);
  request.desired_count = 1;
  REQUIRE(stage.call<api::UpdateServiceResponse>("UpdateService", request).ok());
  stage.pass(10s);
  const api::Service service = stage::described_service(stage, "c", "s");
  CHECK(service.running_count == 1);
  CHECK(service.deployments->size() == 1);
  CHECK(service.deployments->front().id == deployment);
}

TEST_CASE("tags that an update asks for reach new tasks without a new deployment") {
  Stage stage;
  stage::small_cluster(stage);
  create(stage, "s", "web", 1);
  stage.settle();
  api::UpdateServiceRequest request = update("s");
  request.enable_ecs_managed_tags = true;
  request.desired_count = 2;
  const auto updated = stage.call<api::UpdateServiceResponse>("UpdateService", request);
  REQUIRE(updated.ok());
  CHECK(updated.value().service->deployments->size() == 1);
  stage.settle();
  std::int64_t tagged = 0;
  for (const auto& [key, task] : stage.world->tasks) {
    tagged += task.specification->tags.size() == 2 ? 1 : 0;
  }
  CHECK(tagged == 1);
  stage.restart();
}

TEST_CASE("a task that dies is replaced") {
  Stage stage;
  stage::small_cluster(stage);
  create(stage, "s", "web", 2);
  stage.pass(45s);
  stage::Host& host = stage.hosts[0];
  REQUIRE(host.tasks.size() == 1);
  const auto [id, assignment] = *host.tasks.begin();
  schemas::TaskReport died = stage::report(id, schemas::TaskStatus::stopped, assignment);
  died.stop_code = schemas::StopCode::essential_container_exited;
  died.stopped_reason = "Essential container in task exited";
  died.containers.front().exit_code = 3;
  stage.sync(host, {died});
  stage.pass(10s);
  const api::Service service = stage::described_service(stage, "c", "s");
  CHECK(service.running_count == 2);
  const api::Task dead = stage::described(stage, "c", id.text());
  CHECK(dead.last_status == "STOPPED");
  CHECK(dead.stopped_reason == "Essential container in task exited");
  CHECK(dead.containers->front().exit_code == 3);
  CHECK(dead.started_by == service.deployments->front().id);
}

TEST_CASE("a service that finds no room says why and goes on when there is") {
  Stage stage;
  stage::small_cluster(stage);
  api::RegisterTaskDefinitionRequest large = stage::definition("large");
  large.container_definitions.front().memory = 3000;
  stage.must<api::RegisterTaskDefinitionResponse>("RegisterTaskDefinition", large);
  create(stage, "s", "large", 3);
  stage.settle();
  api::Service service = stage::described_service(stage, "c", "s");
  CHECK(service.running_count == 2);
  CHECK(has_event(service, "was unable to place a task"));
  CHECK(has_event(service, "memory"));
  stage.join("c", "us-east-1a", {2048}, {4096});
  stage.settle();
  CHECK(stage::described_service(stage, "c", "s").running_count == 3);
}

TEST_CASE("a deployment that only waits for a port to come free says nothing of missing room") {
  Stage stage;
  stage::small_cluster(stage);
  api::RegisterTaskDefinitionRequest bound = stage::definition("bound");
  api::PortMapping port;
  port.container_port = 80;
  port.host_port = 8080;
  bound.container_definitions.front().port_mappings = {port};
  stage.must<api::RegisterTaskDefinitionResponse>("RegisterTaskDefinition", bound);
  create(stage, "s", "bound", 2);
  stage.pass(45s);
  api::UpdateServiceRequest request = update("s");
  request.force_new_deployment = true;
  request.deployment_configuration.emplace();
  request.deployment_configuration->minimum_healthy_percent = 50;
  request.deployment_configuration->maximum_percent = 100;
  REQUIRE(stage.call<api::UpdateServiceResponse>("UpdateService", request).ok());
  stage.pass(150s);
  const api::Service service = stage::described_service(stage, "c", "s");
  CHECK(service.running_count == 2);
  CHECK(service.deployments->size() == 1);
  CHECK_FALSE(has_event(service, "unable to place"));
}

TEST_CASE("a lost host gets nothing new at once, and its tasks are replaced after the grace") {
  Stage stage;
  stage::small_cluster(stage);
  create(stage, "s", "web", 2);
  stage.pass(45s);
  stage::Host& lost = stage.hosts[0];
  const schemas::TaskId victim = lost.tasks.begin()->first;
  stage.silent.insert(lost.id);
  stage.pass(35s);
  CHECK_FALSE(stage.world->instances.at(lost.id).connected);
  api::RunTaskRequest request = stage::run("web");
  request.count = 3;
  REQUIRE(stage.call<api::RunTaskResponse>("RunTask", request).value().tasks->size() == 3);
  for (const auto& [key, task] : stage.world->tasks) {
    CHECK((task.instance != lost.id || task.id == victim));
  }
  CHECK(stage::described(stage, "c", victim.text()).last_status == "RUNNING");
  stage.pass(300s);
  const api::Task gone = stage::described(stage, "c", victim.text());
  CHECK(gone.last_status == "STOPPED");
  CHECK_FALSE(gone.stopped_reason->empty());
  CHECK(stage::described_service(stage, "c", "s").running_count == 2);

  // It comes back under its identity, still running what was given up: it is told to let go.
  stage.silent.clear();
  CHECK(lost.tasks.contains(victim));
  stage.settle();
  CHECK_FALSE(lost.tasks.contains(victim));
  CHECK(stage.world->instances.at(lost.id).connected);
  CHECK(stage.world->instances.size() == 2);
}

TEST_CASE("a service is deleted only when empty or by force, and stays describable") {
  Stage stage;
  stage::small_cluster(stage);
  create(stage, "s", "web", 2);
  stage.settle();
  api::DeleteServiceRequest request;
  request.cluster = "c";
  request.service = "s";
  const auto refused = stage.call<api::DeleteServiceResponse>("DeleteService", request);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code == ErrorCode::invalid_parameter);
  request.force = true;
  const auto deleted = stage.call<api::DeleteServiceResponse>("DeleteService", request);
  REQUIRE(deleted.ok());
  CHECK(deleted.value().service->status == "DRAINING");
  const auto early =
      stage.call<api::CreateServiceResponse>("CreateService", stage::service("s", "web", 1));
  REQUIRE_FALSE(early.ok());
  CHECK(early.error().message == "Unable to Start a service that is still Draining.");
  stage.settle();
  CHECK(stage::described_service(stage, "c", "s").status == "INACTIVE");
  api::ListServicesRequest list;
  list.cluster = "c";
  CHECK(stage.call<api::ListServicesResponse>("ListServices", list).value().service_arns->empty());
  const auto late = stage.call<api::UpdateServiceResponse>("UpdateService", update("s"));
  REQUIRE_FALSE(late.ok());
  CHECK(late.error().code == ErrorCode::service_not_active);
  create(stage, "s", "web", 1);
  stage.settle();
  CHECK(stage::described_service(stage, "c", "s").running_count == 1);
}

TEST_CASE("the same CreateService again is answered with the service there is") {
  Stage stage;
  stage::small_cluster(stage);
  create(stage, "s", "web", 2);
  create(stage, "s", "web", 2);
  CHECK(stage.world->services.size() == 1);
  const auto other =
      stage.call<api::CreateServiceResponse>("CreateService", stage::service("s", "web", 3));
  REQUIRE_FALSE(other.ok());
  CHECK(other.error().message.starts_with("Creation of service was not idempotent"));
}

TEST_CASE("a pool service runs with interfaces and rolls without leaking any") {
  Stage stage;
  stage::small_cluster(stage);
  stage.join("", "us-east-1a", {8192}, {16384});
  stage.join("", "us-east-1b", {8192}, {16384});
  stage.must<api::RegisterTaskDefinitionResponse>("RegisterTaskDefinition",
                                                  stage::pool_definition("job"));
  api::CreateServiceRequest request = stage::service("p", "job", 4);
  request.launch_type = api::LaunchType::fargate;
  request.network_configuration = stage::run_on_pool(stage, "job").network_configuration;
  REQUIRE(stage.call<api::CreateServiceResponse>("CreateService", request).ok());
  stage.pass(45s);
  CHECK(stage::described_service(stage, "c", "p").running_count == 4);
  CHECK(stage.world->enis.size() == 4);
  CHECK(stage.hosts[2].enis.size() == 2);
  CHECK(stage.hosts[3].enis.size() == 2);
  CHECK(stage.hosts[2].neighbours.size() == 2);
  api::UpdateServiceRequest force = update("p");
  force.force_new_deployment = true;
  REQUIRE(stage.call<api::UpdateServiceResponse>("UpdateService", force).ok());
  stage.pass(100s);
  const api::Service service = stage::described_service(stage, "c", "p");
  CHECK(service.deployments->size() == 1);
  CHECK(service.running_count == 4);
  CHECK(service.platform_version == "1.4.0");
  CHECK(stage.world->enis.size() == 4);
}

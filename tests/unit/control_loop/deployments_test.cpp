// Service deployments and revisions: what is recorded of each change of what a service runs.

#include <doctest/doctest.h>

#include <algorithm>

#include "control/core/world/lookups.h"
#include "tests/unit/control_loop/stage.h"

using std::chrono_literals::operator""s;
using schemas::ErrorCode;
using stage::Stage;

namespace {

api::DeploymentConfiguration watched(std::int64_t threshold) {
  api::DeploymentConfiguration configuration;
  configuration.deployment_circuit_breaker =
      api::DeploymentCircuitBreaker{.enable = true,
                                    .rollback = true,
                                    .reset_on_healthy_task = {},
                                    .threshold_configuration = api::ThresholdConfiguration{
                                        .type = api::ThresholdType::count, .value = threshold}};
  return configuration;
}

/// A cluster with a service "s" of 2 that runs "web:1", steady, watched by a circuit breaker.
void begin(Stage& stage) {
  stage::small_cluster(stage);
  api::CreateServiceRequest request = stage::service("s", "web", 2);
  request.deployment_configuration = watched(3);
  stage.must<api::CreateServiceResponse>("CreateService", request);
  stage.pass(60s);
}

api::Service update(Stage& stage, const std::string& definition) {
  api::UpdateServiceRequest request;
  request.cluster = "c";
  request.service = "s";
  request.task_definition = definition;
  return *stage.must<api::UpdateServiceResponse>("UpdateService", request).service;
}

void define(Stage& stage, const std::string& family) {
  stage.must<api::RegisterTaskDefinitionResponse>("RegisterTaskDefinition",
                                                  stage::definition(family));
}

std::vector<api::ServiceDeploymentBrief> listed(Stage& stage,
                                                api::ListServiceDeploymentsRequest request = {}) {
  request.cluster = "c";
  request.service = "s";
  return *stage
              .must<api::ListServiceDeploymentsResponse>("ListServiceDeployments",
                                                         std::move(request))
              .service_deployments;
}

api::ServiceDeployment described(Stage& stage, const std::string& arn) {
  api::DescribeServiceDeploymentsRequest request;
  request.service_deployment_arns = {arn};
  const auto output = stage.must<api::DescribeServiceDeploymentsResponse>(
      "DescribeServiceDeployments", std::move(request));
  REQUIRE(output.service_deployments->size() == 1);
  return output.service_deployments->front();
}

std::string digits(const std::string& text) { return text.substr(text.rfind('/') + 1); }

bool says(const api::Service& service, const std::string& words) {
  return std::any_of(service.events->begin(), service.events->end(), [&words](const auto& event) {
    return event.message->find(words) != std::string::npos;
  });
}

}  // namespace

TEST_CASE("one number names a deployment, its service deployment and its revision") {
  Stage stage;
  begin(stage);
  const api::Service service = stage::described_service(stage, "c", "s");
  const std::string number = digits(*service.deployments->front().id);
  CHECK(*service.current_service_deployment ==
        "arn:aws:ecs:us-east-1:123456789012:service-deployment/c/s/" + number);
  CHECK(*service.current_service_revisions->front().arn ==
        "arn:aws:ecs:us-east-1:123456789012:service-revision/c/s/" + number);
  const auto briefs = listed(stage);
  REQUIRE(briefs.size() == 1);
  CHECK(briefs[0].service_deployment_arn == service.current_service_deployment);
  CHECK(digits(*briefs[0].target_service_revision_arn) == number);
  CHECK(briefs[0].status == api::ServiceDeploymentStatus::successful);
}

TEST_CASE("what a client that waits for a steady state asks, is answered") {
  Stage stage;
  begin(stage);
  define(stage, "web");
  const schemas::Instant asked = stage.now;
  const std::string number = digits(*update(stage, "web").deployments->front().id);
  api::ListServiceDeploymentsRequest since;
  since.created_at = api::CreatedAt{.before = {}, .after = asked};
  const auto briefs = listed(stage, since);
  REQUIRE(briefs.size() == 1);
  CHECK(briefs[0].target_service_revision_arn->find(number) != std::string::npos);
  const std::string arn = *briefs[0].service_deployment_arn;
  CHECK(described(stage, arn).status == api::ServiceDeploymentStatus::in_progress);
  stage.pass(120s);
  const api::ServiceDeployment done = described(stage, arn);
  CHECK(done.status == api::ServiceDeploymentStatus::successful);
  CHECK(done.finished_at.has_value());
  CHECK(done.target_service_revision->running_task_count == 2);
  CHECK(done.target_service_revision->requested_task_count == 2);
  REQUIRE(done.source_service_revisions->size() == 1);
  CHECK(done.source_service_revisions->front().running_task_count == 0);
  CHECK(done.deployment_circuit_breaker->status ==
        api::ServiceDeploymentRollbackMonitorsStatus::monitoring_complete);
}

TEST_CASE("a deployment whose tasks fail is given up, and the service goes back with what it had") {
  Stage stage;
  begin(stage);
  define(stage, "bad");
  stage.broken = {"bad"};
  const api::Service before = stage::described_service(stage, "c", "s");
  const std::string good = *before.deployments->front().id;
  const std::string bad = *update(stage, "bad").deployments->front().id;
  std::set<std::string> running;
  for (const stage::Host& host : stage.hosts) {
    for (const auto& [id, task] : host.tasks) {
      running.insert(task.family == "web" ? id.text() : "");
    }
  }
  stage.pass(10s);
  api::Service service = stage::described_service(stage, "c", "s");
  CHECK(service.deployments->front().id == good);
  CHECK(says(service, "(service s) (deployment " + bad + ") deployment failed: tasks failed"));
  CHECK(says(service, "(service s) rolling back to deployment " + good + "."));
  stage.pass(60s);
  service = stage::described_service(stage, "c", "s");
  REQUIRE(service.deployments->size() == 1);
  CHECK(service.deployments->front().id == good);
  CHECK(service.deployments->front().rollout_state == api::DeploymentRolloutState::completed);
  CHECK(service.running_count == 2);
  CHECK(digits(*service.current_service_deployment) == digits(bad));
  for (const stage::Host& host : stage.hosts) {
    for (const auto& [id, task] : host.tasks) {
      CHECK_MESSAGE(running.contains(id.text()), "a task that ran was replaced by the rollback");
    }
  }
  const api::ServiceDeployment shown = described(stage, *service.current_service_deployment);
  CHECK(shown.status == api::ServiceDeploymentStatus::rollback_successful);
  CHECK(digits(*shown.rollback->service_revision_arn) == digits(good));
  CHECK(shown.status_reason->find("CannotPullContainerError") != std::string::npos);
  CHECK(shown.deployment_circuit_breaker->status ==
        api::ServiceDeploymentRollbackMonitorsStatus::triggered);
  CHECK(shown.deployment_circuit_breaker->threshold == 3);
  CHECK(shown.deployment_circuit_breaker->failure_count == 3);
  stage.restart();
  CHECK(described(stage, *service.current_service_deployment).status ==
        api::ServiceDeploymentStatus::rollback_successful);
  const bool told =
      std::any_of(stage.events.begin(), stage.events.end(),
                  [](const control::Event& event) { return event.kind == "deployment.failed"; });
  CHECK(told);
}

TEST_CASE("a first deployment that fails has nothing to go back to") {
  Stage stage;
  stage::small_cluster(stage);
  stage.broken = {"web"};
  api::CreateServiceRequest request = stage::service("s", "web", 2);
  request.deployment_configuration = watched(3);
  stage.must<api::CreateServiceResponse>("CreateService", request);
  stage.pass(60s);
  const api::Service service = stage::described_service(stage, "c", "s");
  CHECK(service.deployments->front().rollout_state == api::DeploymentRolloutState::failed);
  CHECK(service.deployments->front().rollout_state_reason ==
        "ECS deployment circuit breaker: tasks failed to start.");
  CHECK(service.running_count == 0);
  const std::size_t tasks = stage.world->tasks.size();
  CHECK(listed(stage).front().status == api::ServiceDeploymentStatus::rollback_failed);
  stage.pass(300s);
  CHECK_MESSAGE(stage.world->tasks.size() == tasks, "tasks of a failed deployment were started");
  SUBCASE("a new deployment mends it") {
    stage.broken.clear();
    api::UpdateServiceRequest again;
    again.cluster = "c";
    again.service = "s";
    again.force_new_deployment = true;
    stage.must<api::UpdateServiceResponse>("UpdateService", again);
    stage.pass(60s);
    CHECK(stage::described_service(stage, "c", "s").running_count == 2);
    CHECK(listed(stage).front().status == api::ServiceDeploymentStatus::successful);
  }
}

TEST_CASE("a newer deployment ends the one before it, and so does the service's end") {
  Stage stage;
  begin(stage);
  define(stage, "web");
  update(stage, "web");
  define(stage, "web");
  update(stage, "web");
  auto briefs = listed(stage);
  REQUIRE(briefs.size() == 3);
  CHECK(briefs[0].status == api::ServiceDeploymentStatus::in_progress);
  CHECK(briefs[1].status == api::ServiceDeploymentStatus::stopped);
  CHECK(briefs[1].status_reason->starts_with("A newer deployment began"));
  CHECK(briefs[2].status == api::ServiceDeploymentStatus::successful);
  api::DeleteServiceRequest gone;
  gone.cluster = "c";
  gone.service = "s";
  gone.force = true;
  stage.must<api::DeleteServiceResponse>("DeleteService", gone);
  CHECK(listed(stage).front().status == api::ServiceDeploymentStatus::stopped);
  stage.pass(30s);
  CHECK(listed(stage).size() == 3);
  SUBCASE("its records go when its name is taken again") {
    stage.must<api::CreateServiceResponse>("CreateService", stage::service("s", "web", 1));
    CHECK(listed(stage).size() == 1);
    stage.restart();
    CHECK(stage.world->service_deployments.size() == 1);
  }
}

TEST_CASE("deployments are listed the newest first, by state and page by page, and not for ever") {
  Stage stage;
  begin(stage);
  for (int i = 0; i < 60; ++i) {
    api::UpdateServiceRequest request;
    request.cluster = "c";
    request.service = "s";
    request.force_new_deployment = true;
    stage.must<api::UpdateServiceResponse>("UpdateService", request);
    stage.advance(1s);
  }
  CHECK(stage.world->service_deployments.size() <= 52);
  api::ListServiceDeploymentsRequest request;
  request.cluster = "c";
  request.service = "s";
  request.max_results = 7;
  std::vector<schemas::Instant> began;
  while (true) {
    const auto page =
        stage.must<api::ListServiceDeploymentsResponse>("ListServiceDeployments", request);
    CHECK(page.service_deployments->size() <= 7);
    for (const api::ServiceDeploymentBrief& brief : *page.service_deployments) {
      began.push_back(*brief.created_at);
    }
    if (!page.next_token) {
      break;
    }
    request.next_token = page.next_token;
  }
  CHECK(began.size() == stage.world->service_deployments.size());
  CHECK(std::is_sorted(began.rbegin(), began.rend()));
  request.status = {{api::ServiceDeploymentStatus::in_progress}};
  CHECK(stage.call<api::ListServiceDeploymentsResponse>("ListServiceDeployments", request)
            .error()
            .code == ErrorCode::invalid_parameter);
  request.next_token.reset();
  CHECK(listed(stage, request).size() == 1);
  stage.restart();
}

TEST_CASE("a revision keeps what the tasks of its deployment are made from") {
  Stage stage;
  begin(stage);
  const api::Service before = stage::described_service(stage, "c", "s");
  define(stage, "web");
  update(stage, "web");
  stage.pass(120s);
  api::DescribeServiceRevisionsRequest request;
  request.service_revision_arns = {*before.current_service_revisions->front().arn,
                                   *before.current_service_revisions->front().arn + "1"};
  const auto output =
      stage.must<api::DescribeServiceRevisionsResponse>("DescribeServiceRevisions", request);
  REQUIRE(output.service_revisions->size() == 1);
  const api::ServiceRevision& revision = output.service_revisions->front();
  CHECK(revision.task_definition->ends_with("task-definition/web:1"));
  CHECK(revision.launch_type == api::LaunchType::ec2);
  REQUIRE(revision.container_images->size() == 1);
  CHECK(revision.container_images->front().image == "registry.local/web:1");
  REQUIRE(output.failures->size() == 1);
  CHECK(output.failures->front().reason == "MISSING");
}

TEST_CASE("what is no ARN of a service deployment is refused, another account's is missing") {
  Stage stage;
  begin(stage);
  api::DescribeServiceDeploymentsRequest request;
  request.service_deployment_arns = {"s"};
  const auto refused =
      stage.call<api::DescribeServiceDeploymentsResponse>("DescribeServiceDeployments", request);
  REQUIRE(!refused.ok());
  CHECK(refused.error().code == ErrorCode::invalid_parameter);
  request.service_deployment_arns = {
      *stage::described_service(stage, "c", "s").current_service_deployment};
  const auto elsewhere = stage.call<api::DescribeServiceDeploymentsResponse>(
      "DescribeServiceDeployments", request, {"210987654321", "us-east-1"});
  REQUIRE(elsewhere.ok());
  CHECK(elsewhere.value().service_deployments->empty());
  CHECK(elsewhere.value().failures->front().reason == "MISSING");
  api::ListServiceDeploymentsRequest list;
  list.cluster = "c";
  list.service = "none";
  CHECK(stage.call<api::ListServiceDeploymentsResponse>("ListServiceDeployments", list)
            .error()
            .code == ErrorCode::service_not_found);
}

TEST_CASE("a circuit breaker is shown as it was given, and one that is off as off") {
  Stage stage;
  begin(stage);
  api::Service service = stage::described_service(stage, "c", "s");
  const api::DeploymentCircuitBreaker& on =
      *service.deployment_configuration->deployment_circuit_breaker;
  CHECK(on.enable);
  CHECK(on.rollback);
  CHECK(on.reset_on_healthy_task == true);
  CHECK(on.threshold_configuration->type == api::ThresholdType::count);
  CHECK(on.threshold_configuration->value == 3);
  stage.restart();
  service = stage::described_service(stage, "c", "s");
  CHECK(service.deployment_configuration->deployment_circuit_breaker->rollback);
  api::UpdateServiceRequest request;
  request.cluster = "c";
  request.service = "s";
  request.deployment_configuration.emplace();
  request.deployment_configuration->deployment_circuit_breaker =
      api::DeploymentCircuitBreaker{.enable = false,
                                    .rollback = false,
                                    .reset_on_healthy_task = {},
                                    .threshold_configuration = {}};
  service = *stage.must<api::UpdateServiceResponse>("UpdateService", request).service;
  CHECK(service.deployments->size() == 1);
  CHECK(!service.deployment_configuration->deployment_circuit_breaker->enable);
  CHECK(!service.deployment_configuration->deployment_circuit_breaker->threshold_configuration);
}

TEST_CASE("a definition that is deleted takes the records made from it along") {
  Stage stage;
  begin(stage);
  define(stage, "web");
  update(stage, "web");
  stage.pass(120s);
  CHECK(listed(stage).size() == 2);
  api::DeregisterTaskDefinitionRequest retire;
  retire.task_definition = "web:1";
  stage.must<api::DeregisterTaskDefinitionResponse>("DeregisterTaskDefinition", retire);
  api::DeleteTaskDefinitionsRequest erase;
  erase.task_definitions = {"web:1"};
  stage.must<api::DeleteTaskDefinitionsResponse>("DeleteTaskDefinitions", erase);
  stage.pass(3700s);
  CHECK(control::find_definition(stage.world, stage::scope, "web", 1) == nullptr);
  CHECK(listed(stage).size() == 1);
  stage.restart();
}

namespace {

schemas::Result<api::StopServiceDeploymentResponse> stop(
    Stage& stage, const std::string& arn,
    std::optional<api::StopServiceDeploymentStopType> type = {}) {
  api::StopServiceDeploymentRequest request;
  request.service_deployment_arn = arn;
  request.stop_type = type;
  return stage.call<api::StopServiceDeploymentResponse>("StopServiceDeployment", request);
}

}  // namespace

TEST_CASE("a deployment that is stopped goes back to what was completed last") {
  Stage stage;
  begin(stage);
  const std::string good = *stage::described_service(stage, "c", "s").deployments->front().id;
  define(stage, "web");
  const api::Service updated = update(stage, "web");
  stage.pass(5s);
  const auto stopped = stop(stage, *updated.current_service_deployment);
  REQUIRE(stopped.ok());
  CHECK(stopped.value().service_deployment_arn == updated.current_service_deployment);
  api::ServiceDeployment shown = described(stage, *updated.current_service_deployment);
  CHECK(shown.status == api::ServiceDeploymentStatus::rollback_in_progress);
  CHECK(digits(*shown.rollback->service_revision_arn) == digits(good));
  stage.pass(120s);
  const api::Service service = stage::described_service(stage, "c", "s");
  REQUIRE(service.deployments->size() == 1);
  CHECK(service.deployments->front().id == good);
  CHECK(service.running_count == 2);
  CHECK(says(service, "(service s) rolling back to deployment " + good + "."));
  shown = described(stage, *updated.current_service_deployment);
  CHECK(shown.status == api::ServiceDeploymentStatus::rollback_successful);
  stage.restart();
  SUBCASE("once only: what has ended cannot be stopped") {
    const auto again = stop(stage, *updated.current_service_deployment);
    REQUIRE(!again.ok());
    CHECK(again.error().code == ErrorCode::conflict);
  }
}

TEST_CASE("a deployment that is aborted leaves the tasks as they are and starts no more") {
  Stage stage;
  begin(stage);
  define(stage, "bad");
  stage.broken = {"bad"};
  api::UpdateServiceRequest request;
  request.cluster = "c";
  request.service = "s";
  request.task_definition = "bad";
  request.deployment_configuration = watched(500);
  const api::Service updated =
      *stage.must<api::UpdateServiceResponse>("UpdateService", request).service;
  stage.pass(5s);
  REQUIRE(
      stop(stage, *updated.current_service_deployment, api::StopServiceDeploymentStopType::abort)
          .ok());
  const std::size_t tasks = stage.world->tasks.size();
  stage.pass(300s);
  CHECK(stage.world->tasks.size() == tasks);
  const api::Service service = stage::described_service(stage, "c", "s");
  CHECK(service.running_count == 2);
  CHECK(service.deployments->front().rollout_state == api::DeploymentRolloutState::failed);
  const api::ServiceDeployment shown = described(stage, *updated.current_service_deployment);
  CHECK(shown.status == api::ServiceDeploymentStatus::stopped);
  CHECK(shown.stopped_at.has_value());
}

TEST_CASE("what cannot be stopped stays, and the refusal says why") {
  Stage stage;
  stage::small_cluster(stage);
  stage.broken = {"web"};
  stage.must<api::CreateServiceResponse>("CreateService", stage::service("s", "web", 2));
  const std::string first = *stage::described_service(stage, "c", "s").current_service_deployment;
  const auto nowhere = stop(stage, first);
  REQUIRE(!nowhere.ok());
  CHECK(nowhere.error().code == ErrorCode::conflict);
  CHECK(nowhere.error().message.find("No rollback candidate") != std::string::npos);
  CHECK(described(stage, first).status == api::ServiceDeploymentStatus::in_progress);
  const auto unknown = stop(stage, first + "1");
  REQUIRE(!unknown.ok());
  CHECK(unknown.error().code == ErrorCode::service_deployment_not_found);
  CHECK(stop(stage, "s").error().code == ErrorCode::invalid_parameter);
}

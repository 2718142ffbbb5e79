// Lifecycle hooks: a deployment waits until ContinueServiceDeployment says how to go on.

#include <doctest/doctest.h>

#include "api/capacity_providers.h"
#include "control/core/world/lookups.h"
#include "tests/unit/control_loop/stage.h"

using std::chrono_literals::operator""s;
using schemas::ErrorCode;
using stage::Stage;
using Action = api::DeploymentLifecycleHookAction;
using HookStage = api::DeploymentLifecycleHookStage;

namespace {

api::DeploymentConfiguration paused_at(HookStage where, std::optional<Action> action = {}) {
  api::DeploymentLifecycleHook hook;
  hook.target_type = api::DeploymentLifecycleHookTargetType::pause;
  hook.lifecycle_stages = {where};
  hook.timeout_configuration.emplace();
  hook.timeout_configuration->timeout_in_minutes = 10;
  hook.timeout_configuration->action = action;
  api::DeploymentConfiguration configuration;
  configuration.lifecycle_hooks = {hook};
  return configuration;
}

schemas::Result<api::UpdateServiceResponse> try_update(Stage& stage,
                                                       api::DeploymentConfiguration with) {
  api::UpdateServiceRequest request;
  request.cluster = "c";
  request.service = "s";
  request.force_new_deployment = true;
  request.deployment_configuration = std::move(with);
  return stage.call<api::UpdateServiceResponse>("UpdateService", request);
}

/// A steady service "s" of 2; then a new deployment of it, which waits at `where`. Answers its ARN.
std::string pause(Stage& stage, HookStage where, std::optional<Action> action = {}) {
  stage::small_cluster(stage);
  stage.must<api::CreateServiceResponse>("CreateService", stage::service("s", "web", 2));
  stage.pass(60s);
  const auto updated = try_update(stage, paused_at(where, action));
  REQUIRE(updated.ok());
  stage.pass(60s);
  return *updated.value().service->current_service_deployment;
}

api::ServiceDeployment shown(Stage& stage, const std::string& arn) {
  api::DescribeServiceDeploymentsRequest request;
  request.service_deployment_arns = {arn};
  const auto output = stage.must<api::DescribeServiceDeploymentsResponse>(
      "DescribeServiceDeployments", std::move(request));
  REQUIRE(output.service_deployments->size() == 1);
  return output.service_deployments->front();
}

schemas::Result<api::ContinueServiceDeploymentResponse> proceed(Stage& stage,
                                                                const std::string& arn,
                                                                std::optional<Action> action = {}) {
  const auto hooks = shown(stage, arn).lifecycle_hook_details;
  api::ContinueServiceDeploymentRequest request;
  request.service_deployment_arn = arn;
  request.hook_id = hooks->empty() ? "none" : *hooks->front().hook_id;
  request.action = action;
  return stage.call<api::ContinueServiceDeploymentResponse>("ContinueServiceDeployment", request);
}

}  // namespace

TEST_CASE("a deployment that is paused before its start shows its hook, and goes on when told") {
  Stage stage;
  const std::string arn = pause(stage, HookStage::pre_scale_up);
  api::ServiceDeployment deployment = shown(stage, arn);
  CHECK(deployment.status == api::ServiceDeploymentStatus::in_progress);
  CHECK(deployment.lifecycle_stage == api::ServiceDeploymentLifecycleStage::pre_scale_up);
  REQUIRE(deployment.lifecycle_hook_details->size() == 1);
  const api::DeploymentLifecycleHookDetail hook = deployment.lifecycle_hook_details->front();
  CHECK(hook.target_type == api::DeploymentLifecycleHookTargetType::pause);
  CHECK(hook.status == api::DeploymentLifecycleHookStatus::awaiting_action);
  CHECK(hook.timeout_action == Action::rollback);
  CHECK(*hook.expires_at > stage.now);
  CHECK(deployment.target_service_revision->running_task_count == 0);
  CHECK(stage::described_service(stage, "c", "s").running_count == 2);
  stage.restart();

  REQUIRE(proceed(stage, arn).ok());
  stage.pass(120s);
  deployment = shown(stage, arn);
  CHECK(deployment.status == api::ServiceDeploymentStatus::successful);
  CHECK(deployment.lifecycle_stage == api::ServiceDeploymentLifecycleStage::clean_up);
  CHECK(deployment.lifecycle_hook_details->front().status ==
        api::DeploymentLifecycleHookStatus::succeeded);
  CHECK(deployment.target_service_revision->running_task_count == 2);
  const auto again = proceed(stage, arn);
  REQUIRE(!again.ok());
  CHECK(again.error().code == ErrorCode::invalid_parameter);
}

TEST_CASE("a deployment that is paused at its end can be taken back, to tasks that never stopped") {
  Stage stage;
  const std::string arn = pause(stage, HookStage::post_scale_up);
  CHECK(stage::described_service(stage, "c", "s").running_count == 4);
  CHECK(shown(stage, arn).lifecycle_stage == api::ServiceDeploymentLifecycleStage::post_scale_up);
  const std::size_t made = stage.world->tasks.size();
  REQUIRE(proceed(stage, arn, Action::rollback).ok());
  stage.pass(120s);
  const api::Service service = stage::described_service(stage, "c", "s");
  CHECK(service.running_count == 2);
  CHECK(service.deployments->size() == 1);
  CHECK(stage.world->tasks.size() == made);
  const api::ServiceDeployment deployment = shown(stage, arn);
  CHECK(deployment.status == api::ServiceDeploymentStatus::rollback_successful);
  CHECK(deployment.lifecycle_hook_details->front().status ==
        api::DeploymentLifecycleHookStatus::failed);
}

TEST_CASE("nobody says how to go on: the service goes back when the time is out") {
  Stage stage;
  const std::string arn = pause(stage, HookStage::post_scale_up);
  stage.pass(700s);
  const api::ServiceDeployment deployment = shown(stage, arn);
  CHECK(deployment.status == api::ServiceDeploymentStatus::rollback_successful);
  CHECK(deployment.lifecycle_hook_details->front().status ==
        api::DeploymentLifecycleHookStatus::timed_out);
  CHECK(deployment.rollback->reason->find("timed out") != std::string::npos);
  CHECK(stage::described_service(stage, "c", "s").deployments->size() == 1);
  stage.restart();
}

TEST_CASE("nobody says how to go on: the deployment goes on when that was wanted") {
  Stage stage;
  const std::string arn = pause(stage, HookStage::pre_scale_up, Action::continue_);
  CHECK(shown(stage, arn).lifecycle_hook_details->front().timeout_action == Action::continue_);
  stage.pass(700s);
  CHECK(shown(stage, arn).status == api::ServiceDeploymentStatus::successful);
}

TEST_CASE("reconciling waits only where several revisions run when a deployment begins") {
  Stage stage;
  const std::string one = pause(stage, HookStage::reconcile_service);
  CHECK(shown(stage, one).status == api::ServiceDeploymentStatus::successful);
  REQUIRE(try_update(stage, paused_at(HookStage::post_scale_up)).ok());
  stage.pass(60s);
  const auto updated = try_update(stage, paused_at(HookStage::reconcile_service));
  REQUIRE(updated.ok());
  stage.pass(5s);
  const std::string arn = *updated.value().service->current_service_deployment;
  CHECK(shown(stage, arn).lifecycle_stage ==
        api::ServiceDeploymentLifecycleStage::reconcile_service);
}

TEST_CASE("hooks of a service are shown as they were asked for, and taken away by an empty list") {
  Stage stage;
  pause(stage, HookStage::pre_scale_up);
  api::Service service = stage::described_service(stage, "c", "s");
  REQUIRE(service.deployment_configuration->lifecycle_hooks->size() == 1);
  const api::DeploymentLifecycleHook& hook =
      service.deployment_configuration->lifecycle_hooks->front();
  CHECK(hook.lifecycle_stages == std::vector{HookStage::pre_scale_up});
  CHECK(hook.timeout_configuration->timeout_in_minutes == 10);
  CHECK(hook.timeout_configuration->action == Action::rollback);
  api::DeploymentConfiguration none;
  none.lifecycle_hooks.emplace();
  const auto updated = try_update(stage, none);
  REQUIRE(updated.ok());
  CHECK(!updated.value().service->deployment_configuration->lifecycle_hooks);
  stage.pass(120s);
  CHECK(shown(stage, *updated.value().service->current_service_deployment).status ==
        api::ServiceDeploymentStatus::successful);
}

TEST_CASE("a hook that could never act is refused, and says why") {
  Stage stage;
  stage::small_cluster(stage);
  stage.must<api::CreateServiceResponse>("CreateService", stage::service("s", "web", 1));
  const auto refused = [&stage](const api::DeploymentConfiguration& configuration) {
    const auto answer = try_update(stage, configuration);
    REQUIRE(!answer.ok());
    CHECK(answer.error().code == ErrorCode::invalid_parameter);
    return answer.error().message;
  };
  api::DeploymentConfiguration function = paused_at(HookStage::pre_scale_up);
  function.lifecycle_hooks->front().target_type.reset();
  CHECK(refused(function).find("targetType must be PAUSE") != std::string::npos);
  api::DeploymentConfiguration nowhere = paused_at(HookStage::pre_scale_up);
  nowhere.lifecycle_hooks->front().lifecycle_stages.reset();
  CHECK(refused(nowhere).find("needs lifecycleStages") != std::string::npos);
  api::DeploymentConfiguration twice = paused_at(HookStage::pre_scale_up);
  twice.lifecycle_hooks->front().lifecycle_stages->push_back(HookStage::pre_scale_up);
  CHECK(refused(twice).find("a stage twice") != std::string::npos);
}

TEST_CASE("a deployment of a service that is deleted waits for nobody any more") {
  Stage stage;
  const std::string arn = pause(stage, HookStage::pre_scale_up);
  const std::string hook = *shown(stage, arn).lifecycle_hook_details->front().hook_id;
  api::DeleteServiceRequest request;
  request.cluster = "c";
  request.service = "s";
  request.force = true;
  stage.must<api::DeleteServiceResponse>("DeleteService", request);
  api::ContinueServiceDeploymentRequest late;
  late.service_deployment_arn = arn;
  late.hook_id = hook;
  const auto answer =
      stage.call<api::ContinueServiceDeploymentResponse>("ContinueServiceDeployment", late);
  REQUIRE(!answer.ok());
  CHECK(answer.error().code == ErrorCode::invalid_parameter);
}

TEST_CASE("while a deployment to the pool is held, the service waits for room on its own hosts") {
  Stage stage;
  stage::small_cluster(stage);
  api::PutClusterCapacityProvidersRequest providers;
  providers.cluster = "c";
  providers.capacity_providers = {"FARGATE"};
  stage.must<api::PutClusterCapacityProvidersResponse>("PutClusterCapacityProviders", providers);
  stage.must<api::RegisterTaskDefinitionResponse>("RegisterTaskDefinition",
                                                  stage::pool_definition("pool"));
  stage.must<api::CreateServiceResponse>("CreateService", stage::service("s", "web", 2));
  stage.pass(60s);
  api::UpdateServiceRequest move;
  move.cluster = "c";
  move.service = "s";
  move.task_definition = "pool";
  move.network_configuration = stage::run_on_pool(stage, "pool").network_configuration;
  move.capacity_provider_strategy.emplace();
  move.capacity_provider_strategy->push_back({.capacity_provider = "FARGATE", .weight = 1});
  move.deployment_configuration = paused_at(HookStage::pre_scale_up);
  stage.must<api::UpdateServiceResponse>("UpdateService", move);
  for (const stage::Host& host : stage.hosts) {
    api::DeregisterContainerInstanceRequest leave;
    leave.cluster = "c";
    leave.container_instance = host.id.text();
    leave.force = true;
    stage.must<api::DeregisterContainerInstanceResponse>("DeregisterContainerInstance", leave);
  }
  stage.hosts.clear();
  stage.pass(60s);
  CHECK(stage::described_service(stage, "c", "s").running_count == 0);
  stage.join("c", "us-east-1a", {2048}, {4096});
  stage.pass(60s);
  CHECK(stage::described_service(stage, "c", "s").running_count == 2);
}

TEST_CASE("the first deployment of a service cannot be taken back by its hook") {
  Stage stage;
  stage::small_cluster(stage);
  api::CreateServiceRequest request = stage::service("s", "web", 1);
  request.deployment_configuration = paused_at(HookStage::pre_scale_up);
  const auto created = stage.must<api::CreateServiceResponse>("CreateService", request);
  stage.pass(5s);
  const std::string arn = *created.service->current_service_deployment;
  const auto back = proceed(stage, arn, Action::rollback);
  REQUIRE(!back.ok());
  CHECK(back.error().message.find("nothing to go back to") != std::string::npos);
  CHECK(shown(stage, arn).status == api::ServiceDeploymentStatus::in_progress);
}

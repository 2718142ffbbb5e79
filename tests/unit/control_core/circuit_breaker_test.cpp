#include "control/core/deploy/circuit_breaker.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "control/core/deploy/service_deployment.h"
#include "control/core/deploy/service_events.h"
#include "tests/unit/control_core/deploy_builder.h"

using build::at_ms;
using build::deployment_id;
using build::pending_service_task;
using build::seen;
using build::service_task;
using control::DeploymentChange;
using control::failure_threshold;
using control::ServicePlan;
using schemas::CircuitBreaker;
using schemas::Deployment;
using schemas::HealthStatus;
using schemas::Instant;
using schemas::RolloutState;
using schemas::Service;
using schemas::ServiceDeployment;
using schemas::ServiceDeploymentStatus;
using schemas::StopCode;
using schemas::Task;
using schemas::TaskStatus;
using schemas::ThresholdType;

namespace {

const control::DeploySettings breaker_settings;
const Instant failing_at = at_ms(100'000);

CircuitBreaker breaker(ThresholdType type, std::int64_t value) {
  return {.enable = true,
          .rollback = true,
          .reset_on_healthy_task = true,
          .threshold_type = type,
          .threshold_value = value};
}

/// A service of 4 whose deployment 1 is completed and which deployment 2 is to replace; 3 failures
/// are too many.
Service failing_update() {
  Service service = build::service(4);
  service.deployments.front().rollout_state = RolloutState::completed;
  service.last_completed = deployment_id(1);
  service.deployment_configuration.circuit_breaker = breaker(ThresholdType::count, 3);
  control::begin_deployment(service, deployment_id(2), build::specification(), at_ms(95'000));
  return service;
}

Task failed_task(std::int64_t number, std::int64_t deployment) {
  Task task = pending_service_task(number, deployment);
  task.last_status = TaskStatus::stopped;
  task.desired_status = TaskStatus::stopped;
  task.stop_code = StopCode::task_failed_to_start;
  task.stopped_reason = "Task failed to start";
  task.stopped_at = failing_at;
  return task;
}

/// The deployment after the step of a task.
Deployment after(const Deployment& deployment, const Task& before, const Task& then,
                 const CircuitBreaker& with = {}) {
  return control::account(deployment, before, then, breaker_settings, failing_at, with)
      .value_or(deployment);
}

Deployment after_failures(Deployment deployment, int count) {
  for (int i = 0; i < count; ++i) {
    deployment = after(deployment, pending_service_task(i + 1, 2), failed_task(i + 1, 2));
  }
  return deployment;
}

ServicePlan planned(const Service& service, const std::vector<Task>& tasks,
                    Instant at = failing_at) {
  return control::plan_service(service, seen(tasks), breaker_settings, at);
}

/// The record of the service's newest deployment.
ServiceDeployment record(const Service& service) {
  return control::begin_record(service, failing_at);
}

}  // namespace

TEST_CASE("a bounded percentage rounds up and stays between 3 and 200") {
  const CircuitBreaker half = breaker(ThresholdType::bounded_percent, 50);
  CHECK(failure_threshold(half, 0) == 3);
  CHECK(failure_threshold(half, 1) == 3);
  CHECK(failure_threshold(half, 6) == 3);
  CHECK(failure_threshold(half, 7) == 4);
  CHECK(failure_threshold(half, 25) == 13);
  CHECK(failure_threshold(half, 399) == 200);
  CHECK(failure_threshold(half, 400) == 200);
  CHECK(failure_threshold(half, 10'000) == 200);
  CHECK(failure_threshold(breaker(ThresholdType::bounded_percent, 1), 301) == 4);
}

TEST_CASE("an unbounded percentage only rounds up, and a count is taken as it is") {
  const CircuitBreaker half = breaker(ThresholdType::unbounded_percent, 50);
  CHECK(failure_threshold(half, 0) == 1);
  CHECK(failure_threshold(half, 1) == 1);
  CHECK(failure_threshold(half, 3) == 2);
  CHECK(failure_threshold(half, 1'000) == 500);
  CHECK(failure_threshold(breaker(ThresholdType::count, 2), 1'000) == 2);
  CHECK(failure_threshold(breaker(ThresholdType::count, 5'000), 1) == 5'000);
}

TEST_CASE(
    "what is not said of a breaker is 50 percent, bounded, reset by a healthy task, and off") {
  const CircuitBreaker unsaid;
  CHECK(!unsaid.enable);
  CHECK(!unsaid.rollback);
  CHECK(unsaid.reset_on_healthy_task);
  CHECK(failure_threshold(unsaid, 100) == 50);
}

TEST_CASE("a task that never runs, and one that soon ends by itself, each add a failure") {
  Deployment deployment = failing_update().deployments.front();
  deployment = after(deployment, pending_service_task(1, 2), failed_task(1, 2));
  CHECK(deployment.breaker_failures == 1);
  CHECK(deployment.last_failure == "Task failed to start");
  const Task ran = service_task(2, 2, at_ms(99'000));
  Task exited = ran;
  exited.desired_status = TaskStatus::stopped;
  exited.stop_code = StopCode::essential_container_exited;
  exited.containers.front().reason = "OutOfMemoryError: Container killed due to memory usage";
  deployment = after(deployment, ran, exited);
  CHECK(deployment.breaker_failures == 2);
  CHECK(deployment.last_failure == "OutOfMemoryError: Container killed due to memory usage");
  CHECK(deployment.last_failure_at == failing_at);
}

TEST_CASE("a task whose health checks fail adds a failure when it is replaced") {
  Task ill = service_task(1, 2);
  ill.health = HealthStatus::unhealthy;
  Task replaced = ill;
  replaced.desired_status = TaskStatus::stopped;
  replaced.stop_code = StopCode::service_scheduler_initiated;
  replaced.stopped_reason = std::string(control::failed_checks_reason);
  const Deployment deployment = failing_update().deployments.front();
  CHECK(after(deployment, ill, replaced).breaker_failures == 1);
  SUBCASE("one that is scaled in adds none") {
    replaced.stopped_reason = "Scaling activity initiated by (deployment x)";
    CHECK(after(deployment, ill, replaced).breaker_failures == 0);
  }
}

TEST_CASE("stops that somebody asked for, lost hosts and tasks that were healthy add none") {
  const Deployment deployment = failing_update().deployments.front();
  for (const StopCode code : {StopCode::user_initiated, StopCode::infrastructure_health}) {
    Task stopped = failed_task(1, 2);
    stopped.stop_code = code;
    CHECK(after(deployment, pending_service_task(1, 2), stopped).breaker_failures == 0);
  }
  const Task old = service_task(1, 2, at_ms(0));
  Task exited = old;
  exited.desired_status = TaskStatus::stopped;
  exited.stop_code = StopCode::essential_container_exited;
  CHECK(after(deployment, old, exited).breaker_failures == 0);
}

TEST_CASE("a completed deployment is watched no longer") {
  Deployment done = failing_update().deployments.front();
  done.rollout_state = RolloutState::completed;
  CHECK(after_failures(done, 5).breaker_failures == 0);
}

TEST_CASE("a task whose checks say healthy ends the count, unless the breaker is told not to") {
  const Deployment held = after_failures(failing_update().deployments.front(), 2);
  CHECK(held.breaker_failures == 2);
  const Task before = service_task(3, 2);
  Task healthy = before;
  healthy.health = HealthStatus::healthy;
  CircuitBreaker with = breaker(ThresholdType::count, 3);
  CHECK(after(held, before, healthy, with).breaker_failures == 0);
  with.reset_on_healthy_task = false;
  CHECK(after(held, before, healthy, with).breaker_failures == 2);
}

TEST_CASE("a task without checks ends the count by lasting after the last failure") {
  Service service = failing_update();
  service.deployments.front() = after_failures(service.deployments.front(), 2);
  const Instant then = failing_at + breaker_settings.healthy_after;
  const auto recovers = [&](Instant began, Instant at) {
    const ServicePlan answer = planned(service, {service_task(9, 2, began)}, at);
    return std::any_of(answer.deployments.begin(), answer.deployments.end(),
                       [](const DeploymentChange& change) {
                         return change.kind == DeploymentChange::Kind::recovered;
                       });
  };
  CHECK(recovers(at_ms(100'001), then + schemas::Duration{1}));
  CHECK(!recovers(at_ms(100'001), then));
  SUBCASE("one that was healthy before that failure says nothing new") {
    CHECK(!recovers(at_ms(1'000), then));
  }
  SUBCASE("nor does any when the breaker is told so") {
    service.deployment_configuration.circuit_breaker.reset_on_healthy_task = false;
    CHECK(!recovers(at_ms(100'001), then + schemas::Duration{1}));
  }
}

TEST_CASE(
    "at the threshold the deployment fails, and the service goes back to what was completed") {
  Service service = failing_update();
  std::vector<Task> tasks = {service_task(1), service_task(2), service_task(3), service_task(4)};
  service.deployments.front() = after_failures(service.deployments.front(), 2);
  CHECK(!planned(service, tasks).rollback_to.has_value());
  service.deployments.front() = after_failures(service.deployments.front(), 1);
  const ServicePlan answer = planned(service, tasks);
  CHECK(answer.deployments ==
        std::vector<DeploymentChange>{{deployment_id(2), DeploymentChange::Kind::failed}});
  CHECK(answer.rollback_to == deployment_id(1));
  CHECK(answer.starts.empty());
  CHECK(answer.stops.empty());
  CHECK(answer.events ==
        std::vector<std::string>{control::deployment_failed_message("web", deployment_id(2)),
                                 control::rolling_back_message("web", deployment_id(1))});
  control::settle(service, answer, failing_at);
  CHECK(service.deployments.front().rollout_state == RolloutState::failed);
  CHECK(service.deployments.front().rollout_state_reason ==
        "ECS deployment circuit breaker: tasks failed to start.");
  control::return_to(service, deployment_id(1), nullptr, "back", failing_at);
  REQUIRE(service.deployments.size() == 2);
  CHECK(service.deployments[0].id == deployment_id(1));
  CHECK(service.deployments[0].status == schemas::DeploymentStatus::primary);
  CHECK(service.deployments[0].rollout_state == RolloutState::in_progress);
  CHECK(service.deployments[0].rollout_state_reason == "back");
  CHECK(service.deployments[1].status == schemas::DeploymentStatus::active);
  SUBCASE("the tasks that were there stay") {
    const ServicePlan rest = planned(service, tasks);
    CHECK(rest.starts.empty());
    CHECK(rest.stops.empty());
  }
}

TEST_CASE("tasks that are unhealthy now have failed, too") {
  Service service = failing_update();
  service.deployments.front() = after_failures(service.deployments.front(), 2);
  Task ill = service_task(9, 2);
  ill.health = HealthStatus::unhealthy;
  CHECK(planned(service, {ill}).rollback_to == deployment_id(1));
  SUBCASE("but not in their grace period") {
    service.health_check_grace_period_s = 3'600;
    CHECK(!planned(service, {ill}).rollback_to.has_value());
  }
}

TEST_CASE("a deployment that nobody watches never fails, however many of its tasks do") {
  Service service = failing_update();
  service.deployment_configuration.circuit_breaker.enable = false;
  service.deployments.front() = after_failures(service.deployments.front(), 500);
  const std::vector<Task> old = {service_task(1)};
  CHECK(planned(service, old).deployments.empty());
}

TEST_CASE("without rollback, or with nothing to go back to, no more tasks are started") {
  Service service = failing_update();
  SUBCASE("without rollback") { service.deployment_configuration.circuit_breaker.rollback = false; }
  SUBCASE("with nothing to go back to") { service.last_completed = {}; }
  service.deployments.front() = after_failures(service.deployments.front(), 3);
  const ServicePlan answer = planned(service, {});
  CHECK(answer.deployments.front().kind == DeploymentChange::Kind::failed);
  CHECK(!answer.rollback_to.has_value());
  control::settle(service, answer, failing_at);
  const ServicePlan rest = planned(service, {});
  CHECK(rest.starts.empty());
  CHECK(rest.deployments ==
        std::vector<DeploymentChange>{{deployment_id(1), DeploymentChange::Kind::removed}});
}

TEST_CASE("a rollback that fails itself is not rolled back") {
  Service service = failing_update();
  service.deployments.front() = after_failures(service.deployments.front(), 3);
  control::settle(service, planned(service, {}), failing_at);
  control::return_to(service, deployment_id(1), nullptr, "back", failing_at);
  service.last_completed = deployment_id(1);
  Deployment& back = service.deployments.front();
  back.breaker_failures = 3;
  const ServicePlan answer = planned(service, {});
  CHECK(answer.deployments.front() ==
        DeploymentChange{deployment_id(1), DeploymentChange::Kind::failed});
  CHECK(!answer.rollback_to.has_value());
}

TEST_CASE("a record says how a deployment ended, and why") {
  Service service = failing_update();
  const ServiceDeployment begun = record(service);
  CHECK(begun.id == deployment_id(2));
  CHECK(begun.sources == std::vector{deployment_id(1)});
  CHECK(begun.breaker == schemas::MonitorStatus::monitoring);
  CHECK(begun.breaker_threshold == 3);
  CHECK(control::is_open(begun));
  const ServiceDeployment done = control::complete(begun, failing_at);
  CHECK(done.status == ServiceDeploymentStatus::successful);
  CHECK(done.breaker == schemas::MonitorStatus::monitoring_complete);
  CHECK(done.finished_at == failing_at);
  CHECK(!control::is_open(done));
  service.deployments.front() = after_failures(service.deployments.front(), 3);
  const Deployment& failed = service.deployments.front();
  SUBCASE("given up and rolled back") {
    const ServiceDeployment back =
        control::give_up(begun, service, failed, deployment_id(1), failing_at);
    CHECK(back.status == ServiceDeploymentStatus::rollback_in_progress);
    CHECK(back.breaker == schemas::MonitorStatus::triggered);
    CHECK(back.breaker_failures == 3);
    REQUIRE(back.rollback);
    CHECK(back.rollback->revision == deployment_id(1));
    CHECK(back.status_reason ==
          "Service deployment rolled back because the circuit breaker threshold was exceeded: 3 "
          "tasks failed, and the threshold is 3. The last of them: Task failed to start");
    CHECK(control::complete(back, failing_at).status ==
          ServiceDeploymentStatus::rollback_successful);
    const ServiceDeployment lost = control::give_up(back, service, failed, {}, failing_at);
    CHECK(lost.status == ServiceDeploymentStatus::rollback_failed);
    CHECK(!control::is_open(lost));
  }
  SUBCASE("given up without a way back") {
    const ServiceDeployment lost = control::give_up(begun, service, failed, {}, failing_at);
    CHECK(lost.status == ServiceDeploymentStatus::rollback_failed);
    CHECK(lost.status_reason.ends_with("No rollback candidate was found to run the rollback."));
  }
  SUBCASE("given up by a breaker that does not go back") {
    service.deployment_configuration.circuit_breaker.rollback = false;
    CHECK(control::give_up(begun, service, failed, {}, failing_at).status ==
          ServiceDeploymentStatus::stopped);
  }
}

// Hooks that hold a deployment: what the scheduler does meanwhile, and when their time is out.

#include "control/core/deploy/lifecycle_hooks.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "control/core/deploy/service_plan.h"
#include "tests/unit/control_core/deploy_builder.h"

using build::at_ms;
using build::deployment_id;
using build::pending_service_task;
using build::scaled_in;
using build::service_task;
using control::DeploymentChange;
using control::HostCondition;
using control::ServicePlan;
using control::ServiceTask;
using schemas::HookAction;
using schemas::HookStatus;
using schemas::LifecycleStage;
using schemas::Service;
using schemas::Task;

namespace {

const control::DeploySettings patient;
const schemas::Instant some_time = at_ms(100'000);

/// A service of `count` tasks whose deployment 1 is done, and which deployment 2 replaces, held at
/// `stages` for a minute each.
Service held(std::int64_t count, std::vector<LifecycleStage> stages,
             HookAction action = HookAction::rollback) {
  Service service = build::service(count);
  service.deployments.front().rollout_state = schemas::RolloutState::completed;
  service.last_completed = deployment_id(1);
  service.deployment_configuration.lifecycle_hooks = {
      {.stages = std::move(stages), .timeout_min = 1, .timeout_action = action}};
  control::begin_deployment(service, deployment_id(2), build::specification(), at_ms(95'000));
  return service;
}

std::vector<Task> tasks(std::int64_t count, std::int64_t deployment, std::int64_t first = 1) {
  std::vector<Task> made;
  for (std::int64_t i = 0; i < count; ++i) {
    made.push_back(service_task(first + i, deployment));
  }
  return made;
}

std::vector<Task> both(std::vector<Task> left, const std::vector<Task>& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

ServicePlan next_plan(const Service& service, const std::vector<Task>& tasks,
                      schemas::Instant now = some_time) {
  return control::plan_service(service, build::seen(tasks), patient, now);
}

/// As the loop does: the plan is carried out as far as the service itself goes.
ServicePlan go_on(Service& service, const std::vector<Task>& tasks,
                  schemas::Instant now = some_time) {
  ServicePlan plan = next_plan(service, tasks, now);
  control::settle(service, plan, now);
  return plan;
}

void let_go(Service& service) {
  for (schemas::DeploymentHook& hook : service.deployments.front().hooks) {
    hook.status = hook.status == HookStatus::awaiting_action ? HookStatus::succeeded : hook.status;
  }
}

using Kind = DeploymentChange::Kind;

bool changes(const ServicePlan& plan, Kind kind) {
  return plan.deployments.size() == 1 && plan.deployments.front().kind == kind;
}

}  // namespace

TEST_CASE("a deployment meets each hook at each of its stages, in the order of the stages") {
  schemas::DeploymentConfiguration configuration;
  configuration.lifecycle_hooks = {
      {.stages = {LifecycleStage::post_scale_up, LifecycleStage::pre_scale_up}},
      {.stages = {LifecycleStage::reconcile_service}, .timeout_min = 5}};
  const auto hooks = control::hooks_of(configuration, deployment_id(7), true);
  REQUIRE(hooks.size() == 3);
  CHECK(hooks[0].stage == LifecycleStage::reconcile_service);
  CHECK(hooks[0].timeout_min == 5);
  CHECK(hooks[0].id == "hook-1000000000000000007-1");
  CHECK(hooks[1].stage == LifecycleStage::pre_scale_up);
  CHECK(hooks[2].id == "hook-1000000000000000007-3");
  SUBCASE("where one revision runs there is nothing to reconcile") {
    CHECK(control::hooks_of(configuration, deployment_id(7), false).size() == 2);
  }
}

TEST_CASE("a deployment that is held before its start starts nothing and stops nothing") {
  Service service = held(2, {LifecycleStage::pre_scale_up});
  const ServicePlan paused = go_on(service, tasks(2, 1));
  CHECK(paused.starts.empty());
  CHECK(paused.stops.empty());
  CHECK(changes(paused, Kind::paused));
  CHECK(paused.events ==
        std::vector<std::string>{
            "(service web) (deployment " + deployment_id(2).text() +
            ") deployment is paused by a lifecycle hook until ContinueServiceDeployment is "
            "called."});
  CHECK(service.deployments.front().hooks.front().expires_at == at_ms(160'000));
  const ServicePlan waiting = next_plan(service, tasks(2, 1));
  CHECK(waiting.events.empty());
  CHECK(waiting.deployments.empty());
  CHECK(waiting.next_wake == at_ms(160'000));

  SUBCASE("what was completed last is kept up meanwhile, at the count that is wanted now") {
    const ServicePlan mended = next_plan(service, tasks(1, 1));
    REQUIRE(mended.starts.size() == 1);
    CHECK(mended.starts.front().deployment == deployment_id(1));
    CHECK(mended.starts.front().count == 1);
    service.desired_count = 1;
    CHECK(next_plan(service, tasks(2, 1)).stops.size() == 1);
    service.desired_count = 2;
    CHECK(next_plan(service, {}).deployments.empty());  // it is not over for want of tasks
  }
  SUBCASE("it starts when it is let go") {
    let_go(service);
    const ServicePlan started = next_plan(service, tasks(2, 1));
    REQUIRE(started.starts.size() == 1);
    CHECK(started.starts.front().deployment == deployment_id(2));
    CHECK(started.starts.front().count == 2);
  }
}

TEST_CASE("a service whose first deployment is held has no tasks yet") {
  Service service = build::service(0);
  service.deployments.clear();
  service.desired_count = 3;
  service.deployment_configuration.lifecycle_hooks = {{.stages = {LifecycleStage::pre_scale_up}}};
  control::begin_deployment(service, deployment_id(1), build::specification(), at_ms(0));
  const ServicePlan plan = go_on(service, {});
  CHECK(plan.starts.empty());
  CHECK(changes(plan, Kind::paused));
  let_go(service);
  CHECK(next_plan(service, {}).starts.size() == 1);
}

TEST_CASE("a deployment that is held before its end keeps the old tasks beside its own") {
  Service service = held(2, {LifecycleStage::post_scale_up});
  CHECK(next_plan(service, tasks(2, 1)).starts.front().count == 2);
  std::vector<Task> half = both(tasks(2, 1), {service_task(3, 2), pending_service_task(4, 2)});
  CHECK(next_plan(service, half).stops.empty());
  CHECK(next_plan(service, half).deployments.empty());
  const std::vector<Task> all = both(tasks(2, 1), tasks(2, 2, 3));
  const ServicePlan paused = go_on(service, all);
  CHECK(paused.stops.empty());
  CHECK(changes(paused, Kind::paused));
  CHECK(next_plan(service, all).events.empty());

  SUBCASE("its own are replaced while it waits") {
    CHECK(next_plan(service, both(tasks(2, 1), tasks(1, 2, 3))).starts.front().count == 1);
  }
  SUBCASE("one of its own that fails its checks makes room for its successor, no old one does") {
    std::vector<Task> sick = all;
    sick[3].health = schemas::HealthStatus::unhealthy;
    const ServicePlan plan = next_plan(service, sick);
    REQUIRE(plan.stops.size() == 1);
    CHECK(plan.stops.front().task == build::task_id(4));
  }
  SUBCASE("old tasks on a draining host go, because the new ones carry the load") {
    std::vector<ServiceTask> seen = build::seen(all);
    seen[0].host = HostCondition::leaving;
    const ServicePlan plan = control::plan_service(service, seen, patient, some_time);
    CHECK(plan.stops == std::vector{scaled_in(1)});
  }
  SUBCASE("let go, it stops them and is completed") {
    let_go(service);
    CHECK(next_plan(service, all).stops.size() == 2);
    CHECK(next_plan(service, tasks(2, 2, 3)).deployments ==
          std::vector<DeploymentChange>{{deployment_id(1), Kind::removed},
                                        {deployment_id(2), Kind::completed}});
  }
}

TEST_CASE(
    "where the ceiling leaves no other room, old tasks make it for new ones before the pause") {
  Service service = held(4, {LifecycleStage::post_scale_up});
  service.deployment_configuration.minimum_healthy_percent = 50;
  service.deployment_configuration.maximum_percent = 150;
  const ServicePlan plan = next_plan(service, tasks(4, 1));
  CHECK(plan.stops.size() == 2);
  CHECK(plan.starts.front().count == 4);
}

TEST_CASE("a hook that is out of time does what it was told: the deployment goes on") {
  Service service = held(2, {LifecycleStage::pre_scale_up}, HookAction::proceed);
  go_on(service, tasks(2, 1));
  const ServicePlan released = go_on(service, tasks(2, 1), at_ms(160'000));
  CHECK(changes(released, Kind::released));
  CHECK(service.deployments.front().hooks.front().status == HookStatus::timed_out);
  CHECK(next_plan(service, tasks(2, 1), at_ms(160'000)).starts.front().deployment ==
        deployment_id(2));
}

TEST_CASE("a task that went while nobody planned is replaced by what the hook's end lets start") {
  Service service = held(2, {LifecycleStage::pre_scale_up}, HookAction::proceed);
  go_on(service, tasks(2, 1));
  CHECK(go_on(service, tasks(1, 1), at_ms(160'000)).starts.empty());
  const ServicePlan after = next_plan(service, tasks(1, 1), at_ms(160'000));
  REQUIRE(after.starts.size() == 1);
  CHECK(after.starts.front().deployment == deployment_id(2));
}

TEST_CASE("a hook that is out of time does what it was told: the service goes back") {
  Service service = held(2, {LifecycleStage::post_scale_up});
  const std::vector<Task> all = both(tasks(2, 1), tasks(2, 2, 3));
  go_on(service, all);
  CHECK(go_on(service, all, at_ms(159'999)).deployments.empty());
  const ServicePlan expired = go_on(service, all, at_ms(160'000));
  CHECK(changes(expired, Kind::expired));
  CHECK(expired.rollback_to == deployment_id(1));
  CHECK(service.deployments.front().rollout_state == schemas::RolloutState::failed);
  SUBCASE("without anything to go back to, it only fails") {
    Service first = held(2, {LifecycleStage::post_scale_up});
    first.last_completed = {};
    go_on(first, all);
    const ServicePlan plan = next_plan(first, all, at_ms(160'000));
    CHECK(changes(plan, Kind::expired));
    CHECK_FALSE(plan.rollback_to.has_value());
  }
}

TEST_CASE("what a service goes back to is held by nothing") {
  Service service = held(2, {LifecycleStage::post_scale_up});
  control::return_to(service, deployment_id(1), build::specification(), "back", some_time);
  CHECK_FALSE(control::holds_end(service.deployments.front()));
}

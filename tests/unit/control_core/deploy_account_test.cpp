#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "control/core/deploy/deployment.h"
#include "control/core/deploy/service_events.h"
#include "tests/unit/control_core/deploy_builder.h"

using build::at_ms;
using build::pending_service_task;
using build::service_task;
using control::DeploySettings;
using schemas::Deployment;
using schemas::Duration;
using schemas::Instant;
using schemas::StopCode;
using schemas::Task;
using schemas::TaskStatus;

namespace {

const DeploySettings settings;

Deployment fresh() { return build::service(1).deployments.front(); }

Task stopped(Task task, StopCode code, Instant at) {
  task.last_status = TaskStatus::stopped;
  task.desired_status = TaskStatus::stopped;
  task.stop_code = code;
  task.stopped_at = at;
  return task;
}

/// The deployment after a task made at `made` failed to start at `at`.
Deployment after_failure(const Deployment& deployment, Instant made, Instant at) {
  Task task = pending_service_task(1);
  task.created_at = made;
  const auto next = control::account(
      deployment, task, stopped(task, StopCode::task_failed_to_start, at), settings, at);
  REQUIRE(next.has_value());
  return *next;
}

}  // namespace

TEST_CASE(
    "tasks that never ran are counted and hold the next attempt back, twice as long a round") {
  Deployment deployment = fresh();
  Instant now = at_ms(0);
  for (const std::int64_t seconds : {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900}) {
    deployment = after_failure(deployment, now, now + Duration{10});
    CHECK(deployment.throttled_until == now + Duration{10 + 1000 * seconds});
    now = *deployment.throttled_until;
  }
  CHECK(deployment.failed_tasks == 12);
}

TEST_CASE("tasks that fail together are one round") {
  Deployment deployment = fresh();
  for (int i = 0; i < 10; ++i) {
    deployment = after_failure(deployment, at_ms(0), at_ms(100 + i));
  }
  CHECK(deployment.failed_tasks == 10);
  CHECK(deployment.throttle_delay == Duration{1000});
  CHECK(deployment.throttled_until == at_ms(1109));
}

TEST_CASE("a failure counts as soon as it is known, and once, however long the end takes") {
  Task task = pending_service_task(1);
  task.created_at = at_ms(0);
  Task ending = task;
  ending.last_status = TaskStatus::stopping;
  ending.desired_status = TaskStatus::stopped;
  ending.stop_code = StopCode::task_failed_to_start;
  const auto held = control::account(fresh(), task, ending, settings, at_ms(10));
  REQUIRE(held.has_value());
  CHECK(held->failed_tasks == 1);
  CHECK(held->throttled_until == at_ms(1010));
  const Task over = stopped(ending, StopCode::task_failed_to_start, at_ms(300));
  CHECK(!control::account(*held, ending, over, settings, at_ms(300)));
}

TEST_CASE("a task that runs ends the count and the wait") {
  const Deployment held = after_failure(fresh(), at_ms(0), at_ms(10));
  const auto next =
      control::account(held, pending_service_task(2), service_task(2), settings, at_ms(20));
  REQUIRE(next.has_value());
  CHECK(next->failed_tasks == 0);
  CHECK(!next->throttled_until.has_value());
  CHECK(next->throttle_delay == Duration{0});
}

TEST_CASE("a stop that somebody asked for and a lost host are not the deployment's failure") {
  for (const StopCode code : {StopCode::user_initiated, StopCode::service_scheduler_initiated,
                              StopCode::infrastructure_health, StopCode::termination_notice}) {
    const Task task = pending_service_task(1);
    CHECK(!control::account(fresh(), task, stopped(task, code, at_ms(10)), settings, at_ms(10)));
  }
}

TEST_CASE("a step that neither runs nor stops a task changes no account") {
  const Task task = pending_service_task(1);
  Task activating = task;
  activating.last_status = TaskStatus::activating;
  CHECK(!control::account(fresh(), task, activating, settings, at_ms(10)));
  CHECK(!control::account(fresh(), task, task, settings, at_ms(10)));
}

TEST_CASE("a task that runs and soon exits is no failed start, yet it is not spun") {
  Deployment deployment = fresh();
  Instant now = at_ms(0);
  for (const std::int64_t seconds : {1, 2, 4, 8, 16, 32, 60, 60}) {
    Task pending = pending_service_task(1);
    pending.created_at = now;
    Task running = service_task(1, 1, now);
    if (auto next = control::account(deployment, pending, running, settings, now)) {
      deployment = *next;
    }
    now += Duration{50};
    const Task exited = stopped(running, StopCode::essential_container_exited, now);
    const auto next = control::account(deployment, running, exited, settings, now);
    REQUIRE(next.has_value());
    deployment = *next;
    CHECK(deployment.failed_tasks == 0);
    CHECK(deployment.throttled_until == now + Duration{1000 * seconds});
    now = *deployment.throttled_until;
  }
  SUBCASE("one that lived long enough to be healthy is replaced at once, and ends the pace") {
    const Task running = service_task(1, 1, now);
    const Task exited =
        stopped(running, StopCode::essential_container_exited, now + settings.healthy_after);
    const auto next =
        control::account(deployment, running, exited, settings, now + settings.healthy_after);
    REQUIRE(next.has_value());
    CHECK(!next->throttled_until.has_value());
    CHECK(next->throttle_delay == Duration{0});
  }
}

TEST_CASE("an update forgives what failed before it") {
  schemas::Service service = build::service(1);
  service.deployments.front() = after_failure(service.deployments.front(), at_ms(0), at_ms(10));
  control::forgive(service, at_ms(20));
  CHECK(service.deployments.front().failed_tasks == 0);
  CHECK(!service.deployments.front().throttled_until.has_value());
}

TEST_CASE("a new deployment is primary and the one before it active") {
  schemas::Service service = build::service(1);
  control::begin_deployment(service, build::deployment_id(2), build::specification(), at_ms(50));
  REQUIRE(service.deployments.size() == 2);
  CHECK(service.deployments[0].id == build::deployment_id(2));
  CHECK(service.deployments[0].status == schemas::DeploymentStatus::primary);
  CHECK(service.deployments[0].rollout_state == schemas::RolloutState::in_progress);
  CHECK(service.deployments[0].rollout_state_reason ==
        "ECS deployment " + build::deployment_id(2).text() + " in progress.");
  CHECK(service.deployments[0].created_at == at_ms(50));
  CHECK(service.deployments[1].status == schemas::DeploymentStatus::active);
}

TEST_CASE("tasks are counted as DescribeServices shows them") {
  std::vector<Task> tasks = {service_task(1), service_task(2), pending_service_task(3),
                             service_task(4, 2), pending_service_task(5)};
  tasks[1].desired_status = TaskStatus::stopped;
  tasks[4].desired_status = TaskStatus::stopped;
  const auto view = build::seen(tasks);
  CHECK(control::count_tasks(view, build::deployment_id(1)) == control::TaskCounts{1, 2});
  CHECK(control::count_tasks(view, {}) == control::TaskCounts{1, 3});
}

TEST_CASE("events have the words that ECS's users search for") {
  const std::vector<schemas::TaskId> two = {build::task_id(1), build::task_id(2)};
  CHECK(control::started_message("web", two) == "(service web) has started 2 tasks: (task " +
                                                    two[0].text() + ") (task " + two[1].text() +
                                                    ").");
  CHECK(control::stopped_message("web", std::vector{two[0]}) ==
        "(service web) has stopped 1 running tasks: (task " + two[0].text() + ").");
  CHECK(control::unable_to_place_message("web",
                                         "No Container Instances were found in your cluster.") ==
        "(service web) was unable to place a task because no container instance met all of its "
        "requirements. Reason: No Container Instances were found in your cluster.");
  const std::vector<schemas::TaskId> many(5000, build::task_id(1));
  CHECK(control::started_message("web", many).size() < 600);
}

TEST_CASE("a placement that failed is news again after a started task, a steady state or 6 hours") {
  schemas::Service service = build::service(1);
  const std::string failed = control::unable_to_place_message("web", "No room.");
  const auto add = [&](const std::string& message, Instant at) {
    schemas::ServiceEvent event;
    event.created_at = at;
    event.message = message;
    service.events.push_front(event);
  };
  const Duration repeat = settings.repeat_events_after;
  CHECK(control::is_news(service, failed, repeat, at_ms(10)));
  add(failed, at_ms(10));
  CHECK(!control::is_news(service, failed, repeat, at_ms(20)));
  CHECK(control::news_from(service, failed, repeat, at_ms(20)) == at_ms(10) + repeat);
  add(control::failing_message("web"), at_ms(30));
  CHECK(!control::is_news(service, failed, repeat, at_ms(40)));
  CHECK(control::is_news(service, failed, repeat, at_ms(10) + repeat));
  SUBCASE("a started task") { add(control::started_message("web", {}), at_ms(50)); }
  SUBCASE("a steady state") { add(control::steady_state_message("web"), at_ms(50)); }
  SUBCASE("a new deployment") {
    control::begin_deployment(service, build::deployment_id(2), build::specification(), at_ms(50));
  }
  CHECK(control::is_news(service, failed, repeat, at_ms(60)));
}

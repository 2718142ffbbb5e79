#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "control/core/deploy/protection.h"
#include "control/core/deploy/scale_in.h"
#include "control/core/deploy/service_events.h"
#include "control/core/deploy/service_plan.h"
#include "tests/unit/control_core/deploy_builder.h"

using build::at_ms;
using build::deployment_id;
using build::pending_service_task;
using build::scaled_in;
using build::seen;
using build::service;
using build::service_task;
using control::DeploymentChange;
using control::DeploySettings;
using control::HostCondition;
using control::ServicePlan;
using control::ServiceTask;
using control::TaskStart;
using schemas::HealthStatus;
using schemas::Service;
using schemas::ServiceStatus;
using schemas::Task;
using schemas::TaskStatus;

namespace {

const DeploySettings defaults;
const schemas::Instant later = at_ms(100'000);

ServicePlan plan(const Service& of, const std::vector<Task>& tasks, schemas::Instant now = later) {
  return control::plan_service(of, seen(tasks), defaults, now);
}

/// A service whose first deployment is done and which has said that it is steady.
Service steady(std::int64_t desired_count) {
  Service done = service(desired_count);
  done.deployments.front().rollout_state = schemas::RolloutState::completed;
  schemas::ServiceEvent event;
  event.created_at = at_ms(90'000);
  event.message = control::steady_state_message("web");
  done.events.push_front(event);
  return done;
}

/// A steady service of `count` tasks, 1 to count, that deployment 2 now replaces.
Service updating(std::int64_t count, std::int64_t minimum, std::int64_t maximum) {
  Service updated = steady(count);
  updated.deployment_configuration = {minimum, maximum};
  control::begin_deployment(updated, deployment_id(2), build::specification(), at_ms(95'000));
  return updated;
}

std::vector<Task> tasks_of(std::int64_t count, std::int64_t deployment = 1,
                           std::int64_t first = 1) {
  std::vector<Task> tasks;
  for (std::int64_t i = 0; i < count; ++i) {
    tasks.push_back(service_task(first + i, deployment));
  }
  return tasks;
}

void in_zone_b(Task& task) {
  task.instance = build::instance_id(2);
  task.availability_zone = "us-east-1b";
}

}  // namespace

TEST_CASE("a new service starts as many tasks as it wants") {
  ServicePlan expected;
  expected.starts = {{deployment_id(1), 3}};
  CHECK(plan(service(3), {}) == expected);
}

TEST_CASE("tasks on their way up are not started twice, and the plan wakes when they are healthy") {
  std::vector<Task> tasks = {pending_service_task(1), service_task(2, 1, at_ms(80'000)),
                             service_task(3, 1, at_ms(70'000))};
  ServicePlan expected;
  expected.next_wake = at_ms(110'000);
  CHECK(plan(service(3), tasks) == expected);
}

TEST_CASE("a deployment is complete, and the service steady, once all its tasks are healthy") {
  ServicePlan expected;
  expected.deployments = {{deployment_id(1), DeploymentChange::Kind::completed}};
  expected.events = {
      "(service web) (deployment " + deployment_id(1).text() + ") deployment completed.",
      "(service web) has reached a steady state."};
  Service fresh = service(2);
  const ServicePlan actual = plan(fresh, tasks_of(2));
  CHECK(actual == expected);
  control::settle(fresh, actual, later);
  CHECK(fresh.deployments.front().rollout_state == schemas::RolloutState::completed);
  CHECK(fresh.deployments.front().rollout_state_reason ==
        "ECS deployment " + deployment_id(1).text() + " completed.");
}

TEST_CASE("the steady state is announced once, and again after anything else or six hours") {
  Service done = steady(2);
  ServicePlan quiet;
  quiet.next_wake = at_ms(90'000) + defaults.repeat_events_after;
  CHECK(plan(done, tasks_of(2)) == quiet);
  const ServicePlan again = plan(done, tasks_of(2), *quiet.next_wake);
  CHECK(again.events == std::vector<std::string>{"(service web) has reached a steady state."});
  schemas::ServiceEvent started;
  started.created_at = at_ms(95'000);
  started.message = control::started_message("web", std::vector{build::task_id(2)});
  done.events.push_front(started);
  CHECK(plan(done, tasks_of(2)).events ==
        std::vector<std::string>{"(service web) has reached a steady state."});
}

TEST_CASE("a task that stopped is replaced, one told to stop already is not counted") {
  std::vector<Task> tasks = tasks_of(3);
  tasks[0].last_status = TaskStatus::stopped;
  tasks[0].desired_status = TaskStatus::stopped;
  tasks[1].desired_status = TaskStatus::stopped;
  ServicePlan expected;
  expected.starts = {{deployment_id(1), 2}};
  CHECK(plan(steady(3), tasks) == expected);
}

TEST_CASE("a rolling update starts replacements before it stops healthy old tasks") {
  const Service updated = updating(3, 100, 200);
  ServicePlan first;
  first.starts = {{deployment_id(2), 3}};
  CHECK(plan(updated, tasks_of(3)) == first);

  std::vector<Task> tasks = tasks_of(3);
  tasks.push_back(service_task(4, 2));
  tasks.push_back(service_task(5, 2, at_ms(99'000)));
  tasks.push_back(pending_service_task(6, 2));
  ServicePlan second;
  second.stops = {scaled_in(1)};
  second.events = {control::stopped_message("web", std::vector{build::task_id(1)})};
  second.next_wake = at_ms(139'000);
  CHECK(plan(updated, tasks) == second);
}

TEST_CASE("the floor rounds up and the ceiling down") {
  // Of 3 tasks, 50 % to 150 %: at least 2 healthy, at most 4 wanted.
  const Service updated = updating(3, 50, 150);
  const ServicePlan actual = plan(updated, tasks_of(3));
  CHECK(actual.stops == std::vector<control::TaskStop>{scaled_in(1)});
  CHECK(actual.starts == std::vector<TaskStart>{{deployment_id(2), 2}});
}

TEST_CASE("without room above, an update replaces as many at a time as the floor allows") {
  const Service updated = updating(4, 50, 100);
  const ServicePlan first = plan(updated, tasks_of(4));
  CHECK(first.stops == std::vector<control::TaskStop>{scaled_in(1), scaled_in(2)});
  CHECK(first.starts == std::vector<TaskStart>{{deployment_id(2), 2}});
  std::vector<Task> tasks = tasks_of(4);
  tasks[0].desired_status = TaskStatus::stopped;
  tasks[1].desired_status = TaskStatus::stopped;
  tasks.push_back(pending_service_task(5, 2));
  tasks.push_back(pending_service_task(6, 2));
  CHECK(plan(updated, tasks) == ServicePlan{});
}

TEST_CASE("percentages that allow neither a start nor a stop are said so, once") {
  Service updated = updating(1, 100, 100);
  const ServicePlan stuck = plan(updated, tasks_of(1));
  CHECK(stuck.starts.empty());
  CHECK(stuck.stops.empty());
  CHECK(stuck.events == std::vector<std::string>{control::stuck_message("web")});
  schemas::ServiceEvent said;
  said.created_at = later;
  said.message = stuck.events.front();
  updated.events.push_front(said);
  const ServicePlan quiet = plan(updated, tasks_of(1), at_ms(101'000));
  CHECK(quiet.events.empty());
  CHECK(quiet.next_wake == later + defaults.repeat_events_after);
}

TEST_CASE("of old tasks those that serve nobody go at once, then the oldest first") {
  const Service updated = updating(2, 100, 200);
  std::vector<Task> tasks = {service_task(1), service_task(2), pending_service_task(3),
                             service_task(4, 2), pending_service_task(5, 2)};
  tasks[1].health = HealthStatus::unhealthy;
  const ServicePlan actual = plan(updated, tasks);
  CHECK(actual.stops == std::vector<control::TaskStop>{scaled_in(2), scaled_in(3)});
}

TEST_CASE("two updates in short succession do not stop what serves") {
  // Nothing is healthy by the 40 s rule yet, but the tasks of deployment 1 answer requests.
  const Service updated = updating(2, 100, 200);
  const std::vector<Task> tasks = {service_task(1, 1, at_ms(90'000)),
                                   service_task(2, 1, at_ms(91'000))};
  CHECK(plan(updated, tasks).stops.empty());
}

TEST_CASE("an old deployment leaves the service only when its last task has stopped") {
  Service updated = updating(1, 100, 200);
  std::vector<Task> tasks = {service_task(1), service_task(2, 2)};
  tasks[0].desired_status = TaskStatus::stopped;
  CHECK(plan(updated, tasks) == ServicePlan{});
  tasks[0].last_status = TaskStatus::stopped;
  const ServicePlan over = plan(updated, tasks);
  CHECK(over.deployments ==
        std::vector<DeploymentChange>{{deployment_id(1), DeploymentChange::Kind::removed},
                                      {deployment_id(2), DeploymentChange::Kind::completed}});
  control::settle(updated, over, later);
  REQUIRE(updated.deployments.size() == 1);
  CHECK(updated.deployments.front().id == deployment_id(2));
}

TEST_CASE("a draining host's pending tasks stop at once and its running ones when replaced") {
  const Service done = steady(2);
  std::vector<Task> tasks = {service_task(1), service_task(2)};
  std::vector<ServiceTask> view = seen(tasks);
  view[0].host = HostCondition::leaving;
  ServicePlan start;
  start.starts = {{deployment_id(1), 1}};
  CHECK(control::plan_service(done, view, defaults, later) == start);

  tasks.push_back(service_task(3));
  view = seen(tasks);
  view[0].host = HostCondition::leaving;
  CHECK(control::plan_service(done, view, defaults, later).stops ==
        std::vector<control::TaskStop>{scaled_in(1)});

  tasks = {pending_service_task(1), service_task(2)};
  view = seen(tasks);
  view[0].host = HostCondition::leaving;
  const ServicePlan pending = control::plan_service(done, view, defaults, later);
  CHECK(pending.stops == std::vector<control::TaskStop>{scaled_in(1)});
}

TEST_CASE("an unhealthy task is replaced first and stopped when its replacement is healthy") {
  const Service done = steady(2);
  std::vector<Task> tasks = tasks_of(2);
  tasks[0].health = HealthStatus::unhealthy;
  ServicePlan start;
  start.starts = {{deployment_id(1), 1}};
  CHECK(plan(done, tasks) == start);
  tasks.push_back(service_task(3));
  const ServicePlan stop = plan(done, tasks);
  REQUIRE(stop.stops.size() == 1);
  CHECK(stop.stops.front().task == build::task_id(1));
  CHECK(stop.stops.front().reason == "Task failed container health checks");
}

TEST_CASE("without room above, unhealthy tasks are replaced one at a time") {
  Service done = steady(3);
  done.deployment_configuration = {50, 100};
  std::vector<Task> tasks = tasks_of(3);
  tasks[0].health = HealthStatus::unhealthy;
  tasks[1].health = HealthStatus::unhealthy;
  CHECK(plan(done, tasks).stops.size() == 1);
  tasks[1].desired_status = TaskStatus::stopped;
  tasks.push_back(pending_service_task(4));
  CHECK(plan(done, tasks).stops.empty());
}

TEST_CASE("an unhealthy task is left alone within the grace period") {
  Service done = steady(1);
  done.health_check_grace_period_s = 200;
  std::vector<Task> tasks = tasks_of(1);
  tasks[0].health = HealthStatus::unhealthy;
  const ServicePlan waiting = plan(done, tasks);
  CHECK(waiting.starts.empty());
  CHECK(waiting.next_wake == at_ms(200'000));
  CHECK(plan(done, tasks, at_ms(200'000)).starts.size() == 1);
}

TEST_CASE("scaling in stops pending tasks first, then keeps the zones balanced") {
  std::vector<Task> tasks = tasks_of(6);
  for (const std::size_t i : {3U, 5U}) {
    in_zone_b(tasks[i]);
  }
  tasks.push_back(pending_service_task(7));
  // Zone a has 1, 2, 3, 5 and the pending 7; zone b has 4 and 6.
  const ServicePlan actual = plan(steady(3), tasks);
  CHECK(actual.stops ==
        std::vector<control::TaskStop>{scaled_in(7), scaled_in(5), scaled_in(3), scaled_in(6)});
}

TEST_CASE("in the fullest zone scaling in takes from the host with the most tasks of the service") {
  std::vector<Task> tasks = tasks_of(4);
  tasks[0].instance = build::instance_id(2);
  tasks[1].instance = build::instance_id(2);
  tasks[2].instance = build::instance_id(3);
  tasks[3].instance = build::instance_id(4);
  CHECK(plan(steady(2), tasks).stops == std::vector<control::TaskStop>{scaled_in(2), scaled_in(4)});
}

TEST_CASE("scaling in never stops a healthy task while one that is not could go") {
  std::vector<Task> tasks = {service_task(1), service_task(2), service_task(3)};
  for (std::int64_t i = 4; i <= 6; ++i) {
    tasks.push_back(service_task(i, 1, at_ms(99'000)));
    in_zone_b(tasks.back());
  }
  CHECK(plan(steady(3), tasks).stops ==
        std::vector<control::TaskStop>{scaled_in(6), scaled_in(5), scaled_in(4)});
}

TEST_CASE("a service that is being deleted stops everything and is inactive when all has stopped") {
  Service gone = steady(0);
  gone.status = ServiceStatus::draining;
  std::vector<Task> tasks = tasks_of(2);
  const ServicePlan stops = plan(gone, tasks);
  CHECK(stops.stops == std::vector<control::TaskStop>{scaled_in(1), scaled_in(2)});
  CHECK(!stops.status.has_value());
  for (Task& task : tasks) {
    task.desired_status = TaskStatus::stopped;
  }
  CHECK(plan(gone, tasks) == ServicePlan{});
  for (Task& task : tasks) {
    task.last_status = TaskStatus::stopped;
  }
  const ServicePlan over = plan(gone, tasks);
  CHECK(over.status == ServiceStatus::inactive);
  control::settle(gone, over, later);
  CHECK(gone.status == ServiceStatus::inactive);
  CHECK(gone.deployments.empty());
  CHECK(plan(gone, tasks) == ServicePlan{});
}

TEST_CASE("a throttled deployment starts nothing until its wait is over, and wakes for it") {
  Service held = service(2);
  held.deployments.front().failed_tasks = 4;
  held.deployments.front().throttled_until = at_ms(104'000);
  const ServicePlan waiting = plan(held, {});
  CHECK(waiting.starts.empty());
  CHECK(waiting.events == std::vector<std::string>{
                              "(service web) is unable to consistently start tasks successfully."});
  CHECK(waiting.next_wake == at_ms(104'000));
  CHECK(plan(held, {}, at_ms(104'000)).starts == std::vector<TaskStart>{{deployment_id(1), 2}});
}

TEST_CASE("a failed deployment starts nothing more") {
  Service failed = service(2);
  failed.deployments.front().rollout_state = schemas::RolloutState::failed;
  CHECK(plan(failed, {}) == ServicePlan{});
}

TEST_CASE("a service of no tasks is steady without any") {
  const ServicePlan actual = plan(service(0), {});
  CHECK(actual.starts.empty());
  CHECK(actual.deployments.size() == 1);
}

TEST_CASE("scaling in passes protected tasks by, until their protection ends") {
  std::vector<Task> tasks = tasks_of(3);
  tasks[2].protected_until = at_ms(160'000);
  CHECK(plan(steady(1), tasks).stops == std::vector<control::TaskStop>{scaled_in(2), scaled_in(1)});
  CHECK(plan(steady(2), tasks, at_ms(160'000)).stops ==
        std::vector<control::TaskStop>{scaled_in(3)});
}

TEST_CASE("while what is protected does not serve yet, scaling in leaves what serves") {
  std::vector<Task> tasks = tasks_of(3);
  tasks.push_back(pending_service_task(4, 1));
  tasks[3].protected_until = at_ms(160'000);
  // Of three that serve and one that cannot be stopped two are wanted: two go on serving.
  const ServicePlan waiting = plan(steady(2), tasks);
  CHECK(waiting.stops.size() == 1);
  CHECK(waiting.starts.empty());
  tasks[3] = service_task(4, 1);
  tasks[3].protected_until = at_ms(160'000);
  CHECK(plan(steady(2), tasks).stops.size() == 2);
}

TEST_CASE("more protected tasks than are wanted stay, are said, and go when their time is over") {
  std::vector<Task> tasks = tasks_of(3);
  tasks[0].protected_until = at_ms(160'000);
  tasks[1].protected_until = at_ms(130'000);
  const ServicePlan held = plan(steady(1), tasks);
  CHECK(held.stops == std::vector<control::TaskStop>{scaled_in(3)});
  REQUIRE(!held.events.empty());
  CHECK(held.events.front() ==
        "(service web) was unable to scale in. Reason: The number of protected tasks are more than "
        "the desired count of tasks.");
  CHECK(held.next_wake == at_ms(130'000));
  tasks.pop_back();
  CHECK(plan(steady(1), tasks, at_ms(130'000)).stops ==
        std::vector<control::TaskStop>{scaled_in(2)});
}

TEST_CASE("a deployment starts its tasks and waits for protected old ones, saying so once") {
  Service updated = updating(2, 100, 200);
  std::vector<Task> tasks = tasks_of(2);
  tasks[0].protected_until = at_ms(500'000);
  CHECK(plan(updated, tasks).starts == std::vector<TaskStart>{{deployment_id(2), 2}});
  for (const std::int64_t number : {3, 4}) {
    tasks.push_back(service_task(number, 2));
  }
  CHECK(plan(updated, tasks).stops == std::vector<control::TaskStop>{scaled_in(2)});
  tasks.erase(tasks.begin() + 1);
  const ServicePlan waiting = plan(updated, tasks);
  CHECK(waiting.stops.empty());
  CHECK(waiting.deployments.empty());
  CHECK(waiting.events == std::vector<std::string>{control::protected_deployment_message("web")});
  CHECK(waiting.next_wake == at_ms(500'000));
  const std::vector<Task> unprotected = [&] {
    std::vector<Task> freed = tasks;
    freed.front().protected_until.reset();
    return freed;
  }();
  CHECK(plan(updated, unprotected).stops == std::vector<control::TaskStop>{scaled_in(1)});
  CHECK(plan(updated, tasks, at_ms(500'000)).stops == std::vector<control::TaskStop>{scaled_in(1)});
}

TEST_CASE("a protected old task still counts towards the floor and the ceiling") {
  const Service updated = updating(4, 50, 100);
  std::vector<Task> tasks = tasks_of(4);
  tasks[0].protected_until = at_ms(500'000);
  tasks[1].protected_until = at_ms(500'000);
  const ServicePlan begun = plan(updated, tasks);
  CHECK(begun.stops == std::vector<control::TaskStop>{scaled_in(3), scaled_in(4)});
  CHECK(begun.starts == std::vector<TaskStart>{{deployment_id(2), 2}});
}

TEST_CASE("a drain waits for protected tasks; failed checks and the service's end do not") {
  std::vector<Task> tasks = tasks_of(1);
  tasks[0].protected_until = at_ms(500'000);
  tasks.push_back(service_task(2));
  const std::vector<ServiceTask> leaving{{&tasks[0], HostCondition::leaving},
                                         {&tasks[1], HostCondition::in_service}};
  const ServicePlan drained = control::plan_service(steady(1), leaving, defaults, later);
  CHECK(drained.stops.empty());
  CHECK(drained.next_wake == at_ms(500'000));

  tasks[0].health = HealthStatus::unhealthy;
  CHECK(plan(steady(1), tasks).stops.size() == 1);

  Service gone = steady(0);
  gone.status = ServiceStatus::draining;
  CHECK(plan(gone, tasks).stops.size() == 2);
}

TEST_CASE("a service is blocked by protection when nothing else keeps it from what it wants") {
  std::vector<Task> tasks = tasks_of(2);
  CHECK_FALSE(control::blocked_by_protection(steady(1), seen(tasks), later));
  tasks[0].protected_until = at_ms(500'000);
  CHECK_FALSE(control::blocked_by_protection(steady(1), seen(tasks), later));
  CHECK(control::blocked_by_protection(steady(0), seen(tasks), later));
  CHECK_FALSE(control::blocked_by_protection(steady(0), seen(tasks), at_ms(500'000)));
  CHECK_FALSE(control::blocked_by_protection(updating(2, 100, 200), seen(tasks), later));
  tasks.pop_back();
  CHECK(control::blocked_by_protection(updating(2, 100, 200), seen(tasks), later));
}

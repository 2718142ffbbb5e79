#include "control/core/deploy/daemon_plan.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "control/core/deploy/service_events.h"
#include "tests/unit/control_core/deploy_builder.h"

using build::at_ms;
using build::deployment_id;
using build::instance_id;
using build::scaled_in;
using build::seen;
using build::service_task;
using build::task_id;
using control::DaemonHost;
using control::DeploymentChange;
using control::DeploySettings;
using control::ServicePlan;
using control::TaskStart;
using schemas::HealthStatus;
using schemas::RolloutState;
using schemas::Service;
using schemas::Task;
using schemas::TaskStatus;
using Standing = DaemonHost::Standing;

namespace {

const DeploySettings usual_settings;
const schemas::Instant much_later = at_ms(100'000);

/// A daemon with deployment 1 and the percentages that are its default.
Service daemon(std::int64_t hosts) {
  Service made = build::service(hosts);
  made.scheduling_strategy = schemas::SchedulingStrategy::daemon;
  made.deployment_configuration = {.minimum_healthy_percent = 0, .maximum_percent = 100};
  return made;
}

/// The same when its first deployment is done.
Service steady_daemon(std::int64_t hosts) {
  Service made = daemon(hosts);
  made.deployments.front().rollout_state = RolloutState::completed;
  schemas::ServiceEvent event;
  event.created_at = at_ms(90'000);
  event.message = control::steady_state_message("web");
  made.events.push_front(event);
  return made;
}

/// The same when deployment 2 replaces what there is.
Service updated_daemon(std::int64_t hosts, std::int64_t minimum, std::int64_t maximum) {
  Service made = steady_daemon(hosts);
  made.deployment_configuration.minimum_healthy_percent = minimum;
  made.deployment_configuration.maximum_percent = maximum;
  control::begin_deployment(made, deployment_id(2), build::specification(), at_ms(95'000));
  return made;
}

/// Task and host have the same number.
Task on_host(std::int64_t number, std::int64_t host, std::int64_t deployment = 1,
             schemas::Instant since = at_ms(0)) {
  Task task = service_task(number, deployment, since);
  task.instance = instance_id(host);
  return task;
}

std::vector<Task> one_on_each(std::int64_t hosts) {
  std::vector<Task> tasks;
  for (std::int64_t number = 1; number <= hosts; ++number) {
    tasks.push_back(on_host(number, number));
  }
  return tasks;
}

std::vector<DaemonHost> open_hosts(std::int64_t count) {
  std::vector<DaemonHost> hosts;
  for (std::int64_t number = 1; number <= count; ++number) {
    hosts.push_back({.instance = instance_id(number), .standing = Standing::open});
  }
  return hosts;
}

TaskStart start_on(std::int64_t host, std::int64_t deployment = 1) {
  return {deployment_id(deployment), 1, instance_id(host)};
}

ServicePlan planned_for(const Service& of, const std::vector<Task>& tasks,
                        const std::vector<DaemonHost>& hosts, schemas::Instant now = much_later) {
  return control::plan_daemon(of, seen(tasks), hosts, usual_settings, now);
}

void tell_to_stop(Task& task) { task.desired_status = TaskStatus::stopped; }

}  // namespace

TEST_CASE("a daemon wants one task on each host that it belongs on, and names the hosts") {
  const ServicePlan planned = planned_for(daemon(0), {}, open_hosts(3));
  CHECK(planned.starts == std::vector{start_on(1), start_on(2), start_on(3)});
  CHECK(planned.desired_count == 3);
  CHECK(planned.stops.empty());
}

TEST_CASE("a daemon that has a task on each host is left alone") {
  CHECK(planned_for(steady_daemon(3), one_on_each(3), open_hosts(3)).starts.empty());
  CHECK(planned_for(steady_daemon(3), one_on_each(3), open_hosts(3)).stops.empty());
  CHECK_FALSE(planned_for(steady_daemon(3), one_on_each(3), open_hosts(3)).desired_count);
}

TEST_CASE("a daemon's task that stops is followed by another on its host once it has stopped") {
  std::vector<Task> tasks = one_on_each(2);
  tell_to_stop(tasks[1]);
  CHECK(planned_for(steady_daemon(2), tasks, open_hosts(2)).starts.empty());
  tasks[1].last_status = TaskStatus::stopped;
  CHECK(planned_for(steady_daemon(2), tasks, open_hosts(2)).starts == std::vector{start_on(2)});
}

TEST_CASE("a daemon's deployment is done when every host has a healthy task of it") {
  std::vector<Task> tasks = {on_host(1, 1), on_host(2, 2, 1, at_ms(80'000))};
  const ServicePlan early = planned_for(daemon(2), tasks, open_hosts(2));
  CHECK(early.deployments.empty());
  CHECK(early.next_wake == at_ms(120'000));
  const ServicePlan done = planned_for(daemon(2), tasks, open_hosts(2), at_ms(120'000));
  CHECK(done.deployments ==
        std::vector<DeploymentChange>{{deployment_id(1), DeploymentChange::Kind::completed}});
  CHECK(done.events == std::vector{control::deployment_completed_message("web", deployment_id(1)),
                                   control::steady_state_message("web")});
}

TEST_CASE("a daemon of a cluster without hosts wants nothing and is steady") {
  const ServicePlan planned = planned_for(daemon(0), {}, {});
  CHECK(planned.starts.empty());
  CHECK(planned.events.back() == control::steady_state_message("web"));
}

TEST_CASE("on a host that is drained a daemon stays until the others are gone") {
  std::vector<DaemonHost> hosts = open_hosts(2);
  hosts[1].standing = Standing::draining;
  ServicePlan planned = planned_for(steady_daemon(2), one_on_each(2), hosts);
  CHECK(planned.stops.empty());
  CHECK(planned.desired_count == 1);
  hosts[1].standing = Standing::emptied;
  planned = planned_for(steady_daemon(1), one_on_each(2), hosts);
  CHECK(planned.stops == std::vector{scaled_in(2)});
  CHECK(planned.starts.empty());
}

TEST_CASE("a deployment does not wait for hosts that are drained") {
  std::vector<DaemonHost> hosts = open_hosts(2);
  hosts[1].standing = Standing::draining;
  const Service updated = updated_daemon(1, 0, 100);
  const std::vector<Task> tasks = {on_host(2, 2), on_host(3, 1, 2)};
  const ServicePlan planned = planned_for(updated, tasks, hosts);
  CHECK(planned.deployments ==
        std::vector<DeploymentChange>{{deployment_id(2), DeploymentChange::Kind::completed}});
  CHECK(planned.stops.empty());
}

TEST_CASE("a host that a daemon no longer belongs on loses it at once, whatever the floor") {
  std::vector<DaemonHost> hosts = open_hosts(2);
  hosts[0].standing = Standing::unfit;
  Service held = steady_daemon(2);
  held.deployment_configuration.minimum_healthy_percent = 50;
  const ServicePlan planned = planned_for(held, one_on_each(2), hosts);
  CHECK(planned.stops == std::vector{scaled_in(1)});
  CHECK(planned.desired_count == 1);
}

TEST_CASE("a host that is away keeps its daemon and gets none") {
  std::vector<DaemonHost> hosts = open_hosts(2);
  hosts[0].standing = Standing::away;
  ServicePlan planned = planned_for(steady_daemon(2), one_on_each(2), hosts);
  CHECK(planned.stops.empty());
  CHECK_FALSE(planned.desired_count);
  planned = planned_for(steady_daemon(2), {on_host(2, 2)}, hosts);
  CHECK(planned.starts.empty());
  CHECK(planned.desired_count == 1);
}

TEST_CASE("a daemon is replaced host by host: it stops first, as far as the floor allows") {
  const Service updated = updated_daemon(4, 75, 100);
  std::vector<Task> tasks = one_on_each(4);
  const ServicePlan first = planned_for(updated, tasks, open_hosts(4));
  CHECK(first.stops == std::vector{scaled_in(1)});
  CHECK(first.starts.empty());
  tasks[0].desired_status = TaskStatus::stopped;
  CHECK(planned_for(updated, tasks, open_hosts(4)).stops.empty());
  tasks[0].last_status = TaskStatus::stopped;
  const ServicePlan second = planned_for(updated, tasks, open_hosts(4));
  CHECK(second.starts == std::vector{start_on(1, 2)});
  CHECK(second.stops.empty());
  tasks.push_back(on_host(5, 1, 2, at_ms(99'000)));
  CHECK(planned_for(updated, tasks, open_hosts(4)).stops.empty());
  tasks.back() = on_host(5, 1, 2);
  CHECK(planned_for(updated, tasks, open_hosts(4)).stops == std::vector{scaled_in(2)});
}

TEST_CASE("with a floor of 0 a daemon is replaced on all hosts at once") {
  CHECK(planned_for(updated_daemon(3, 0, 100), one_on_each(3), open_hosts(3)).stops.size() == 3);
}

TEST_CASE("where maximumPercent leaves room a daemon's successor comes first, on the same host") {
  const Service updated = updated_daemon(2, 100, 150);
  std::vector<Task> tasks = one_on_each(2);
  const ServicePlan first = planned_for(updated, tasks, open_hosts(2));
  CHECK(first.starts == std::vector{start_on(1, 2)});
  CHECK(first.stops.empty());
  tasks.push_back(on_host(3, 1, 2, at_ms(99'000)));
  const ServicePlan second = planned_for(updated, tasks, open_hosts(2));
  CHECK(second.starts.empty());
  CHECK(second.stops.empty());
  tasks.back() = on_host(3, 1, 2);
  const ServicePlan third = planned_for(updated, tasks, open_hosts(2));
  CHECK(third.stops == std::vector{scaled_in(1)});
}

TEST_CASE(
    "an update amid an update leaves the better of two old tasks until its successor is there") {
  Service again = updated_daemon(2, 0, 200);
  control::begin_deployment(again, deployment_id(3), build::specification(), at_ms(99'000));
  std::vector<Task> tasks = one_on_each(2);
  tasks.push_back(on_host(3, 1, 2, at_ms(98'000)));
  tasks.back().last_status = TaskStatus::pending;
  const ServicePlan first = planned_for(again, tasks, open_hosts(2));
  CHECK(first.stops == std::vector{scaled_in(3, 2)});
  CHECK(first.starts == std::vector{start_on(2, 3)});
  tasks.back().desired_status = TaskStatus::stopped;
  tasks.back().last_status = TaskStatus::stopped;
  tasks.push_back(on_host(4, 2, 3, at_ms(99'000)));
  CHECK(planned_for(again, tasks, open_hosts(2)).starts == std::vector{start_on(1, 3)});
}

TEST_CASE(
    "where a host has no room for two of a daemon its task stops first, if the floor allows") {
  std::vector<DaemonHost> hosts = open_hosts(2);
  hosts[0].has_room = false;
  const ServicePlan allowed = planned_for(updated_daemon(2, 50, 150), one_on_each(2), hosts);
  CHECK(allowed.stops == std::vector{scaled_in(1)});
  CHECK(allowed.starts == std::vector{start_on(2, 2)});
  const ServicePlan held = planned_for(updated_daemon(2, 100, 200), one_on_each(2), hosts);
  CHECK(held.stops.empty());
  CHECK(held.starts == std::vector{start_on(2, 2), start_on(1, 2)});
}

TEST_CASE("a protected task of a daemon is neither replaced nor drained until it is no longer") {
  std::vector<Task> tasks = one_on_each(1);
  tasks[0].protected_until = at_ms(150'000);
  const ServicePlan update = planned_for(updated_daemon(1, 0, 100), tasks, open_hosts(1));
  CHECK(update.stops.empty());
  CHECK(update.next_wake == at_ms(150'000));
  CHECK(update.events == std::vector{control::protected_deployment_message("web")});
  std::vector<DaemonHost> hosts = open_hosts(1);
  hosts[0].standing = Standing::emptied;
  CHECK(planned_for(steady_daemon(0), tasks, hosts).stops.empty());
  CHECK(planned_for(steady_daemon(0), tasks, hosts, at_ms(150'000)).stops ==
        std::vector{scaled_in(1)});
}

TEST_CASE("percentages that neither let a daemon stop nor start are an event") {
  const ServicePlan planned =
      planned_for(updated_daemon(1, 100, 150), one_on_each(1), open_hosts(1));
  CHECK(planned.stops.empty());
  CHECK(planned.starts.empty());
  CHECK(planned.events == std::vector{control::stuck_message("web")});
}

TEST_CASE("a daemon that waits in vain for room on another host says that its update is stuck") {
  // One of two must serve, and host 2 takes none: what runs on host 1 cannot be replaced.
  const Service updated = updated_daemon(2, 50, 100);
  std::vector<DaemonHost> hosts = open_hosts(2);
  hosts[1].has_room = false;
  const std::vector<Task> tasks{on_host(1, 1)};
  const ServicePlan planned = planned_for(updated, tasks, hosts);
  CHECK(planned.starts == std::vector<TaskStart>{start_on(2, 2)});
  CHECK(planned.stops.empty());
  CHECK(planned.events == std::vector{control::stuck_message("web")});
}

TEST_CASE("an old task of a daemon that serves nobody goes at once") {
  std::vector<Task> tasks = one_on_each(2);
  tasks[1].last_status = TaskStatus::pending;
  CHECK(planned_for(updated_daemon(2, 100, 149), tasks, open_hosts(2)).stops ==
        std::vector{scaled_in(2)});
}

TEST_CASE("an unhealthy daemon stops and is followed, one host after the other") {
  std::vector<Task> tasks = one_on_each(3);
  tasks[0].health = HealthStatus::unhealthy;
  tasks[2].health = HealthStatus::unhealthy;
  const ServicePlan first = planned_for(steady_daemon(3), tasks, open_hosts(3));
  REQUIRE(first.stops.size() == 1);
  CHECK(first.stops.front().task == task_id(1));
  CHECK(first.stops.front().reason == control::failed_checks_reason);
  tell_to_stop(tasks[0]);
  CHECK(planned_for(steady_daemon(3), tasks, open_hosts(3)).stops.empty());
}

TEST_CASE(
    "an unhealthy daemon that mends itself beside its successor is kept, and the other goes") {
  Service roomy = steady_daemon(1);
  roomy.deployment_configuration.maximum_percent = 200;
  std::vector<Task> tasks = one_on_each(1);
  tasks[0].health = HealthStatus::unhealthy;
  CHECK(planned_for(roomy, tasks, open_hosts(1)).starts == std::vector{start_on(1)});
  tasks.push_back(on_host(2, 1));
  tasks[0].health = HealthStatus::healthy;
  const ServicePlan planned = planned_for(roomy, tasks, open_hosts(1));
  CHECK(planned.stops == std::vector{scaled_in(2)});
  CHECK(planned.starts.empty());
}

TEST_CASE("a host that has no room for a daemon keeps nobody else from being mended") {
  std::vector<Task> tasks = one_on_each(2);
  tasks[0].health = HealthStatus::unhealthy;
  const ServicePlan planned = planned_for(steady_daemon(3), tasks, open_hosts(3));
  CHECK(planned.starts == std::vector{start_on(3)});
  REQUIRE(planned.stops.size() == 1);
  CHECK(planned.stops.front().task == task_id(1));
}

TEST_CASE("a daemon whose tasks keep failing waits, and takes away no task that serves") {
  Service updated = updated_daemon(2, 0, 100);
  updated.deployments.front().failed_tasks = 3;
  updated.deployments.front().throttled_until = at_ms(130'000);
  const ServicePlan planned = planned_for(updated, {on_host(2, 2)}, open_hosts(2));
  CHECK(planned.starts.empty());
  CHECK(planned.stops.empty());
  CHECK(planned.next_wake == at_ms(130'000));
  CHECK(planned.events == std::vector{control::failing_message("web")});
}

TEST_CASE("the circuit breaker gives up a daemon's deployment and goes back to the last") {
  Service updated = updated_daemon(2, 0, 100);
  updated.deployment_configuration.circuit_breaker = {.enable = true, .rollback = true};
  updated.deployments.front().breaker_failures = 3;
  updated.last_completed = deployment_id(1);
  const ServicePlan planned = planned_for(updated, {on_host(2, 2)}, open_hosts(2));
  CHECK(planned.rollback_to == deployment_id(1));
  CHECK(planned.starts.empty());
}

TEST_CASE("a daemon's deployment that failed starts no tasks, not even on new hosts") {
  Service failed = updated_daemon(2, 0, 100);
  failed.deployments.front().rollout_state = RolloutState::failed;
  const ServicePlan planned = planned_for(failed, one_on_each(2), open_hosts(3));
  CHECK(planned.starts.empty());
  CHECK(planned.stops.empty());
}

TEST_CASE("a daemon that is deleted stops everywhere") {
  Service leaving = steady_daemon(2);
  leaving.status = schemas::ServiceStatus::draining;
  const ServicePlan planned =
      control::plan_service(leaving, seen(one_on_each(2)), usual_settings, much_later);
  CHECK(planned.stops.size() == 2);
}

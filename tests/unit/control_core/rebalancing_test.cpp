// A service at rest is evened out over availability zones.

#include "control/core/deploy/rebalancing.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "control/core/deploy/service_events.h"
#include "control/core/deploy/service_plan.h"
#include "tests/unit/control_core/deploy_builder.h"

using build::at_ms;
using build::deployment_id;
using control::ServicePlan;
using schemas::Service;
using schemas::Task;

namespace {

const control::DeploySettings slow;
const schemas::Instant moment = at_ms(100'000);
const std::vector<std::string> ab{"a", "b"};

Service even(std::int64_t count) {
  Service service = build::service(count);
  service.deployments.front().rollout_state = schemas::RolloutState::completed;
  service.availability_zone_rebalancing = true;
  return service;
}

/// Healthy tasks, numbered through, as many in each zone as said.
std::vector<Task> in_zones(std::int64_t in_a, std::int64_t in_b) {
  std::vector<Task> tasks;
  for (std::int64_t number = 1; number <= in_a + in_b; ++number) {
    Task& task = tasks.emplace_back(build::service_task(number));
    task.availability_zone = number <= in_a ? "a" : "b";
    task.instance = build::instance_id(number <= in_a ? 1 : 2);
  }
  return tasks;
}

ServicePlan step(const Service& service, const std::vector<Task>& tasks,
                 const std::vector<std::string>& zones = ab) {
  return control::plan_service(service, build::seen(tasks), slow, moment, zones);
}

}  // namespace

TEST_CASE("a task starts in the zone that has two fewer than another") {
  const ServicePlan plan = step(even(4), in_zones(3, 1));
  REQUIRE(plan.starts.size() == 1);
  CHECK(plan.starts.front() == control::TaskStart{deployment_id(1), 1, {}, "b"});
  CHECK(plan.stops.empty());
  CHECK(step(even(3), in_zones(2, 1)).starts.empty());
  SUBCASE("also in one that has none, but not where no task could start") {
    CHECK(step(even(2), in_zones(2, 0)).starts.front().zone == "b");
    CHECK(step(even(2), in_zones(2, 0), {"a"}).starts.empty());
  }
}

TEST_CASE("the newcomer is waited for, and then the fullest zone loses one") {
  std::vector<Task> tasks = in_zones(3, 2);
  tasks.back() = build::pending_service_task(5);
  tasks.back().availability_zone = "b";
  CHECK(step(even(4), tasks).stops.empty());
  CHECK(step(even(4), tasks).starts.empty());
  const ServicePlan plan = step(even(4), in_zones(3, 2));
  REQUIRE(plan.stops.size() == 1);
  CHECK(plan.stops.front().task == build::task_id(3));
  SUBCASE("whoever asks for fewer tasks meanwhile need not wait") {
    CHECK(step(even(3), tasks).stops.size() == 2);
  }
}

TEST_CASE("nothing moves that need not or may not") {
  Service service = even(4);
  SUBCASE("where it was not asked for") { service.availability_zone_rebalancing = false; }
  SUBCASE("during a deployment") {
    service.deployments.front().rollout_state = schemas::RolloutState::in_progress;
  }
  SUBCASE("where maximumPercent leaves no room") {
    service.deployment_configuration.maximum_percent = 100;
  }
  SUBCASE("where it leaves less than one task") {
    service.deployment_configuration.maximum_percent = 124;
  }
  CHECK(step(service, in_zones(3, 1)).starts.empty());
}

TEST_CASE("a zone whose tasks are all protected loses none, so nothing starts on its account") {
  std::vector<Task> tasks = in_zones(3, 1);
  for (Task& task : tasks) {
    task.protected_until = at_ms(500'000);
  }
  CHECK(step(even(4), tasks).starts.empty());
}

TEST_CASE("that it is balanced is said once, after it was said that it is not") {
  Service service = even(4);
  const auto says = [&service] {
    const std::vector<std::string> events = step(service, in_zones(2, 2)).events;
    return std::find(events.begin(), events.end(),
                     control::balanced_message("web", "2 tasks in a, 2 tasks in b")) !=
           events.end();
  };
  CHECK_FALSE(says());
  schemas::ServiceEvent event;
  event.created_at = at_ms(90'000);
  event.message = control::unbalanced_message("web", "3 tasks in a, 1 tasks in b");
  CHECK(event.message ==
        "(service web) is not AZ balanced with 3 tasks in a, 1 tasks in b. AZ Rebalancing in "
        "progress.");
  service.events.push_front(event);
  CHECK(says());
}

TEST_CASE(
    "what can be evened out is a REPLICA that spreads over zones and may have one task more") {
  Service service = even(2);
  const schemas::PlacementStrategy zones{schemas::PlacementStrategy::Type::spread,
                                         "attribute:ecs.availability-zone"};
  const schemas::PlacementStrategy hosts{schemas::PlacementStrategy::Type::spread, "instanceId"};
  CHECK(control::can_rebalance(service, {}));
  CHECK(control::can_rebalance(service, {zones, hosts}));
  CHECK_FALSE(control::can_rebalance(service, {hosts, zones}));
  service.scheduling_strategy = schemas::SchedulingStrategy::daemon;
  CHECK_FALSE(control::can_rebalance(service, {}));
}

#include <doctest/doctest.h>

#include "tests/unit/agent_core/fake_host.h"

using agent::ContainerProgress;
using agent_test::after;
using agent_test::container;
using agent_test::Essential;
using agent_test::FakeHost;
using agent_test::stopped;
using agent_test::task;
using agent_test::task_id;
using schemas::DependencyCondition;
using schemas::HealthStatus;
using schemas::TaskStatus;

namespace {

struct Timing {
  std::int64_t interval = 10;
  std::int64_t retries = 3;
  std::int64_t start_period = 0;
};

schemas::ContainerAssignment checked(const std::string& name, const Timing& timing = {},
                                     Essential essential = Essential::yes) {
  auto one = container(name, essential);
  one.definition.health_check = {.command = {"CMD", "/check"},
                                 .interval = schemas::Duration(timing.interval * 1'000),
                                 .timeout = schemas::Duration(5'000),
                                 .retries = timing.retries,
                                 .start_period = schemas::Duration(timing.start_period * 1'000)};
  return one;
}

HealthStatus health(const FakeHost& host, std::size_t container = 0) {
  return host.report(1).containers.at(container).health;
}

/// Time passes, and every effect that it brings happens at once.
void live(FakeHost& host, std::int64_t seconds) {
  for (std::int64_t second = 0; second < seconds; ++second) {
    host.pass(1);
    host.settle();
  }
}

}  // namespace

TEST_CASE("a container is UNKNOWN until its first check, an interval after its start") {
  FakeHost host;
  host.assign({task(1, {checked("web")})});
  host.settle();
  live(host, 9);
  CHECK(host.count_of("check web") == 0);
  CHECK(health(host) == HealthStatus::unknown);
  live(host, 1);
  CHECK(host.count_of("check web") == 1);
  CHECK(health(host) == HealthStatus::healthy);
  CHECK(host.task_state(1).record.containers.at(0).health_output == "checked");
  live(host, 20);
  CHECK(host.count_of("check web") == 3);
}

TEST_CASE("the next check comes an interval after the end of the last, never beside it") {
  FakeHost host;
  host.assign({task(1, {checked("web")})});
  host.settle();
  host.pass(40);
  CHECK(host.pending.size() == 1);
  host.settle();
  host.pass(9);
  CHECK(host.pending.empty());
  host.pass(1);
  CHECK(host.pending.size() == 1);
}

TEST_CASE("only failures in a row make a container UNHEALTHY, and one success makes it well") {
  FakeHost host;
  host.assign({task(1, {checked("web")})});
  host.settle();
  live(host, 10);
  host.check_exit_code = 1;
  live(host, 20);
  CHECK(health(host) == HealthStatus::healthy);
  host.check_exit_code = 0;
  live(host, 10);
  host.check_exit_code = 1;
  live(host, 20);
  CHECK(health(host) == HealthStatus::healthy);
  live(host, 10);
  CHECK(health(host) == HealthStatus::unhealthy);
  host.check_exit_code = 0;
  live(host, 10);
  CHECK(health(host) == HealthStatus::healthy);
}

TEST_CASE("a check that cannot be run, or takes too long, is a failure") {
  FakeHost host;
  host.assign({task(1, {checked("web", {.interval = 10, .retries = 1})})});
  host.settle();
  host.fault = [](const agent::Effect& effect) {
    return effect.action == agent::Action::check_health ? "Health check exceeded timeout (5s)" : "";
  };
  live(host, 10);
  CHECK(health(host) == HealthStatus::unhealthy);
  CHECK(host.task_state(1).record.containers.at(0).health_output ==
        "Health check exceeded timeout (5s)");
  CHECK(host.report(1).status == TaskStatus::running);  // whose task it is decides what follows
}

TEST_CASE("failures in the start period do not count, and the first success ends it") {
  FakeHost host;
  host.assign({task(1, {checked("web", {.interval = 10, .retries = 2, .start_period = 60})})});
  host.settle();
  host.check_exit_code = 1;
  SUBCASE("failures count from its end on") {
    live(host, 60);
    CHECK(health(host) == HealthStatus::unknown);
    live(host, 10);
    CHECK(health(host) == HealthStatus::unhealthy);
  }
  SUBCASE("once well, it has no grace left") {
    live(host, 10);
    host.check_exit_code = 0;
    live(host, 10);
    CHECK(health(host) == HealthStatus::healthy);
    host.check_exit_code = 1;
    live(host, 20);
    CHECK(health(host) == HealthStatus::unhealthy);
  }
}

TEST_CASE("what a container's health was outlives the agent") {
  FakeHost host;
  host.assign({task(1, {checked("web")})});
  host.settle();
  live(host, 10);
  host.crash();
  CHECK(health(host) == HealthStatus::healthy);
  host.settle();
  live(host, 10);
  CHECK(health(host) == HealthStatus::healthy);
}

TEST_CASE("a task that stops is checked no more") {
  FakeHost host;
  host.assign({task(1, {checked("web")})});
  host.settle();
  host.assign({stopped(task(1, {}))});
  host.settle();
  host.history.clear();
  host.pass(25);
  CHECK(host.pending.empty());
}

TEST_CASE("HEALTHY holds a dependent back until a check has passed") {
  FakeHost host;
  host.assign(
      {task(1, {checked("db"), after(container("web"), "db", DependencyCondition::healthy)})});
  host.settle();
  CHECK(host.progress(1, "web") == ContainerProgress::pulled);
  CHECK(host.report(1).status == TaskStatus::pending);
  live(host, 9);
  CHECK(host.progress(1, "web") == ContainerProgress::pulled);
  live(host, 1);
  CHECK(host.progress(1, "web") == ContainerProgress::running);
  CHECK(host.report(1).status == TaskStatus::running);
}

TEST_CASE("startTimeout bounds the wait for a dependency's health") {
  FakeHost host;
  auto db = checked("db", {.interval = 10, .retries = 1});
  db.definition.start_timeout = schemas::Duration(15'000);
  host.assign({task(1, {db, after(container("web"), "db", DependencyCondition::healthy)})});
  host.settle();
  host.check_exit_code = 1;
  live(host, 14);
  CHECK_FALSE(host.task_state(1).record.stopping);
  live(host, 1);
  CHECK(host.task_state(1).record.stopping);
  CHECK(host.report(1).stop_code == schemas::StopCode::task_failed_to_start);
  CHECK(host.report(1).stopped_reason ==
        "Container web could not start: it depends on db (HEALTHY), which did not get there within "
        "its startTimeout of 15 seconds");
}

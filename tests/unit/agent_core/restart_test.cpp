#include <doctest/doctest.h>

#include "tests/unit/agent_core/fake_host.h"

using agent::ContainerProgress;
using agent_test::container;
using agent_test::Essential;
using agent_test::FakeHost;
using agent_test::stopped;
using agent_test::task;
using agent_test::task_id;
using schemas::TaskStatus;

namespace {

schemas::ContainerAssignment restarting(const std::string& name) {
  auto one = container(name);
  one.definition.restart_policy = {
      .enabled = true, .ignored_exit_codes = {0, 64}, .attempt_period = schemas::Duration(60'000)};
  return one;
}

const agent::SavedContainer& web(const FakeHost& host) {
  return host.task_state(1).record.containers.at(0);
}

}  // namespace

TEST_CASE("an essential container that ran long enough is started again, and its task runs on") {
  FakeHost host;
  host.assign({task(1, {restarting("web")})});
  host.settle();
  const auto before = host.report(1);
  host.pass(60);
  host.settle();
  host.exit(task_id(1), "web", 1);
  CHECK(host.report(1).containers.at(0).status == schemas::ContainerStatus::running);
  host.settle();
  CHECK(host.report(1) == before);
  CHECK(web(host).progress == ContainerProgress::running);
  CHECK(web(host).restarts == 1);
  CHECK(host.count_of("restart web") == 1);
}

TEST_CASE("a container that ends too early, or with an ignored code, is not started again") {
  FakeHost host;
  host.assign({task(1, {restarting("web")})});
  host.settle();
  SUBCASE("too early") {
    host.pass(59);
    host.settle();
    host.exit(task_id(1), "web", 1);
    CHECK(host.report(1).containers.at(0).exit_code == 1);
  }
  SUBCASE("ignored") {
    host.pass(100);
    host.settle();
    host.exit(task_id(1), "web", 64);
    CHECK(host.report(1).containers.at(0).exit_code == 64);
  }
  SUBCASE("too early after a restart") {
    host.pass(60);
    host.settle();
    host.exit(task_id(1), "web", 1);
    host.settle();
    host.pass(59);
    host.settle();
    host.exit(task_id(1), "web", 2);
    CHECK(host.report(1).containers.at(0).exit_code == 2);
    CHECK(web(host).restarts == 1);
  }
  host.settle();
  CHECK(host.report(1).status == TaskStatus::stopped);
  CHECK(host.report(1).stop_code == schemas::StopCode::essential_container_exited);
}

TEST_CASE("a task that is told to stop restarts nothing") {
  FakeHost host;
  host.assign({task(1, {restarting("web")})});
  host.settle();
  host.pass(60);
  host.assign({stopped(task(1, {}))});
  host.settle();
  host.exit(task_id(1), "web", 143);
  host.settle();
  CHECK(host.report(1).status == TaskStatus::stopped);
  CHECK(host.count_of("restart web") == 0);
}

TEST_CASE("a restart that cannot be made is the end of the container as its last run left it") {
  FakeHost host;
  host.assign({task(1, {restarting("web")})});
  host.settle();
  host.pass(60);
  host.settle();
  host.fault = [](const agent::Effect& effect) {
    return effect.action == agent::Action::restart_container ? "CannotStartContainerError: no" : "";
  };
  host.exit(task_id(1), "web", 3);
  host.settle();
  CHECK(host.report(1).status == TaskStatus::stopped);
  CHECK(host.report(1).containers.at(0).exit_code == 3);
  CHECK(host.report(1).containers.at(0).reason == "CannotStartContainerError: no");
}

TEST_CASE("an agent that dies between an end and the next run makes that run, once") {
  FakeHost host;
  host.assign({task(1, {restarting("web")})});
  host.settle();
  host.pass(60);
  host.settle();
  SUBCASE("before the restart was carried out") {
    host.exit(task_id(1), "web", 1);
    host.crash();
  }
  SUBCASE("before the end was heard of") {
    auto& one = host.containers.begin()->second;
    one.condition = agent_test::FakeContainer::Condition::exited;
    one.exit_code = 1;
    one.finished_at = host.now.wall;
    host.crash();
  }
  SUBCASE("after the restart was carried out, before that was heard of") {
    host.exit(task_id(1), "web", 1);
    const agent::HostState ignored = host.state;
    const auto saved = host.saved;
    host.perform(0);
    host.state = ignored;
    host.saved = saved;
    host.crash();
  }
  host.settle();
  CHECK(host.report(1).status == TaskStatus::running);
  CHECK(web(host).progress == ContainerProgress::running);
  CHECK(web(host).restarts == 1);
  CHECK(host.starts.begin()->second == 2);
}

TEST_CASE("a container that ended early while the agent was away is not started again") {
  FakeHost host;
  host.assign({task(1, {restarting("web")})});
  host.settle();
  host.pass(5);
  auto& one = host.containers.begin()->second;
  one.condition = agent_test::FakeContainer::Condition::exited;
  one.exit_code = 1;
  one.finished_at = host.now.wall;
  host.pass(600);
  host.crash();
  host.settle();
  CHECK(host.report(1).status == TaskStatus::stopped);
}

TEST_CASE("health begins anew with each run") {
  FakeHost host;
  auto one = restarting("web");
  one.definition.health_check.emplace();
  one.definition.health_check->interval = schemas::Duration(10'000);
  host.assign({task(1, {one})});
  host.settle();
  for (int second = 0; second < 60; ++second) {
    host.pass(1);
    host.settle();
  }
  CHECK(host.report(1).containers.at(0).health == schemas::HealthStatus::healthy);
  host.exit(task_id(1), "web", 1);
  host.settle();
  CHECK(host.report(1).containers.at(0).health == schemas::HealthStatus::unknown);
}

#include "agent/core/host.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "tests/unit/agent_core/fake_host.h"

using agent_test::container;
using agent_test::FakeHost;
using agent_test::stopped;
using agent_test::task;
using agent_test::task_id;
using schemas::NetworkMode;
using schemas::TaskStatus;

TEST_CASE("an assignment told again, late or twice at once changes nothing") {
  FakeHost host;
  const auto web = task(1, {container("web")});
  host.assign({web});
  const auto asked = host.pending.size();
  host.assign({web});
  CHECK(host.pending.size() == asked);
  host.settle();
  host.assign({web});
  CHECK(host.pending.empty());
  CHECK(host.starts.size() == 1);

  // A stop is never taken back by an assignment that was overtaken.
  host.assign({stopped(web)});
  host.assign({web});
  host.settle();
  host.exit(task_id(1), "web", 143);
  host.settle();
  host.assign({web});
  host.settle();
  CHECK(host.report(1).status == TaskStatus::stopped);
  CHECK(host.starts.begin()->second == 1);
}

TEST_CASE("an answer to a question that was asked from an older state is dropped") {
  FakeHost host;
  schemas::SyncAnswer first;
  first.version = 7;
  first.full = true;
  first.tasks_set = {task(1, {container("web")})};
  host.event(agent::Answered{first, std::nullopt});
  CHECK(host.state.held_version == 7);
  schemas::SyncAnswer late;
  late.version = 6;
  late.full = true;
  host.event(agent::Answered{late, std::nullopt});
  CHECK(host.state.held_version == 7);
  CHECK_FALSE(host.task_state(1).record.stopping);
}

TEST_CASE("a task that a full answer does not name is stopped and then forgotten") {
  FakeHost host;
  host.assign({task(1, {container("web")}), task(2, {container("web2")})});
  host.settle();
  schemas::SyncAnswer full;
  full.version = 9;
  full.full = true;
  full.tasks_set = {task(2, {container("web2")})};
  host.answer(full);
  host.settle();
  CHECK(host.report(1).status == TaskStatus::stopping);
  CHECK(host.report(2).status == TaskStatus::running);
  host.exit(task_id(1), "web", 0);
  host.settle();
  CHECK(host.report(1).status == TaskStatus::stopped);
  CHECK(host.logs.contains(task_id(1)));
  host.pass(3600);
  host.settle();
  CHECK_FALSE(host.state.tasks.contains(task_id(1)));
  CHECK_FALSE(host.saved.contains(task_id(1)));
  CHECK_FALSE(host.logs.contains(task_id(1)));
}

TEST_CASE("a task to be stopped that was never here is reported stopped at once") {
  FakeHost host;
  host.assign({stopped(task(1, {container("web")}))});
  CHECK(host.pending.empty());
  CHECK(host.report(1).status == TaskStatus::stopped);
  CHECK(host.report(1).containers.at(0).status == schemas::ContainerStatus::stopped);
}

TEST_CASE("a report is repeated until control has it, and a later change is a new report") {
  FakeHost host;
  host.assign({task(1, {container("web")})});
  const schemas::SyncRequest first = agent::sync_request(host.state);
  CHECK(first.tasks.size() == 1);
  CHECK(agent::sync_request(host.state).report_sequence == first.report_sequence);
  host.settle();
  schemas::SyncAnswer answer;
  answer.version = 1;
  answer.acknowledged = first.report_sequence;
  host.answer(answer);
  const schemas::SyncRequest second = agent::sync_request(host.state);
  REQUIRE(second.tasks.size() == 1);  // it has moved on since the first was sent
  CHECK(second.tasks.front().status == TaskStatus::running);
  answer.acknowledged = second.report_sequence;
  host.answer(answer);
  CHECK(agent::sync_request(host.state).tasks.empty());
  CHECK(agent::sync_request(host.state).report_sequence == second.report_sequence);
}

TEST_CASE("an acknowledgement from another life of this identity says nothing") {
  FakeHost host;
  host.assign({task(1, {container("web")})});
  schemas::SyncAnswer answer;
  answer.acknowledged = host.state.change + 1'000'000;
  answer.version = 2;
  host.answer(answer);
  CHECK(agent::sync_request(host.state).tasks.size() == 1);
}

TEST_CASE("after a full answer everything is reported anew") {
  FakeHost host;
  host.assign({task(1, {container("web")})});
  host.settle();
  schemas::SyncAnswer answer;
  answer.version = 5;
  answer.acknowledged = host.state.change;
  host.answer(answer);
  CHECK(agent::sync_request(host.state).tasks.empty());
  answer.full = true;
  answer.tasks_set = {task(1, {container("web")})};
  host.answer(answer);
  CHECK(agent::sync_request(host.state).tasks.size() == 1);
}

TEST_CASE("a long absence is reported in pieces that control accepts") {
  FakeHost host;
  for (std::uint64_t number = 1; number <= 30; ++number) {
    host.assign({agent_test::metered(task(number, {container("c")}, NetworkMode::host))});
  }
  host.settle();
  for (int i = 0; i < 3000; ++i) {
    host.pass(1);
    host.settle();
  }
  CHECK(host.state.meters.size() > 1000);
  std::size_t meters = 0;
  for (int round = 0; round < 10; ++round) {
    const schemas::SyncRequest request = agent::sync_request(host.state);
    CHECK(request.tasks.size() + request.meters.size() <= 1000);
    meters += request.meters.size();
    schemas::SyncAnswer answer;
    answer.acknowledged = request.report_sequence;
    answer.version = 30;
    host.answer(answer);
  }
  CHECK(meters == host.all_meters.size());
  CHECK(host.state.meters.empty());
}

TEST_CASE("the network is applied before an interface is handed out, and again when it failed") {
  FakeHost host;
  std::int64_t refusals = 1;
  host.fault = [&](const agent::Effect& effect) {
    return effect.action == agent::Action::apply_network && refusals-- > 0 ? "busy" : "";
  };
  host.assign({task(1, {container("web")}, NetworkMode::awsvpc)});
  host.settle();
  CHECK(host.report(1).status == TaskStatus::pending);
  CHECK_FALSE(host.task_state(1).eni_ready);
  CHECK(agent::next_wake_ns(host.state, host.now).has_value());
  host.pass(1);
  host.settle();
  CHECK(host.report(1).status == TaskStatus::running);
}

TEST_CASE("the logs of stopped tasks go oldest first when they take too much") {
  FakeHost host;
  host.state.policy.stopped_log_bytes_max = 2500;  // each task's take 1000
  for (std::uint64_t number = 1; number <= 3; ++number) {
    host.assign({task(number, {container("web" + std::to_string(number))})});
    host.settle();
    host.exit(task_id(number), "web" + std::to_string(number), 0);
    host.settle();
    host.pass(1);
  }
  CHECK_FALSE(host.logs.contains(task_id(1)));
  CHECK(host.logs.contains(task_id(2)));
  CHECK(host.logs.contains(task_id(3)));
}

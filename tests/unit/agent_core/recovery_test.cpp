#include "agent/core/recovery.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "schemas/base/random.h"
#include "tests/unit/agent_core/fake_host.h"

using agent::Boot;
using agent_test::after;
using agent_test::container;
using agent_test::Essential;
using agent_test::FakeContainer;
using agent_test::FakeHost;
using agent_test::metered;
using agent_test::stopped;
using agent_test::task;
using agent_test::task_id;
using schemas::DependencyCondition;
using schemas::NetworkMode;
using schemas::TaskStatus;

TEST_CASE("an agent that comes back finds its tasks running and starts none again") {
  FakeHost host;
  host.assign({task(1, {container("web")}, NetworkMode::awsvpc)});
  host.settle();
  const schemas::TaskReport before = host.report(1);
  host.crash();
  host.history.clear();
  host.settle();
  CHECK(host.report(1) == before);
  CHECK(std::count(host.history.begin(), host.history.end(), "start web") == 0);
  CHECK(std::count(host.history.begin(), host.history.end(), "attach") == 1);  // sockets reopen
  CHECK(agent::sync_request(host.state).tasks.size() == 1);
  CHECK_FALSE(agent::sync_request(host.state).have_version.has_value());
}

TEST_CASE("a container that ended while the agent was away is reported with its exit code") {
  FakeHost host;
  host.assign({task(1, {container("web")})});
  host.settle();
  host.containers.begin()->second = {task_id(1), FakeContainer::Condition::exited, 42};
  host.crash();
  host.settle();
  CHECK(host.report(1).status == TaskStatus::stopped);
  CHECK(host.report(1).containers.at(0).exit_code == 42);
  CHECK(host.containers.empty());
}

TEST_CASE("a network that cannot be made sure of does not end a task that runs") {
  FakeHost host;
  host.assign({task(1, {container("web")}, NetworkMode::awsvpc)});
  host.settle();
  std::int64_t refusals = 2;
  host.fault = [&](const agent::Effect& effect) {
    return effect.action == agent::Action::attach_network && refusals-- > 0 ? "busy" : "";
  };
  host.crash();
  host.settle();
  CHECK(host.report(1).status == TaskStatus::running);
  for (int i = 0; i < 5; ++i) {
    host.pass(1);
    host.settle();
  }
  CHECK(host.report(1).status == TaskStatus::running);
  CHECK(host.task_state(1).sandboxes.at(0).phase == agent::SandboxPhase::ready);
}

TEST_CASE("after a restart of the host its tasks have ended, and nothing of them is started") {
  FakeHost host;
  host.assign({task(1, {container("web")}, NetworkMode::awsvpc)});
  host.settle();
  host.crash(Boot::changed);
  host.settle();
  CHECK(host.report(1).status == TaskStatus::stopped);
  CHECK(host.report(1).containers.at(0).reason == "The host restarted while the container ran");
  CHECK(host.starts.begin()->second == 1);
}

TEST_CASE("what an earlier process knew is begun only when control has named it to this one") {
  // A loss of power takes the last writes along: the disk may remember a task as waiting that has
  // long stopped, and that control will not name again.
  for (const agent::Boot boot : {agent::Boot::changed, agent::Boot::same}) {
    FakeHost host;
    const auto web = task(1, {container("web")}, NetworkMode::awsvpc);
    host.assign({web});
    host.crash(boot);
    host.settle();
    CHECK(host.containers.empty());
    CHECK(host.starts.empty());
    CHECK(host.count_of("attach") == 0);  // its address may be another's by now
    host.assign({web});
    host.settle();
    CHECK(host.starts.size() == 1);
    CHECK(host.report(1).status == TaskStatus::running);
  }
}

TEST_CASE("an end that was written down before the host restarted is reported with its code") {
  FakeHost host;
  host.assign({task(1, {container("job")}, NetworkMode::awsvpc)});
  host.settle();
  host.containers.begin()->second = {task_id(1), FakeContainer::Condition::exited, 7};
  host.crash(Boot::changed);
  host.settle();
  CHECK(host.report(1).status == TaskStatus::stopped);
  CHECK(host.report(1).containers.at(0).exit_code == 7);
}

namespace {

/// What must hold at every moment, whatever has happened.
class Watch {
 public:
  void look(const FakeHost& host) {
    for (const auto& [id, count] : host.starts) {
      CHECK_MESSAGE(count <= 1 + restarts_of(host, id), "a run was started twice");
    }
    for (const auto& [id, one] : host.state.tasks) {
      const TaskStatus now = one.record.status;
      CHECK_MESSAGE(now >= status_[id], "a status went back");
      status_[id] = now;
      CHECK_MESSAGE(host.saved.contains(id), "a task is known that is not saved");
    }
    for (const auto& [id, one] : host.containers) {
      CHECK_MESSAGE(host.saved.contains(one.task), "a container that no later process knows");
    }
    for (const auto& [id, index] : host.sandboxes) {
      CHECK_MESSAGE(host.saved.contains(id), "a namespace that no later process knows");
    }
  }

 private:
  static std::int64_t restarts_of(const FakeHost& host, const schemas::ContainerId& id) {
    for (const auto& [task, one] : host.state.tasks) {
      for (std::size_t i = 0; i < one.record.containers.size(); ++i) {
        if (one.assignment().containers[i].id == id) {
          return one.record.containers[i].restarts;
        }
      }
    }
    return 0;
  }

  std::map<schemas::TaskId, TaskStatus> status_;
};

std::vector<schemas::TaskAssignment> workload(schemas::Random& random) {
  std::vector<schemas::TaskAssignment> tasks;
  const std::uint64_t count = 1 + random.below(3);
  for (std::uint64_t number = 1; number <= count; ++number) {
    const std::string tag = std::to_string(number);
    auto setup = container("setup" + tag, Essential::no);
    auto main = container("main" + tag);
    auto side = container("side" + tag, Essential::no);
    const auto condition = static_cast<DependencyCondition>(random.below(4));
    if (condition == DependencyCondition::healthy || random.chance(300)) {
      setup.definition.health_check.emplace();
      setup.definition.health_check->interval = schemas::Duration(5'000);
    }
    for (auto* one : {&setup, &main, &side}) {
      if (random.chance(300)) {
        one->definition.restart_policy = {.enabled = true,
                                          .ignored_exit_codes = {9},
                                          .attempt_period = schemas::Duration(60'000)};
      }
    }
    auto mode = random.chance(500) ? NetworkMode::awsvpc : NetworkMode::bridge;
    tasks.push_back(task(number,
                         {setup, after(main, "setup" + tag, condition),
                          after(side, "main" + tag, DependencyCondition::start)},
                         mode));
    tasks.back().metered = random.chance(500);
  }
  return tasks;
}

void exit_one(FakeHost& host, schemas::Random& random) {
  std::vector<schemas::ContainerId> running;
  for (const auto& [id, one] : host.containers) {
    if (one.condition == FakeContainer::Condition::running) {
      running.push_back(id);
    }
  }
  if (!running.empty()) {
    host.exit(running[random.below(running.size())], random.chance(700) ? 0 : 9);
  }
}

/// The agent died while this effect was under way: it may have happened all the same.
void orphan_one(FakeHost& host, schemas::Random& random) {
  while (!host.pending.empty() && random.chance(500)) {
    agent::HostState ignored = host.state;
    const auto saved = host.saved;
    const auto meters = host.saved_meters;
    const auto all = host.all_meters;
    host.perform(random.below(host.pending.size()));
    host.state = ignored;
    host.saved = saved;
    host.saved_meters = meters;
    host.all_meters = all;
  }
}

void disturb(FakeHost& host, schemas::Random& random,
             const std::vector<schemas::TaskAssignment>& tasks) {
  const std::uint64_t draw = random.below(100);
  const auto& one = tasks[random.below(tasks.size())];
  if (draw < 60 && !host.pending.empty()) {
    host.perform(random.below(host.pending.size()));
  } else if (draw < 70) {
    exit_one(host, random);
  } else if (draw < 80) {
    host.pass(1 + static_cast<std::int64_t>(random.below(40)));
  } else if (draw < 88) {
    host.assign({one});
  } else if (draw < 90) {
    host.assign({stopped(one)});
  } else if (draw < 96) {
    orphan_one(host, random);
    host.crash();
  } else if (draw < 97) {
    host.crash(Boot::changed);
  }
}

void check_meters(const FakeHost& host) {
  std::map<schemas::TaskId, schemas::MeterRecord> newest;
  for (const schemas::MeterRecord& record : host.all_meters) {
    const auto before = newest.find(record.task);
    CHECK(record.sequence == (before == newest.end() ? 1 : before->second.sequence + 1));
    CHECK(record.cpu_time_ns >= 0);
    CHECK(record.memory_byte_seconds >= 0);
    if (before != newest.end()) {
      CHECK(record.monotonic_start_ns == before->second.monotonic_end_ns);
      CHECK_FALSE(before->second.last);
    }
    newest[record.task] = record;
  }
  for (const auto& [id, record] : newest) {
    CHECK_MESSAGE(record.last, "a meter that was never closed");
  }
}

/// No more faults: stop everything, let programs obey, and see that nothing is left.
void heal(FakeHost& host, const std::vector<schemas::TaskAssignment>& tasks) {
  host.fault = [](const agent::Effect&) { return std::string(); };
  for (const auto& one : tasks) {
    host.assign({stopped(one)});
  }
  for (int round = 0; round < 400; ++round) {
    host.settle();
    std::vector<schemas::ContainerId> running;
    for (const auto& [id, one] : host.containers) {
      const agent::TaskState& owner = host.state.tasks.at(one.task);
      for (std::size_t i = 0; i < owner.activity.size(); ++i) {
        if (owner.assignment().containers[i].id == id && owner.activity[i].stop_sent_ns != 0 &&
            one.condition == FakeContainer::Condition::running) {
          running.push_back(id);
        }
      }
    }
    for (const auto& id : running) {
      host.exit(id, 143);
    }
    host.pass(1);
  }
}

}  // namespace

TEST_CASE("whatever is lost, repeated or killed: nothing runs twice and nothing is left behind") {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    CAPTURE(seed);
    schemas::Random random(seed);
    FakeHost host;
    const std::uint64_t fault_per_mille = random.chance(500) ? 0 : random.below(150);
    host.fault = [&](const agent::Effect&) {
      host.check_exit_code = random.chance(300) ? 1 : 0;
      return random.chance(fault_per_mille) ? std::string("it failed") : std::string();
    };
    const std::vector<schemas::TaskAssignment> tasks = workload(random);
    Watch watch;
    host.assign(tasks);
    for (int i = 0; i < 150; ++i) {
      disturb(host, random, tasks);
      watch.look(host);
    }
    heal(host, tasks);
    watch.look(host);
    for (const auto& one : tasks) {
      REQUIRE(host.state.tasks.contains(one.id));
      CHECK(host.state.tasks.at(one.id).record.status == TaskStatus::stopped);
      CHECK(host.state.tasks.at(one.id).record.cleaned);
    }
    CHECK(host.containers.empty());
    CHECK(host.sandboxes.empty());
    CHECK(host.cgroups.empty());
    check_meters(host);
  }
}

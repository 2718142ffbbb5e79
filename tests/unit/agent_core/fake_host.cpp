#include "tests/unit/agent_core/fake_host.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <utility>

#include "agent/core/report.h"

namespace agent_test {

using agent::Action;
using agent::Effect;

std::string words(Action action) {
  switch (action) {
    case Action::make_task:
      return "make task";
    case Action::make_sandbox:
      return "make sandbox";
    case Action::attach_network:
      return "attach";
    case Action::pull_image:
      return "pull";
    case Action::create_container:
      return "create";
    case Action::start_container:
      return "start";
    case Action::restart_container:
      return "restart";
    case Action::check_health:
      return "check";
    case Action::stop_container:
      return "stop";
    case Action::kill_container:
      return "kill";
    case Action::remove_container:
      return "remove";
    case Action::read_meter:
      return "read meter";
    case Action::release_sandbox:
      return "release";
    case Action::remove_task:
      return "remove task";
    case Action::drop_logs:
      return "drop logs";
    case Action::apply_network:
      return "apply network";
  }
  return "";
}

std::string FakeHost::name_of(const Effect& effect) const {
  switch (effect.action) {
    case Action::pull_image:
    case Action::create_container:
    case Action::start_container:
    case Action::restart_container:
    case Action::check_health:
    case Action::stop_container:
    case Action::kill_container:
    case Action::remove_container:
      return words(effect.action) + " " + state.tasks.at(effect.task).definition(effect.index).name;
    default:
      return words(effect.action);
  }
}

schemas::ContainerId FakeHost::container_of(const Effect& effect) const {
  const auto& assignment = state.tasks.at(effect.task).assignment();
  return assignment.containers.at(static_cast<std::size_t>(effect.index)).id;
}

void FakeHost::take(const agent::Step& step) {
  for (const schemas::TaskId& id : step.save) {
    saved[id] = agent::durable_part(state.tasks.at(id));
  }
  for (const schemas::TaskId& id : step.forget) {
    saved.erase(id);
  }
  for (const schemas::MeterRecord& record : step.meters_made) {
    saved_meters.push_back(record);
    all_meters.push_back(record);
  }
  for (const auto& [task, sequence] : step.meters_acknowledged) {
    std::erase_if(saved_meters, [&, id = task, number = sequence](const auto& record) {
      return record.task == id && record.sequence == number;
    });
  }
  if (step.network == agent::Step::Network::changed) {
    saved_network = state.network;
  }
  pending.insert(pending.end(), step.effects.begin(), step.effects.end());
}

void FakeHost::event(const agent::Event& happened) { take(agent::step(state, happened, now)); }

void FakeHost::answer(const schemas::SyncAnswer& answer) {
  version_ = answer.version;
  event(agent::Answered{answer, state.held_version});
}

void FakeHost::assign(const std::vector<schemas::TaskAssignment>& tasks) {
  schemas::SyncAnswer delta;
  delta.version = version_ + 1;
  delta.tasks_set = tasks;
  for (const schemas::TaskAssignment& one : tasks) {
    if (one.network_mode == schemas::NetworkMode::awsvpc) {
      delta.enis_set.push_back(eni_for(one));
      delta.subnets_set = {subnet()};
    }
  }
  answer(delta);
}

void FakeHost::pass(std::int64_t seconds) {
  for (std::int64_t second = 0; second < seconds; ++second) {
    now.wall += schemas::Duration(1000);
    now.boot_ns += agent::nanoseconds_per_second;
    for (auto& [id, used] : cpu_ns) {
      used += agent::nanoseconds_per_second / 4;
    }
    event(agent::Woken{});
  }
}

void FakeHost::happen(const Effect& effect, agent::Finished& finished) {
  switch (effect.action) {
    case Action::make_task:
      cgroups.insert(effect.task);
      cpu_ns.try_emplace(effect.task, 0);
      break;
    case Action::make_sandbox:
      sandboxes.insert({effect.task, effect.index});
      finished.network_bindings = bindings;
      break;
    case Action::attach_network:
      CHECK_MESSAGE(sandboxes.contains({effect.task, effect.index}), "attached without a sandbox");
      break;
    case Action::pull_image:
      finished.image_digest = "sha256:" + name_of(effect);
      break;
    case Action::create_container:
      CHECK_MESSAGE(cgroups.contains(effect.task), "created without a cgroup");
      containers[container_of(effect)] = FakeContainer{effect.task, {}, std::nullopt};
      finished.runtime_id = "runtime-" + container_of(effect).text();
      logs.insert(effect.task);
      break;
    case Action::start_container: {
      FakeContainer& one = containers.at(container_of(effect));
      CHECK_MESSAGE(one.condition == FakeContainer::Condition::created, "started twice");
      one.condition = FakeContainer::Condition::running;
      starts[container_of(effect)] += 1;
      break;
    }
    case Action::restart_container: {
      FakeContainer& one = containers.at(container_of(effect));
      CHECK_MESSAGE(one.condition != FakeContainer::Condition::running, "restarted while it runs");
      one.condition = FakeContainer::Condition::running;
      one.exit_code.reset();
      starts[container_of(effect)] += 1;
      break;
    }
    case Action::check_health:
      finished.exit_code = check_exit_code;
      finished.output = "checked";
      break;
    case Action::stop_container:
    case Action::kill_container:
      break;  // whether the program obeys is for the test to say
    case Action::remove_container:
      containers.erase(container_of(effect));
      break;
    case Action::read_meter:
      if (cgroups.contains(effect.task)) {
        finished.meter = agent::MeterReading{now, cpu_ns[effect.task], 1'048'576, 2'097'152};
      }
      break;
    case Action::release_sandbox:
      sandboxes.erase({effect.task, effect.index});
      break;
    case Action::remove_task:
      cgroups.erase(effect.task);
      cpu_ns.erase(effect.task);
      finished.log_bytes = 1000;
      break;
    case Action::drop_logs:
      logs.erase(effect.task);
      break;
    case Action::apply_network:
      break;
  }
}

void FakeHost::perform(std::size_t index) {
  const Effect effect = pending.at(index);
  pending.erase(pending.begin() + static_cast<std::ptrdiff_t>(index));
  agent::Finished finished;
  finished.effect = effect;
  finished.error = fault(effect);
  history.push_back(name_of(effect) + (finished.error.empty() ? "" : " failed"));
  if (finished.error.empty()) {
    happen(effect, finished);
  }
  event(finished);
}

void FakeHost::settle() {
  while (!pending.empty()) {
    perform(0);
  }
}

void FakeHost::exit(const schemas::ContainerId& container, std::int64_t code) {
  FakeContainer& one = containers.at(container);
  REQUIRE(one.condition == FakeContainer::Condition::running);
  one.condition = FakeContainer::Condition::exited;
  one.exit_code = code;
  now.wall += schemas::Duration(1);  // no two ends are at one instant
  one.finished_at = now.wall;
  const agent::TaskState& task = state.tasks.at(one.task);
  for (std::size_t i = 0; i < task.assignment().containers.size(); ++i) {
    if (task.assignment().containers[i].id == container) {
      event(agent::Exited{one.task, static_cast<std::int64_t>(i), code, "", now.wall});
      return;
    }
  }
}

void FakeHost::exit(const schemas::TaskId& task, const std::string& name, std::int64_t code) {
  for (const auto& one : state.tasks.at(task).assignment().containers) {
    if (one.definition.name == name) {
      exit(one.id, code);
      return;
    }
  }
  FAIL("no such container");
}

void FakeHost::crash(agent::Boot boot) {
  const std::int64_t starts_so_far = (state.change >> 32) + 1;
  pending.clear();
  if (boot == agent::Boot::changed) {
    // The disk still knows how those ended that had ended.
    std::erase_if(containers, [](const auto& entry) {
      return entry.second.condition != FakeContainer::Condition::exited;
    });
    sandboxes.clear();
    cgroups.clear();
    cpu_ns.clear();
    now.boot_ns = 5 * agent::nanoseconds_per_second;
  }
  const agent::TaskPolicy policy = state.policy;
  state = agent::HostState{};
  state.policy = policy;
  state.network = saved_network;
  state.change = starts_so_far << 32;
  for (const schemas::MeterRecord& record : saved_meters) {
    state.meters.push_back({record, ++state.change});
  }
  std::vector<agent::TaskRecord> records;
  for (const auto& [id, record] : saved) {
    records.push_back(record);
  }
  std::vector<agent::FoundContainer> found;
  for (const auto& [id, one] : containers) {
    agent::FoundContainer entry;
    entry.task = one.task;
    entry.container = id;
    entry.condition = static_cast<agent::FoundContainer::Condition>(one.condition);
    entry.runtime_id = "runtime-" + id.text();
    entry.exit_code = one.exit_code;
    entry.finished_at = one.finished_at;
    found.push_back(entry);
  }
  take(agent::recover(state, records, found, boot, now));
}

agent::ContainerProgress FakeHost::progress(std::uint64_t number, const std::string& name) const {
  const agent::TaskState& task = task_state(number);
  for (std::size_t i = 0; i < task.record.containers.size(); ++i) {
    if (task.definition(static_cast<std::int64_t>(i)).name == name) {
      return task.record.containers[i].progress;
    }
  }
  FAIL("no such container");
  return agent::ContainerProgress::waiting;
}

schemas::TaskReport FakeHost::report(std::uint64_t number) const {
  return agent::report_of(task_state(number));
}

std::int64_t FakeHost::running_count() const {
  std::int64_t count = 0;
  for (const auto& [id, one] : containers) {
    count += one.condition == FakeContainer::Condition::running ? 1 : 0;
  }
  return count;
}

std::int64_t FakeHost::count_of(const std::string& word) const {
  return std::count(history.begin(), history.end(), word);
}

}  // namespace agent_test

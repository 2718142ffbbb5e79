#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "agent/core/host.h"
#include "agent/core/recovery.h"
#include "tests/unit/agent_core/builders.h"

namespace agent_test {

/// A container as the fake kernel knows it.
struct FakeContainer {
  schemas::TaskId task;
  enum class Condition : std::uint8_t { created, running, exited };
  Condition condition = Condition::created;
  std::optional<std::int64_t> exit_code;
  schemas::Instant finished_at{};
};

/// The core under test over a kernel, an engine and a checkpoint made of maps. Effects wait in
/// `pending` until the test lets them happen, so that any order can be tried.
class FakeHost {
 public:
  agent::HostState state;
  agent::Moment now = at_second(0);
  std::vector<agent::Effect> pending;

  // What is really there.
  std::map<schemas::ContainerId, FakeContainer> containers;
  std::map<schemas::ContainerId, std::int64_t> starts;
  std::set<std::pair<schemas::TaskId, std::int64_t>> sandboxes;
  std::set<schemas::TaskId> cgroups;
  std::set<schemas::TaskId> logs;
  std::map<schemas::TaskId, std::int64_t> cpu_ns;
  std::vector<schemas::NetworkBinding> bindings;  ///< what each sandbox that is made publishes

  // What is saved.
  std::map<schemas::TaskId, agent::TaskRecord> saved;
  netif::HostNetwork saved_network;
  std::vector<schemas::MeterRecord> saved_meters;
  std::vector<schemas::MeterRecord> all_meters;

  /// Called for an effect that would work; a sentence makes it fail.
  std::function<std::string(const agent::Effect&)> fault = [](const agent::Effect&) {
    return std::string();
  };
  std::int64_t check_exit_code = 0;  ///< what every health check answers
  std::vector<std::string> history;  ///< effects done, in words

  void event(const agent::Event& happened);
  void answer(const schemas::SyncAnswer& answer);
  /// A difference that sets these tasks, and the interface of each awsvpc one.
  void assign(const std::vector<schemas::TaskAssignment>& tasks);
  void pass(std::int64_t seconds);
  /// Lets one pending effect happen.
  void perform(std::size_t index);
  /// Lets everything pending happen, and what follows from it, in order.
  void settle();
  /// A running container's program ends.
  void exit(const schemas::TaskId& task, const std::string& name, std::int64_t code);
  void exit(const schemas::ContainerId& container, std::int64_t code);
  /// The agent dies and comes back: what only it knew is gone.
  void crash(agent::Boot boot = agent::Boot::same);

  [[nodiscard]] const agent::TaskState& task_state(std::uint64_t number) const {
    return state.tasks.at(task_id(number));
  }
  [[nodiscard]] agent::ContainerProgress progress(std::uint64_t number,
                                                  const std::string& name) const;
  [[nodiscard]] schemas::TaskReport report(std::uint64_t number) const;
  [[nodiscard]] std::int64_t running_count() const;
  [[nodiscard]] std::int64_t count_of(const std::string& word) const;  ///< in the history

 private:
  void take(const agent::Step& step);
  void happen(const agent::Effect& effect, agent::Finished& finished);
  [[nodiscard]] std::string name_of(const agent::Effect& effect) const;
  schemas::ContainerId container_of(const agent::Effect& effect) const;

  std::int64_t version_ = 0;
};

/// "start web", "make_sandbox 0": an effect in words.
std::string words(agent::Action action);

}  // namespace agent_test

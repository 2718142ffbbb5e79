#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "agent/core/effect.h"
#include "agent/core/task_engine.h"
#include "schemas/model/agent_channel.h"
#include "tests/sim/images.h"
#include "tests/sim/knobs.h"
#include "tests/sim/simulation.h"

namespace sim {

class Watch;

/// An effect with everything it needs, taken from the agent's state when it was asked for.
struct Job {
  agent::Effect effect;
  std::shared_ptr<const schemas::TaskAssignment> task;
  std::optional<schemas::EniAssignment> eni;
};

/// A container as the machine knows it.
struct Container {
  enum class Condition : std::uint8_t { created, running, exited };
  std::shared_ptr<const schemas::TaskAssignment> task;
  std::int64_t index = 0;
  Condition condition = Condition::created;
  std::optional<std::int64_t> exit_code;
  std::string reason;
  Instant finished_at{};  ///< by the host's wall clock
  bool ignores_stop = false;
  bool ending = false;
  std::int64_t runs = 0;  ///< begun so far
  Instant began_at{};     ///< of the last one, in true time
};

/// Everything that an agent makes on a machine, and what becomes of it: containers, namespaces,
/// interfaces, cgroups, logs. Agents come and go; this stays until the machine goes down.
class Kernel {
 public:
  using Exits = std::function<void(const agent::Exited&)>;

  Kernel(Simulation& simulation, Watch& watch, const Images& images, const Faults& faults,
         int host);

  /// Does what the effect asks for; `error` of the answer says what went wrong.
  agent::Finished perform(const Job& job, const agent::Moment& now);

  /// Where the end of a container is told of, as long as an agent listens.
  void on_exit(Exits exits) { exits_ = std::move(exits); }
  /// The host's wall clock is ahead of true time by this much.
  void set_skew(Duration skew) { skew_ = skew; }

  /// Power is gone: only logs, which are files, stay.
  void go_down();
  /// The disk is gone too.
  void wipe();

  /// What an agent does when it starts: whatever belongs to none of these tasks goes.
  void keep_only(const std::set<schemas::TaskId>& tasks);
  void remove(const schemas::ContainerId& container);

  [[nodiscard]] const std::map<schemas::ContainerId, Container>& containers() const {
    return containers_;
  }
  [[nodiscard]] const std::map<std::pair<schemas::TaskId, std::int64_t>,
                               std::optional<schemas::EniAssignment>>&
  sandboxes() const {
    return sandboxes_;
  }
  [[nodiscard]] const std::map<schemas::TaskId, Instant>& cgroups() const { return cgroups_; }
  [[nodiscard]] const std::set<schemas::TaskId>& logs() const { return logs_; }
  [[nodiscard]] int host() const { return host_; }
  /// Whether a container of the task has been created and has not ended.
  [[nodiscard]] bool runs(const schemas::TaskId& task) const;

  /// A container ends by itself, or because a person made it.
  void end(const schemas::ContainerId& container, std::optional<std::int64_t> exit_code,
           const std::string& reason);

 private:
  [[nodiscard]] const Image& image_of(const Job& job) const;
  [[nodiscard]] bool is_well(const Job& job) const;
  void pull(const Job& job, agent::Finished& finished);
  void create(const Job& job, agent::Finished& finished);
  void start(const Job& job, agent::Finished& finished);
  void restart(const Job& job, agent::Finished& finished);
  void run(const Job& job, const schemas::ContainerId& id, Container& container);
  void signal(const Job& job, agent::Action action);
  void release(const std::pair<schemas::TaskId, std::int64_t>& sandbox);
  void end_later(const schemas::ContainerId& container, Duration delay, std::int64_t exit_code,
                 const std::string& reason);

  Simulation& simulation_;
  Watch& watch_;
  const Images& images_;
  const Faults& faults_;
  int host_;
  Duration skew_{};
  std::int64_t boots_ = 0;
  Exits exits_;
  std::map<schemas::ContainerId, Container> containers_;
  std::map<std::pair<schemas::TaskId, std::int64_t>, std::optional<schemas::EniAssignment>>
      sandboxes_;
  std::map<schemas::TaskId, Instant> cgroups_;  ///< since when
  std::set<schemas::TaskId> logs_;
};

/// "start web (a1b2c3)": an effect in words.
std::string in_words(const Job& job);

}  // namespace sim

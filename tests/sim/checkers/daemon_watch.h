#pragma once

#include <map>
#include <set>

#include "control/core/loop/loop.h"
#include "tests/sim/checkers/room_watch.h"
#include "tests/sim/simulation.h"

namespace sim {

/// Whether a task of the daemon belongs on the host: its size, attributes and zone, and every
/// expression but those that ask about tasks. Counted here, not asked of placement.
bool daemon_belongs(const control::World& world, const schemas::Service& daemon,
                    const schemas::ContainerInstance& host);

/// Tasks on the host that have not stopped and are no daemon's.
std::int64_t others_on(const control::World& world, const schemas::ContainerInstance& host);

/// What the host has to keep for daemons: for those that belong there and start tasks, what their
/// next task takes beyond what their tasks there have. `ports` are those kept.
Room owed_on(const control::World& world, const schemas::ContainerInstance& host);

/// A daemon has one task a host, two only where one may come before the other goes; it leaves a
/// host that is drained last; and nobody takes the room that hosts owe it.
class DaemonWatch {
 public:
  explicit DaemonWatch(Simulation& simulation) : simulation_(simulation) {}

  void turn_ends(const control::World& world, const control::Turn& turn);
  void loaded(const control::World& world);

 private:
  /// What decides which room is kept for a daemon.
  struct Seen {
    schemas::DeploymentId primary;
    schemas::RolloutState rollout = schemas::RolloutState::in_progress;
    schemas::ServiceStatus status = schemas::ServiceStatus::active;
    bool operator==(const Seen&) const = default;
  };
  struct SeenHost {
    schemas::InstanceStatus status = schemas::InstanceStatus::active;
    std::map<std::string, std::string> attributes;
    schemas::CpuUnits cpu;
    schemas::MemoryMib memory;
    bool operator==(const SeenHost&) const = default;
  };

  static Seen seen_now(const schemas::Service& daemon);
  void look_at_new(const control::World& world, const schemas::Task& task);
  void look_at_stopped(const control::World& world, const schemas::Task& task);
  void check_room(const control::World& world, const schemas::Task& task,
                  const schemas::ContainerInstance& host);
  void remember(const control::World& world);
  void remember(const control::World& world, std::int64_t task);

  Simulation& simulation_;
  std::set<std::int64_t> known_;   ///< tasks
  std::set<std::int64_t> wanted_;  ///< of daemons
  std::map<std::int64_t, Seen> daemons_;
  std::map<schemas::InstanceId, SeenHost> hosts_;
};

}  // namespace sim

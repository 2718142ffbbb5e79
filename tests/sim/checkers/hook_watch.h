#pragma once

#include <map>
#include <set>

#include "control/core/loop/loop.h"
#include "tests/sim/simulation.h"

namespace sim {

/// What lifecycle hooks hold: before a deployment starts, none of its tasks does; before it ends,
/// it is not completed, and no old task goes but where a new one needs its room. A hook that is out
/// of time holds nothing.
class HookWatch {
 public:
  explicit HookWatch(Simulation& simulation) : simulation_(simulation) {}

  void turn_ends(const control::World& world, const control::Turn& turn, Instant now);
  void loaded(const control::World& world);

 private:
  /// Tasks of a service that were told to stop in one turn.
  struct Stopped {
    std::int64_t old = 0;      ///< of older deployments, and not for their host's sake
    std::int64_t leaving = 0;  ///< for whatever reason, on hosts that are drained
  };
  void look_at_task(const control::World& world, const schemas::Task& task);
  void look_at_service(const control::World& world, const schemas::Service& service);
  void look_at_time(const schemas::Service& service, Instant now);
  /// An old task was stopped to make room although there was some; `left` tasks were stopped for
  /// their hosts' sake besides, and nobody knew what room that would make.
  void check_room(const control::World& world, const schemas::Service& service, std::int64_t left);

  Simulation& simulation_;
  std::set<std::int64_t> known_;    ///< tasks
  std::set<std::int64_t> stopped_;  ///< tasks that were told to stop
};

}  // namespace sim

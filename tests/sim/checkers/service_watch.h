#pragma once

#include <set>

#include "control/core/loop/loop.h"
#include "tests/sim/simulation.h"

namespace sim {

/// Whether a task carries its service's load: it runs and nothing speaks against it; one of the
/// newest deployment must have done so for `healthy_after`. Counted here anew, not asked of the
/// planner.
bool carries_load(const control::World& world, const schemas::Service& service,
                  const schemas::Task& task, Duration healthy_after, Instant now);

/// What the service scheduler does in one turn stays within the service's percentages.
class ServiceWatch {
 public:
  explicit ServiceWatch(Simulation& simulation) : simulation_(simulation) {}

  /// To be called before `loaded` tasks of the turn are known to it.
  void turn_ends(const control::World& world, const control::Turn& turn, Duration healthy_after,
                 Instant now);
  void loaded(const control::World& world);

 private:
  struct Moved {
    std::int64_t started = 0;
    std::int64_t load_stopped = 0;  ///< tasks that carried load and were stopped by the scheduler
  };
  void check_protection(const schemas::Service& service, const schemas::Task& task, Instant now);
  /// Whether the scheduler has stopped the task in this turn.
  [[nodiscard]] bool was_stopped(const schemas::Task& task) const;
  void check(const control::World& world, const schemas::Service& service, const Moved& moved,
             Duration healthy_after, Instant now);

  Simulation& simulation_;
  std::set<std::int64_t> wanted_;  ///< tasks that were wanted after the last durable turn
  std::set<std::int64_t> known_;
};

}  // namespace sim

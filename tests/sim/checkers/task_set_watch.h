#pragma once

#include <map>
#include <set>

#include "control/core/loop/loop.h"
#include "tests/sim/simulation.h"

namespace sim {

/// Of a service with the EXTERNAL controller, so many percent of its desired count as the set is
/// scaled to, rounded up. Counted here, not asked of the planner.
std::int64_t share_of(const schemas::Service& service, const schemas::TaskSet& set);

/// A task set runs its share and no more; what the scheduler stops of it never costs it what it
/// needs, nor a protected task, unless it was deleted by force; it goes only when it was deleted
/// and has no task left.
class TaskSetWatch {
 public:
  explicit TaskSetWatch(Simulation& simulation) : simulation_(simulation) {}

  void turn_ends(const control::World& world, const control::Turn& turn, Duration healthy_after,
                 Instant now);
  void loaded(const control::World& world);

 private:
  struct Moved {
    std::int64_t started = 0;
    std::int64_t load_stopped = 0;  ///< tasks that carried load and were stopped by the scheduler
  };
  struct Seen {
    std::int64_t service = 0;
    bool draining = false;
  };
  using MovedSets = std::map<schemas::DeploymentId, Moved>;

  void look_at_task(const control::World& world, const schemas::Task& task, Duration healthy_after,
                    Instant now, MovedSets& moved);
  void look_at_service(const control::World& world, const schemas::Service& service,
                       const control::Turn& turn);
  void look_at_set(const control::World& world, const schemas::Service& service,
                   const schemas::Deployment& set, const Moved& moved, Duration healthy_after,
                   Instant now);

  Simulation& simulation_;
  std::set<std::int64_t> known_;   ///< tasks
  std::set<std::int64_t> wanted_;  ///< tasks that were wanted after the last durable turn
  std::map<schemas::DeploymentId, Seen> sets_;
};

}  // namespace sim

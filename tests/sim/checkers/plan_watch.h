#pragma once

#include <optional>

#include "control/core/loop/rehearsal/rehearsal.h"
#include "tests/sim/simulation.h"

namespace sim {

/// A plan that is made of a call just before its turn says exactly what the turn then does.
class PlanWatch {
 public:
  explicit PlanWatch(Simulation& simulation) : simulation_(simulation) {}

  /// Before the turn, whose only input the call is; with what that turn will be made with.
  void before_turn(const control::World& world, const control::Parked& parked,
                   const control::ApiCall& call, const control::Settings& settings, Instant now,
                   const schemas::Random& random);
  /// After it.
  void turn_is_decided(const control::World& world, const control::Turn& turn);

 private:
  void compare_answers(const control::Rehearsal& plan, const control::Turn& turn);
  void compare_starts(const control::Rehearsal& plan, const control::World& world,
                      const control::Turn& turn);
  void compare_stops(const control::Rehearsal& plan, const control::World& world,
                     const control::Turn& turn);
  void compare_events(const control::Rehearsal& plan, const control::Turn& turn);

  Simulation& simulation_;
  std::optional<control::Rehearsal> plan_;
  std::set<std::int64_t> told_;  ///< tasks that were told to stop before the turn
};

}  // namespace sim

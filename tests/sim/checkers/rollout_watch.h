#pragma once

#include <map>
#include <set>

#include "control/core/loop/loop.h"
#include "tests/sim/simulation.h"

namespace sim {

/// Deployments are given up when as many of their tasks have failed as their service allows, and
/// not earlier; the service then goes back to what was completed last; nothing more of a failed
/// deployment starts; and the records say what became of each. Failures are counted here anew.
class RolloutWatch {
 public:
  explicit RolloutWatch(Simulation& simulation) : simulation_(simulation) {}

  void turn_ends(const control::World& world, const control::Turn& turn, Duration healthy_after,
                 Instant now);
  void loaded(const control::World& world);

 private:
  struct Seen {
    schemas::RolloutState state = schemas::RolloutState::in_progress;
    std::int64_t failures = 0;
    bool exact = false;  ///< no healthy task ever ended the count
    std::int64_t service = 0;
    bool primary = false;
  };
  void look_at_task(const control::World& world, const schemas::Task& task, Duration healthy_after,
                    Instant now);
  void look_at_service(const control::World& world, const schemas::Service& service);
  void forget_removed(const schemas::Service& service);
  void look_at_deployment(const schemas::Service& service, const schemas::Deployment& deployment);
  void look_at_record(const control::World& world, const schemas::ServiceDeployment& record);

  Simulation& simulation_;
  std::map<schemas::DeploymentId, Seen> deployments_;
  std::map<schemas::DeploymentId, std::int64_t> failed_now_;  ///< tasks, in this turn
  std::set<std::int64_t> known_;                              ///< tasks
  std::set<std::int64_t> judged_;                             ///< tasks whose end is known
  std::map<std::int64_t, schemas::DeploymentId> completed_;   ///< last, by service
  std::map<std::int64_t, schemas::DeploymentId> current_;     ///< what moves a service
  std::map<std::int64_t, schemas::ServiceDeploymentStatus> records_;
};

}  // namespace sim

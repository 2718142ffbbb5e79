#pragma once

#include <map>
#include <utility>

#include "agent/core/host.h"
#include "control/core/world/world.h"
#include "schemas/model/agent_channel.h"
#include "tests/sim/checkers/task_watch.h"
#include "tests/sim/simulation.h"

namespace sim {

/// What a host serves to its tasks: the newest of what it was told, in memory only.
using HeldCredentials =
    std::map<std::pair<schemas::TaskId, schemas::RoleUse>, schemas::RoleCredentials>;

/// No expired credential is served by a host that hears from control, and none of a task that is
/// not the host's own.
class CredentialsWatch {
 public:
  CredentialsWatch(Simulation& simulation, const TaskWatch& tasks)
      : simulation_(simulation), tasks_(tasks) {}

  /// Control tells a host; `life` is how long credentials are good.
  void told(const control::World& world, const schemas::SyncAnswer& answer, Duration life);
  /// A host has heard an answer with everything that control has for it.
  void up_to_date(const schemas::InstanceId& host, const agent::HostState& state,
                  const HeldCredentials& held);
  void turn_ends(Instant now) { now_ = now; }

 private:
  Simulation& simulation_;
  const TaskWatch& tasks_;
  Instant now_{};  ///< of control's last durable turn
};

}  // namespace sim

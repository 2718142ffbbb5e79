#pragma once

// The plan of a DAEMON service: one task on each host that it belongs on, the first there and the
// last to go.

#include <cstdint>
#include <span>

#include "control/core/deploy/service_plan.h"
#include "schemas/base/id.h"

namespace control {

/// A host of the service's cluster as the service sees it.
struct DaemonHost {
  enum class Standing : std::uint8_t {
    open,      ///< it belongs there: a task is to run there
    away,      ///< the same, but its agent is not connected: what it has stays, nothing new comes
    draining,  ///< what it has stays as long as tasks of others are there
    emptied,   ///< draining, and only daemons are left: they go
    unfit,     ///< the service has no business there (any more)
  };
  schemas::InstanceId instance;
  Standing standing = Standing::open;
  bool has_room = true;  ///< for one more task of the service beside what is there
};

/// Plans a DAEMON service whose status is ACTIVE, given every host that can have or has a task of
/// it. It wants as many tasks as there are hosts for it, those that are away and have one included.
///
/// A task is replaced on its host: its successor comes first where maximumPercent allows one more
/// and the host has room for it, else it stops first, as long as minimumHealthyPercent of the hosts
/// are still served, and its successor starts when it has stopped.
ServicePlan plan_daemon(const schemas::Service& service, std::span<const ServiceTask> tasks,
                        std::span<const DaemonHost> hosts, const DeploySettings& settings,
                        schemas::Instant now);

}  // namespace control

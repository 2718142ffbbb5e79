#pragma once

#include <vector>

#include "control/core/deploy/daemon_plan.h"
#include "control/core/world/world.h"

namespace control {

/// The hosts of its cluster on which a DAEMON service has business, or has business no more but a
/// task yet.
std::vector<DaemonHost> daemon_hosts(const World& world, const schemas::Service& service);

}  // namespace control

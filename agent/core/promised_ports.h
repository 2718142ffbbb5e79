#pragma once

#include "agent/core/host.h"
#include "netif/core/host_ports.h"

namespace agent {

/// The ports of this host that tasks on it state: control placed them by these, so they are theirs
/// before anybody listens. A port that is left to the host is never one of them.
netif::HostPorts promised_ports(const HostState& state);

}  // namespace agent

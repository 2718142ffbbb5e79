#pragma once

#include "netif/core/host_ports.h"

namespace netif {

/// True when nobody in the calling thread's network namespace uses the port at any address. An
/// answer of this moment: the port is nobody's until it is published.
bool is_port_free(const HostPort& port);

}  // namespace netif

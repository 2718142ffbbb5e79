#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "netif/core/names.h"
#include "netif/edge/firewall.h"
#include "netif/edge/netlink.h"
#include "netif/edge/network_settings.h"
#include "schemas/base/result.h"

namespace netif {

/// What all parts of a host's networking share: who we are, and the sockets of the host's
/// namespace.
struct Host {
  NetworkSettings settings;
  Names names;
  std::string folder;  ///< where namespaces are kept
  Netlink netlink;
  Firewall firewall;
  int underlay = 0;         ///< index of the link with the host's address; 0 = there is none
  std::int64_t mtu = 1450;  ///< of everything inside a VPC: what fits into a tunnel
};

/// Opens the sockets of the calling thread's namespace and looks the host's address up.
schemas::Result<Host> open_host(NetworkSettings settings);

/// What a namespace of a router, a task or a container has to have set before anything lives in it.
schemas::Outcome prepare_router_namespace();
schemas::Outcome prepare_task_namespace();

/// The Ethernet address of a link of ours that carries no ENI, derived from its name.
schemas::Mac link_mac(const std::string& link);

}  // namespace netif

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "schemas/base/address.h"

namespace netif {

/// Where an agent's networking lives and what it may use.
struct NetworkSettings {
  /// The agent's data directory; namespaces are kept in its `netns` folder. Made when missing.
  std::string data_directory;
  /// This host's address, where other hosts send their tunnels; must be on one of its links. Empty:
  /// ENIs on this host reach only each other.
  schemas::Ipv4 host_address;
  /// Where this host's public addresses come from; an interface with another one is refused.
  /// Hosts beside this one that ask for such an address by ARP are answered.
  std::optional<schemas::Cidr> public_range;
  /// Destinations that no task may reach through this host, beside those that never are reachable
  /// (the host itself, other VPCs, tunnel end points).
  std::vector<schemas::Cidr> egress_denied;
  /// Addresses of the containers in `bridge` mode, /28 or larger; when absent a /22 of
  /// 100.64.0.0/10 that no route of the host overlaps.
  std::optional<schemas::Cidr> container_range;
};

}  // namespace netif

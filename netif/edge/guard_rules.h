#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "netif/core/names.h"
#include "netif/edge/nft_text.h"
#include "schemas/base/address.h"

namespace netif {

/// A port that may send with one Ethernet and one IPv4 address only.
struct GuardedPort {
  std::string link;
  schemas::Mac mac;
  schemas::Ipv4 address{};
};

/// What becomes of the packets that a guard lets pass.
enum class Delivery : std::uint8_t {
  /// The bridge carries them from port to port.
  bridged,
  /// The bridge hands them to its own namespace, whatever address they were sent to, and carries
  /// nothing from port to port: so the router sees all there is, in both directions.
  routed,
};

/// An address that every bridge of a router answers to, beside its gateway's.
inline constexpr schemas::Mac router_mac{.bytes = {0x0e, 0, 0, 0, 0, 1}};

// A guard is a table of the bridge family. Frames from ports of `kind` pass when sender, ARP sender
// and port belong together; nothing to or from 169.254.0.0/16 passes from any link of this agent,
// nor anything with a VLAN tag.

std::vector<std::string> guard_rules(const nft::Table& table, const Names& names, char kind,
                                     Delivery delivery, const std::vector<GuardedPort>& ports);
std::string admit(const nft::Table& table, const GuardedPort& port);
std::vector<std::string> dismiss(const nft::Table& table, const GuardedPort& port);

}  // namespace netif

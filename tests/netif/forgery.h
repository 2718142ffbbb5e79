#pragma once

#include <cstdint>
#include <vector>

#include "schemas/base/address.h"

namespace laboratory {

// Frames that an honest task would not send, for tests in which nobody may notice them.

using Bytes = std::vector<std::uint8_t>;

inline constexpr schemas::Mac everybody{.bytes = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff}};

/// An Ethernet frame of any kind.
Bytes ethernet_frame(const schemas::Mac& to, const schemas::Mac& from, std::uint16_t type,
                     const Bytes& content);
/// The same frame with a VLAN tag in front of what it carries; `kind` 0x8100 or 0x88a8.
Bytes tagged(const Bytes& frame, std::uint16_t kind, std::uint16_t vlan);
/// Two fragments that together are `frame`, which carries IPv4: the second holds what follows the
/// first 8 bytes.
std::vector<Bytes> in_fragments(const Bytes& frame);
/// A question for who has `asked`, from `from`, which says that it is `claimed` at `address`.
Bytes arp_question(const schemas::Mac& from, const schemas::Mac& claimed, schemas::Ipv4 address,
                   schemas::Ipv4 asked);
/// An IPv6 router's announcement to all nodes, and a neighbour's.
Bytes router_advertisement(const schemas::Mac& from);
Bytes neighbour_advertisement(const schemas::Mac& from);
/// A bridge that wants to be the root of the spanning tree.
Bytes spanning_tree_frame(const schemas::Mac& from);
/// The frame, answering to the DHCP port as a server would.
Bytes dhcp_offer(const schemas::Mac& to, const schemas::Mac& from, schemas::Ipv4 server,
                 schemas::Ipv4 offered);
/// A ping.
Bytes ping_frame(const schemas::Mac& to, const schemas::Mac& from, schemas::Ipv4 source,
                 schemas::Ipv4 destination);

/// Whether a frame carries IPv4 from `source`.
bool is_from(const Bytes& frame, schemas::Ipv4 source);

}  // namespace laboratory

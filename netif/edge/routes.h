#pragma once

#include <cstdint>
#include <vector>

#include "netif/edge/netlink.h"
#include "schemas/base/address.h"
#include "schemas/base/result.h"

namespace netif {

/// Marks routes and neighbour entries in a host's namespace as made by Stowage, so that a sweep
/// never takes a stranger's.
inline constexpr std::uint8_t our_protocol = 83;

struct InterfaceAddress {
  int link = 0;
  schemas::Ipv4 address{};
  std::uint8_t prefix = 0;
};
schemas::Result<std::vector<InterfaceAddress>> list_addresses(Netlink& netlink);

/// An address that is there already counts as added.
Message add_address(int link, schemas::Ipv4 address, std::uint8_t prefix);

struct Route {
  schemas::Cidr to;
  int link = 0;
  std::uint8_t protocol = 0;
};
/// Routes of the main table, the default route left out.
schemas::Result<std::vector<Route>> list_routes(Netlink& netlink);

/// The default route through `gateway`, which need not be on a connected range.
Message default_route(int link, schemas::Ipv4 gateway);
/// To one address through a link, without a gateway. Fails with EEXIST when anybody has such a
/// route, so that two routers never share an address.
Message host_route(int link, schemas::Ipv4 to);
/// The same through a neighbour on the link, replacing what is there: for an address that control
/// gave to one interface only.
Message host_route_through(int link, schemas::Ipv4 to, schemas::Ipv4 neighbour);
Message remove_host_route(int link, schemas::Ipv4 to);

/// A permanent entry: `address` on `link` is at `mac`. Nobody is ever asked.
Message add_neighbour(int link, schemas::Ipv4 address, const schemas::Mac& mac);
Message remove_neighbour(int link, schemas::Ipv4 address);
struct NeighbourEntry {
  int link = 0;
  schemas::Ipv4 address{};
};
/// The permanent entries of all links.
schemas::Result<std::vector<NeighbourEntry>> list_neighbours(Netlink& netlink);

/// Answer ARP for `address` on `link` on behalf of what lies behind this host.
Message add_proxy(int link, schemas::Ipv4 address);
Message remove_proxy(int link, schemas::Ipv4 address);
/// Proxy entries of all links that carry `our_protocol`.
schemas::Result<std::vector<NeighbourEntry>> list_proxies(Netlink& netlink);

/// Where frames for `mac` leave a bridge: `port` is one of its ports.
Message add_bridge_entry(int port, const schemas::Mac& mac);
/// Frames for `mac` are for the bridge itself, beside those for its own address.
Message add_bridge_address(int bridge, const schemas::Mac& mac);
Message remove_bridge_entry(int port, const schemas::Mac& mac);
/// To which host a tunnel sends frames for `mac`; its bridge needs an entry for the tunnel besides.
Message add_tunnel_entry(int tunnel, const schemas::Mac& mac, schemas::Ipv4 host);
Message remove_tunnel_entry(int tunnel, const schemas::Mac& mac);
struct TunnelEntry {
  int link = 0;
  schemas::Mac mac{};
};
/// The entries of all tunnels that lead to another host.
schemas::Result<std::vector<TunnelEntry>> list_tunnel_entries(Netlink& netlink);

}  // namespace netif

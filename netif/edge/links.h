#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "netif/edge/netlink.h"
#include "schemas/base/address.h"
#include "schemas/base/result.h"

namespace netif {

/// A link as the kernel lists it.
struct Link {
  int index = 0;
  std::string name{};
  /// What we wrote on it as the last act of making it: what it is for, in full. A link of ours
  /// without its text, or with another, is half-made or outdated and is made anew.
  std::string alias;
  std::int64_t mtu = 0;
};

/// All links of the namespace of `netlink`.
schemas::Result<std::vector<Link>> list_links(Netlink& netlink);

/// The link of that name, if there is one.
std::optional<Link> find_link(const std::vector<Link>& links, const std::string& name);

/// One end of a veth pair.
struct VethEnd {
  std::string name{};
  int index = 0;  ///< 0 = the kernel picks one
  std::optional<schemas::Mac> mac{};
  int master = 0;             ///< index of the bridge that it is a port of; 0 = none
  int namespace_handle = -1;  ///< descriptor of the namespace it appears in; -1 = the socket's own
};

/// How a bridge treats a port.
enum class PortKind : std::uint8_t {
  task,       ///< addresses are known beforehand: no learning, no flooding, the bridge answers ARP
  tunnel,     ///< the same, and ARP for what lies behind it is answered by the bridge
  container,  ///< an ordinary learning port
};

Message make_bridge(const std::string& name, int index, const schemas::Mac& mac, std::int64_t mtu);
/// `index` 0 in either end lets the kernel pick; with an index in `there`, `here` needs one too.
/// `here` is up from its first moment; `there` cannot be, until both ends know of each other.
Message make_veth(const VethEnd& here, const VethEnd& there, std::int64_t mtu);
/// A tunnel whose outer packets travel in the namespace of the socket that sends this message,
/// while the device itself appears in the namespace `namespace_handle`.
Message make_tunnel(const std::string& name, int index, std::uint32_t vni, schemas::Ipv4 local,
                    int namespace_handle, std::int64_t mtu);
/// Makes the link a port of `bridge`.
Message join_bridge(const std::string& name, int bridge);
/// Sets the port's behaviour and, unless it is empty, the text that marks the link as finished.
Message finish_port(const std::string& name, PortKind kind, const std::string& alias);
/// Brings the link up and marks it as finished.
Message finish_link(const std::string& name, const std::string& alias);
Message bring_up(const std::string& name);
/// Marks the link as finished.
Message name_link(const std::string& name, const std::string& alias);
/// Waits until the link sends what it is given. The end of a pair that was up first, and a bridge
/// that got its first port, drop everything until the kernel has noticed, some time later, that
/// they have a carrier now. Waits a quarter of a second at most; then the kernel is so busy that
/// nothing here would help, and what is lost will be sent again.
schemas::Outcome await_sending(Netlink& netlink, const std::string& name);
/// A link that is not there counts as deleted.
Message delete_link(const std::string& name);
/// Deletes many links at the price of one: alone, each costs the kernel some tens of milliseconds
/// in which nobody can change any link. `group` is a link group that nobody else uses.
schemas::Outcome delete_links(Netlink& netlink, const std::vector<std::string>& names,
                              std::uint32_t group);

}  // namespace netif

#include "netif/edge/routes.h"

#include <arpa/inet.h>
#include <linux/if_addr.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>

#include <array>
#include <cerrno>
#include <functional>

namespace netif {

using schemas::Ipv4;
using schemas::Mac;
using schemas::Outcome;
using schemas::Result;

namespace {

constexpr std::uint8_t whole_address = 32;

Ipv4 read_address(const nlattr* attribute) { return {.bits = ntohl(nla_get_u32(attribute))}; }

std::uint32_t link_number(int link) { return static_cast<std::uint32_t>(link); }

rtmsg route_header(std::uint8_t prefix, std::uint8_t scope, std::uint8_t protocol) {
  rtmsg header{};
  header.rtm_family = AF_INET;
  header.rtm_dst_len = prefix;
  header.rtm_table = RT_TABLE_MAIN;
  header.rtm_protocol = protocol;
  header.rtm_scope = scope;
  header.rtm_type = RTN_UNICAST;
  return header;
}

Message host_route_message(int type, int flags, int link, Ipv4 to, const std::string& verb) {
  Message message(type, flags, verb + " the route to " + to.text());
  const bool removes = type == RTM_DELROUTE;  // of whatever scope it is
  message
      .header(route_header(whole_address, removes ? RT_SCOPE_NOWHERE : RT_SCOPE_LINK, our_protocol))
      .address(RTA_DST, to)
      .number32(RTA_OIF, link_number(link));
  return message;
}

ndmsg neighbour_header(std::uint8_t family, int link, std::uint16_t state, std::uint8_t flags) {
  ndmsg header{};
  header.ndm_family = family;
  header.ndm_ifindex = link;
  header.ndm_state = state;
  header.ndm_flags = flags;
  return header;
}

constexpr int set_flags = NLM_F_CREATE | NLM_F_REPLACE;

}  // namespace

Result<std::vector<InterfaceAddress>> list_addresses(Netlink& netlink) {
  std::vector<InterfaceAddress> addresses;
  Message ask(RTM_GETADDR, 0, "list the addresses");
  ifaddrmsg header{};
  header.ifa_family = AF_INET;
  ask.header(header);
  const Outcome listed = netlink.dump(std::move(ask), [&](nlmsghdr* answer) {
    std::array<nlattr*, IFA_MAX + 1> attributes{};
    if (nlmsg_parse(answer, sizeof(ifaddrmsg), attributes.data(), IFA_MAX, nullptr) < 0 ||
        attributes[IFA_LOCAL] == nullptr) {
      return;
    }
    const auto* entry = static_cast<const ifaddrmsg*>(nlmsg_data(answer));
    addresses.push_back({.link = static_cast<int>(entry->ifa_index),
                         .address = read_address(attributes[IFA_LOCAL]),
                         .prefix = entry->ifa_prefixlen});
  });
  if (!listed.ok()) {
    return listed.error();
  }
  return addresses;
}

Message add_address(int link, Ipv4 address, std::uint8_t prefix) {
  Message message(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, "add the address " + address.text());
  ifaddrmsg header{};
  header.ifa_family = AF_INET;
  header.ifa_prefixlen = prefix;
  header.ifa_index = link_number(link);
  message.header(header).address(IFA_LOCAL, address).address(IFA_ADDRESS, address).tolerate(EEXIST);
  return message;
}

Result<std::vector<Route>> list_routes(Netlink& netlink) {
  std::vector<Route> routes;
  Message ask(RTM_GETROUTE, 0, "list the routes");
  rtmsg header{};
  header.rtm_family = AF_INET;
  ask.header(header);
  const Outcome listed = netlink.dump(std::move(ask), [&](nlmsghdr* answer) {
    std::array<nlattr*, RTA_MAX + 1> attributes{};
    if (nlmsg_parse(answer, sizeof(rtmsg), attributes.data(), RTA_MAX, nullptr) < 0 ||
        attributes[RTA_DST] == nullptr) {
      return;
    }
    const auto* entry = static_cast<const rtmsg*>(nlmsg_data(answer));
    if (entry->rtm_table != RT_TABLE_MAIN) {
      return;
    }
    routes.push_back(
        {.to = {.base = read_address(attributes[RTA_DST]), .prefix = entry->rtm_dst_len},
         .link = attributes[RTA_OIF] == nullptr
                     ? 0
                     : static_cast<int>(nla_get_u32(attributes[RTA_OIF])),
         .protocol = entry->rtm_protocol});
  });
  if (!listed.ok()) {
    return listed.error();
  }
  return routes;
}

Message default_route(int link, Ipv4 gateway) {
  Message message(RTM_NEWROUTE, set_flags, "set the default route through " + gateway.text());
  rtmsg header = route_header(0, RT_SCOPE_UNIVERSE, our_protocol);
  header.rtm_flags = RTNH_F_ONLINK;
  message.header(header).address(RTA_GATEWAY, gateway).number32(RTA_OIF, link_number(link));
  return message;
}

Message host_route(int link, Ipv4 to) {
  return host_route_message(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, link, to, "add");
}

Message host_route_through(int link, Ipv4 to, Ipv4 neighbour) {
  Message message(RTM_NEWROUTE, set_flags, "set the route to " + to.text());
  rtmsg header = route_header(whole_address, RT_SCOPE_UNIVERSE, our_protocol);
  header.rtm_flags = RTNH_F_ONLINK;
  message.header(header)
      .address(RTA_DST, to)
      .address(RTA_GATEWAY, neighbour)
      .number32(RTA_OIF, link_number(link));
  return message;
}

Message remove_host_route(int link, Ipv4 to) {
  Message message = host_route_message(RTM_DELROUTE, 0, link, to, "remove");
  message.tolerate(ESRCH).tolerate(ENODEV);
  return message;
}

Message add_neighbour(int link, Ipv4 address, const Mac& mac) {
  Message message(RTM_NEWNEIGH, set_flags, "set the neighbour " + address.text());
  message.header(neighbour_header(AF_INET, link, NUD_PERMANENT, 0))
      .address(NDA_DST, address)
      .mac(NDA_LLADDR, mac);
  return message;
}

Message remove_neighbour(int link, Ipv4 address) {
  Message message(RTM_DELNEIGH, 0, "remove the neighbour " + address.text());
  message.header(neighbour_header(AF_INET, link, 0, 0))
      .address(NDA_DST, address)
      .tolerate(ENOENT)
      .tolerate(ENODEV);
  return message;
}

Message add_proxy(int link, Ipv4 address) {
  Message message(RTM_NEWNEIGH, set_flags, "answer ARP for " + address.text());
  message.header(neighbour_header(AF_INET, link, NUD_PERMANENT, NTF_PROXY))
      .address(NDA_DST, address)
      .number8(NDA_PROTOCOL, our_protocol);
  return message;
}

Message remove_proxy(int link, Ipv4 address) {
  Message message(RTM_DELNEIGH, 0, "stop answering ARP for " + address.text());
  message.header(neighbour_header(AF_INET, link, 0, NTF_PROXY))
      .address(NDA_DST, address)
      .tolerate(ENOENT)
      .tolerate(ENODEV);
  return message;
}

namespace {

using Attributes = std::array<nlattr*, NDA_MAX + 1>;

/// Lists the kernel's neighbour entries of one kind: what `header` asks for.
Outcome list_entries(Netlink& netlink, const ndmsg& header,
                     const std::function<void(const ndmsg&, const Attributes&)>& entry) {
  Message ask(RTM_GETNEIGH, 0, "list the neighbours");
  ask.header(header);
  return netlink.dump(std::move(ask), [&](nlmsghdr* answer) {
    Attributes attributes{};
    if (nlmsg_parse(answer, sizeof(ndmsg), attributes.data(), NDA_MAX, nullptr) >= 0) {
      entry(*static_cast<const ndmsg*>(nlmsg_data(answer)), attributes);
    }
  });
}

}  // namespace

Result<std::vector<NeighbourEntry>> list_neighbours(Netlink& netlink) {
  std::vector<NeighbourEntry> neighbours;
  const Outcome listed = list_entries(
      netlink, neighbour_header(AF_INET, 0, 0, 0),
      [&](const ndmsg& header, const Attributes& attributes) {
        if (attributes[NDA_DST] != nullptr && (header.ndm_state & NUD_PERMANENT) != 0) {
          neighbours.push_back(
              {.link = header.ndm_ifindex, .address = read_address(attributes[NDA_DST])});
        }
      });
  if (!listed.ok()) {
    return listed.error();
  }
  return neighbours;
}

Result<std::vector<NeighbourEntry>> list_proxies(Netlink& netlink) {
  std::vector<NeighbourEntry> proxies;
  const Outcome listed =
      list_entries(netlink, neighbour_header(AF_INET, 0, 0, NTF_PROXY),
                   [&](const ndmsg& header, const Attributes& attributes) {
                     if (attributes[NDA_DST] != nullptr && attributes[NDA_PROTOCOL] != nullptr &&
                         nla_get_u8(attributes[NDA_PROTOCOL]) == our_protocol) {
                       proxies.push_back({.link = header.ndm_ifindex,
                                          .address = read_address(attributes[NDA_DST])});
                     }
                   });
  if (!listed.ok()) {
    return listed.error();
  }
  return proxies;
}

Result<std::vector<TunnelEntry>> list_tunnel_entries(Netlink& netlink) {
  std::vector<TunnelEntry> entries;
  const Outcome listed =
      list_entries(netlink, neighbour_header(AF_BRIDGE, 0, 0, 0),
                   [&](const ndmsg& header, const Attributes& attributes) {
                     TunnelEntry found{.link = header.ndm_ifindex};
                     if (attributes[NDA_DST] != nullptr && attributes[NDA_LLADDR] != nullptr &&
                         nla_memcpy(found.mac.bytes.data(), attributes[NDA_LLADDR],
                                    static_cast<int>(found.mac.bytes.size())) == 6) {
                       entries.push_back(found);
                     }
                   });
  if (!listed.ok()) {
    return listed.error();
  }
  return entries;
}

Message add_bridge_entry(int port, const Mac& mac) {
  Message message(RTM_NEWNEIGH, set_flags, "set the bridge entry of " + mac.text());
  message.header(neighbour_header(AF_BRIDGE, port, NUD_NOARP, NTF_MASTER)).mac(NDA_LLADDR, mac);
  return message;
}

Message add_bridge_address(int bridge, const Mac& mac) {
  Message message(RTM_NEWNEIGH, set_flags, "give the bridge the address " + mac.text());
  message.header(neighbour_header(AF_BRIDGE, bridge, NUD_PERMANENT, NTF_SELF)).mac(NDA_LLADDR, mac);
  return message;
}

Message add_tunnel_entry(int tunnel, const Mac& mac, Ipv4 host) {
  Message message(RTM_NEWNEIGH, set_flags,
                  "set the tunnel entry of " + mac.text() + " towards " + host.text());
  const std::uint16_t permanent = NUD_NOARP | NUD_PERMANENT;
  message.header(neighbour_header(AF_BRIDGE, tunnel, permanent, NTF_SELF))
      .mac(NDA_LLADDR, mac)
      .address(NDA_DST, host);
  return message;
}

Message remove_tunnel_entry(int tunnel, const Mac& mac) {
  Message message(RTM_DELNEIGH, 0, "remove the tunnel entry of " + mac.text());
  message.header(neighbour_header(AF_BRIDGE, tunnel, 0, NTF_SELF))
      .mac(NDA_LLADDR, mac)
      .tolerate(ENOENT)
      .tolerate(ENODEV);
  return message;
}

Message remove_bridge_entry(int port, const Mac& mac) {
  Message message(RTM_DELNEIGH, 0, "remove the bridge entry of " + mac.text());
  message.header(neighbour_header(AF_BRIDGE, port, 0, NTF_MASTER))
      .mac(NDA_LLADDR, mac)
      .tolerate(ENOENT)
      .tolerate(ENODEV);
  return message;
}

}  // namespace netif

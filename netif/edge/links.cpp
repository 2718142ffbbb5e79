#include "netif/edge/links.h"

#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <netlink/attr.h>
#include <netlink/msg.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <string_view>
#include <thread>

namespace netif {

using schemas::Done;
using schemas::Ipv4;
using schemas::Mac;
using schemas::Outcome;
using schemas::Result;

namespace {

constexpr std::uint16_t vxlan_port = 4789;  // IANA's
constexpr int make_flags = NLM_F_CREATE | NLM_F_EXCL;

ifinfomsg link_header(int index, unsigned flags) {
  ifinfomsg header{};
  header.ifi_family = AF_UNSPEC;
  header.ifi_index = index;
  header.ifi_flags = flags;
  header.ifi_change = flags;
  return header;
}

void put_end(Message& message, const VethEnd& end, std::int64_t mtu) {
  message.text(IFLA_IFNAME, end.name).number32(IFLA_MTU, static_cast<std::uint32_t>(mtu));
  if (end.mac) {
    message.mac(IFLA_ADDRESS, *end.mac);
  }
  if (end.master != 0) {
    message.number32(IFLA_MASTER, static_cast<std::uint32_t>(end.master));
  }
  if (end.namespace_handle >= 0) {
    message.number32(IFLA_NET_NS_FD, static_cast<std::uint32_t>(end.namespace_handle));
  }
}

}  // namespace

Result<std::vector<Link>> list_links(Netlink& netlink) {
  std::vector<Link> links;
  Message ask(RTM_GETLINK, 0, "list the links");
  ask.header(link_header(0, 0));
  const Outcome listed = netlink.dump(std::move(ask), [&](nlmsghdr* answer) {
    std::array<nlattr*, IFLA_MAX + 1> attributes{};
    if (nlmsg_parse(answer, sizeof(ifinfomsg), attributes.data(), IFLA_MAX, nullptr) < 0 ||
        attributes[IFLA_IFNAME] == nullptr) {
      return;
    }
    Link& link = links.emplace_back();
    link.index = static_cast<const ifinfomsg*>(nlmsg_data(answer))->ifi_index;
    link.name = nla_get_string(attributes[IFLA_IFNAME]);
    if (attributes[IFLA_IFALIAS] != nullptr) {
      link.alias = nla_get_string(attributes[IFLA_IFALIAS]);
    }
    if (attributes[IFLA_MTU] != nullptr) {
      link.mtu = nla_get_u32(attributes[IFLA_MTU]);
    }
  });
  if (!listed.ok()) {
    return listed.error();
  }
  return links;
}

std::optional<Link> find_link(const std::vector<Link>& links, const std::string& name) {
  for (const Link& link : links) {
    if (link.name == name) {
      return link;
    }
  }
  return std::nullopt;
}

Message make_bridge(const std::string& name, int index, const Mac& mac, std::int64_t mtu) {
  Message message(RTM_NEWLINK, make_flags, "make the bridge " + name);
  message.header(link_header(index, 0))
      .text(IFLA_IFNAME, name)
      .mac(IFLA_ADDRESS, mac)
      .number32(IFLA_MTU, static_cast<std::uint32_t>(mtu))
      .open(IFLA_LINKINFO)
      .text(IFLA_INFO_KIND, "bridge")
      .open(IFLA_INFO_DATA)
      .number32(IFLA_BR_STP_STATE, 0)
      .number32(IFLA_BR_FORWARD_DELAY, 0)
      .number8(IFLA_BR_MCAST_SNOOPING, 0)
      .close()
      .close();
  return message;
}

Message make_veth(const VethEnd& here, const VethEnd& there, std::int64_t mtu) {
  Message message(RTM_NEWLINK, make_flags, "make the pair " + here.name + " and " + there.name);
  message.header(link_header(here.index, IFF_UP));
  put_end(message, here, mtu);
  message.open(IFLA_LINKINFO)
      .text(IFLA_INFO_KIND, "veth")
      .open(IFLA_INFO_DATA)
      .open(VETH_INFO_PEER)
      .header(link_header(there.index, 0));
  put_end(message, there, mtu);
  message.close().close().close();
  return message;
}

Message make_tunnel(const std::string& name, int index, std::uint32_t vni, Ipv4 local,
                    int namespace_handle, std::int64_t mtu) {
  Message message(RTM_NEWLINK, make_flags, "make the tunnel " + name);
  message.header(link_header(index, 0))
      .text(IFLA_IFNAME, name)
      .number32(IFLA_MTU, static_cast<std::uint32_t>(mtu))
      .number32(IFLA_NET_NS_FD, static_cast<std::uint32_t>(namespace_handle))
      .open(IFLA_LINKINFO)
      .text(IFLA_INFO_KIND, "vxlan")
      .open(IFLA_INFO_DATA)
      .number32(IFLA_VXLAN_ID, vni)
      .address(IFLA_VXLAN_LOCAL, local)
      .number16_network(IFLA_VXLAN_PORT, vxlan_port)
      .number8(IFLA_VXLAN_LEARNING, 0)
      .close()
      .close();
  return message;
}

Message join_bridge(const std::string& name, int bridge) {
  Message message(RTM_NEWLINK, 0, "make " + name + " a port of its bridge");
  message.header(link_header(0, 0))
      .text(IFLA_IFNAME, name)
      .number32(IFLA_MASTER, static_cast<std::uint32_t>(bridge));
  return message;
}

Message finish_port(const std::string& name, PortKind kind, const std::string& alias) {
  const bool known = kind != PortKind::container;
  const std::uint8_t floods = known ? 0 : 1;
  Message message(RTM_NEWLINK, 0, "set up the bridge port " + name);
  message.header(link_header(0, IFF_UP))
      .text(IFLA_IFNAME, name)
      .open(IFLA_LINKINFO)
      .text(IFLA_INFO_SLAVE_KIND, "bridge")
      .open(IFLA_INFO_SLAVE_DATA)
      .number8(IFLA_BRPORT_LEARNING, floods)
      // Hairpin: where the bridge filter module is loaded, a container that calls a port published
      // for itself sends a frame that must leave by the port it came in.
      .number8(IFLA_BRPORT_MODE, floods)
      .number8(IFLA_BRPORT_UNICAST_FLOOD, floods)
      .number8(IFLA_BRPORT_MCAST_FLOOD, floods)
      .number8(IFLA_BRPORT_BCAST_FLOOD, floods)
      .number8(IFLA_BRPORT_PROXYARP, kind == PortKind::task ? 1 : 0)
      .number8(IFLA_BRPORT_NEIGH_SUPPRESS, kind == PortKind::tunnel ? 1 : 0)
      .close()
      .close();
  if (!alias.empty()) {
    message.text(IFLA_IFALIAS, alias);
  }
  return message;
}

Message finish_link(const std::string& name, const std::string& alias) {
  Message message(RTM_NEWLINK, 0, "bring up " + name);
  message.header(link_header(0, IFF_UP)).text(IFLA_IFNAME, name).text(IFLA_IFALIAS, alias);
  return message;
}

Message bring_up(const std::string& name) {
  Message message(RTM_NEWLINK, 0, "bring up " + name);
  message.header(link_header(0, IFF_UP)).text(IFLA_IFNAME, name);
  return message;
}

Message name_link(const std::string& name, const std::string& alias) {
  Message message(RTM_NEWLINK, 0, "describe " + name);
  message.header(link_header(0, 0)).text(IFLA_IFNAME, name).text(IFLA_IFALIAS, alias);
  return message;
}

Outcome await_sending(Netlink& netlink, const std::string& name) {
  constexpr int tries_max = 250;
  constexpr auto pause = std::chrono::milliseconds(1);
  for (int tries = 0; tries < tries_max; ++tries) {
    bool sending = false;
    Message question(RTM_GETLINK, 0, "describe " + name);
    question.header(link_header(0, 0)).text(IFLA_IFNAME, name);
    Outcome asked = netlink.get(std::move(question), [&](nlmsghdr* answer) {
      std::array<nlattr*, IFLA_MAX + 1> attributes{};
      if (nlmsg_parse(answer, sizeof(ifinfomsg), attributes.data(), IFLA_MAX, nullptr) >= 0 &&
          attributes[IFLA_QDISC] != nullptr) {
        // "noop" is the queue that drops everything. Recent kernels replace it while they answer.
        sending = std::string_view(nla_get_string(attributes[IFLA_QDISC])) != "noop";
      }
    });
    if (!asked.ok() || sending) {
      return asked;
    }
    std::this_thread::sleep_for(pause);
  }
  return Done{};
}

Message delete_link(const std::string& name) {
  Message message(RTM_DELLINK, 0, "delete the link " + name);
  message.header(link_header(0, 0)).text(IFLA_IFNAME, name).tolerate(ENODEV);
  return message;
}

Outcome delete_links(Netlink& netlink, const std::vector<std::string>& names, std::uint32_t group) {
  std::vector<Message> messages;
  for (const std::string& name : names) {
    Message message(RTM_NEWLINK, 0, "gather the link " + name + " for deletion");
    message.header(link_header(0, 0))
        .text(IFLA_IFNAME, name)
        .number32(IFLA_GROUP, group)
        .tolerate(ENODEV);
    messages.push_back(std::move(message));
  }
  if (messages.empty()) {
    return Done{};
  }
  Message deletion(RTM_DELLINK, 0, "delete " + std::to_string(names.size()) + " links");
  deletion.header(link_header(0, 0)).number32(IFLA_GROUP, group).tolerate(ENODEV);
  messages.push_back(std::move(deletion));
  return netlink.run(std::move(messages));
}

}  // namespace netif

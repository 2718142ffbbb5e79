#include "netif/edge/vpc_router.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <optional>
#include <string_view>
#include <utility>

#include "netif/edge/namespaces.h"
#include "netif/edge/router_rules.h"
#include "netif/edge/routes.h"
#include "schemas/base/require.h"

namespace netif {

using schemas::Done;
using schemas::EniAssignment;
using schemas::Error;
using schemas::ErrorCode;
using schemas::Neighbour;
using schemas::Outcome;
using schemas::Result;
using schemas::SubnetAssignment;
using schemas::VpcId;

namespace {

/// Numbers that we give to links begin here; the kernel gives its own from 2 on.
constexpr int first_index = 1000;
/// eth0's number in a task's namespace. Some kernels put tunnels of their own into each new
/// namespace, from 2 on.
constexpr int eth0_index = 1000;
constexpr std::int64_t uplink_mtu = 1500;
/// Written on a port that was detached: whoever finds it may delete it.
constexpr std::string_view leaving_text = "stowage leaving";

/// Above those of any earlier process of this boot, unless one began a thousand epochs a second.
std::uint32_t fresh_epoch() {
  const auto since_boot = std::chrono::steady_clock::now().time_since_epoch();
  return static_cast<std::uint32_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(since_boot).count());
}

std::string uplink_text(const VpcId& vpc) { return "stowage router of " + vpc.text(); }

}  // namespace

std::string router_path(const Host& host, const VpcId& vpc) {
  return host.folder + "/" + vpc.text();
}

std::string task_path(const Host& host, const schemas::TaskId& task) {
  return host.folder + "/task-" + task.text();
}

std::string segment_text(const SubnetAssignment& subnet) {
  return "stowage " + subnet.id.text() + " " + subnet.cidr.text() + " " + subnet.gateway.text() +
         " " + subnet.gateway_mac.text() + " " + std::to_string(subnet.vni);
}

std::string tunnel_text(const Host& host, const SubnetAssignment& subnet) {
  return segment_text(subnet) + " from " + host.settings.host_address.text();
}

std::string eni_text(const EniAssignment& eni) {
  return "stowage " + eni.id.text() + " task " + eni.task.text() + " " + eni.address.text() + " " +
         eni.mac.text();
}

VpcRouter::VpcRouter(const Names& names, VpcId vpc, std::int64_t mtu, FileHandle handle,
                     Netlink netlink, Firewall firewall)
    : names_(names),
      vpc_(vpc),
      mtu_(mtu),
      handle_(std::move(handle)),
      netlink_(std::move(netlink)),
      firewall_(std::move(firewall)),
      groups_(fresh_epoch()) {}

Result<VpcRouter> VpcRouter::open(Host& host, const VpcId& vpc) {
  const std::string path = router_path(host, vpc);
  if (Outcome made = make_namespace(path, &prepare_router_namespace); !made.ok()) {
    return made.error();
  }
  auto handle = open_namespace(path);
  if (!handle.ok()) {
    return handle.error();
  }
  std::optional<Result<Netlink>> netlink;
  std::optional<Result<Firewall>> firewall;
  const Outcome opened = in_namespace(handle.value(), [&]() -> Outcome {
    netlink = Netlink::open();
    firewall = Firewall::open();
    if (!netlink->ok()) {
      return netlink->error();
    }
    return firewall->ok() ? Outcome(Done{}) : firewall->error();
  });
  if (!opened.ok()) {
    return opened.error();
  }
  VpcRouter router(host.names, vpc, host.mtu, std::move(handle).value(),
                   std::move(*netlink).value(), std::move(*firewall).value());
  if (Outcome connected = router.connect(host, vpc); !connected.ok()) {
    return connected.error();
  }
  return router;
}

Outcome VpcRouter::connect(Host& host, const VpcId& vpc) {
  downlink_ = names_.downlink(vpc);
  auto inside = list_links(netlink_);
  if (!inside.ok()) {
    return inside.error();
  }
  next_index_ = first_index;
  for (const Link& link : inside.value()) {
    next_index_ = std::max(next_index_, link.index + 1);
  }
  const auto down = find_link(inside.value(), downlink_);
  if (down && down->alias == uplink_text(vpc)) {
    const auto outside = list_links(host.netlink);
    const auto addresses = list_addresses(netlink_);
    if (!outside.ok() || !addresses.ok()) {
      return outside.ok() ? addresses.error() : outside.error();
    }
    const auto up = find_link(outside.value(), names_.uplink(vpc));
    for (const InterfaceAddress& entry : addresses.value()) {
      if (up && entry.link == down->index) {
        uplink_ = up->index;
        transit_ = entry.address;
        return Done{};
      }
    }
  }
  if (Outcome made = make_uplink(host, vpc); !made.ok()) {
    return made;
  }
  // A router without interfaces has its rules from the start: nothing is ever unguarded.
  return write_firewall({}, {}, Earlier::none);
}

Outcome VpcRouter::make_uplink(Host& host, const VpcId& vpc) {
  const std::string up = names_.uplink(vpc);
  std::vector<Message> outside;
  outside.push_back(delete_link(up));
  outside.push_back(
      make_veth({.name = up, .mac = link_mac(up)},
                {.name = downlink_, .mac = link_mac(downlink_), .namespace_handle = handle_.get()},
                uplink_mtu));
  if (Outcome made = host.netlink.run(std::move(outside)); !made.ok()) {
    return made;
  }
  if (Outcome quiet = quiet_link(up); !quiet.ok()) {
    return quiet;
  }
  const auto host_links = list_links(host.netlink);
  const auto router_links = list_links(netlink_);
  if (!host_links.ok() || !router_links.ok()) {
    return host_links.ok() ? router_links.error() : host_links.error();
  }
  const auto up_link = find_link(host_links.value(), up);
  const auto down_link = find_link(router_links.value(), downlink_);
  if (!up_link || !down_link) {
    return Error{ErrorCode::server, "the link between " + vpc.text() +
                                        " and its host vanished while it was made; try again"};
  }
  uplink_ = up_link->index;
  next_index_ = std::max(next_index_, down_link->index + 1);
  if (Outcome taken = take_transit(host); !taken.ok()) {
    return taken;
  }
  std::vector<Message> inside;
  inside.push_back(bring_up(downlink_));
  inside.push_back(add_address(down_link->index, transit_, 32));
  inside.push_back(add_neighbour(down_link->index, transit_gateway, link_mac(up)));
  inside.push_back(default_route(down_link->index, transit_gateway));
  inside.push_back(bring_up("lo"));
  inside.push_back(finish_link(downlink_, uplink_text(vpc)));
  if (Outcome made = netlink_.run(std::move(inside)); !made.ok()) {
    return made;
  }
  return await_sending(host.netlink, up);
}

/// Takes the lowest transit address that no router of this host has, whichever agent's it is: the
/// route to it is the claim.
Outcome VpcRouter::take_transit(Host& host) {
  const auto routes = list_routes(host.netlink);
  if (!routes.ok()) {
    return routes.error();
  }
  std::set<schemas::Ipv4> taken;
  for (const Route& route : routes.value()) {
    taken.insert(route.to.base);
  }
  constexpr int refusals_max = 16;
  int refusals = 0;
  schemas::Ipv4 candidate = transit_range.base;
  for (std::int64_t at = 1; at < transit_range.size(); ++at) {
    candidate.bits += 1;
    if (taken.contains(candidate)) {
      continue;
    }
    std::vector<Message> claim;
    claim.push_back(host_route(uplink_, candidate));
    if (Outcome claimed = host.netlink.run(std::move(claim)); !claimed.ok()) {
      // Another agent was faster, or something is wrong that will not get better.
      if (++refusals == refusals_max) {
        return claimed;
      }
      continue;
    }
    transit_ = candidate;
    return host.netlink.run(add_neighbour(uplink_, candidate, link_mac(downlink_)));
  }
  return Error{ErrorCode::server, "no transit address of " + transit_range.text() +
                                      " is free on this host; remove VPCs from it"};
}

Outcome VpcRouter::make_subnet(Host& host, const SubnetAssignment& subnet) {
  const std::string bridge = names_.subnet_bridge(subnet.id);
  const std::string tunnel = names_.subnet_tunnel(subnet.id);
  Segment segment{.subnet = subnet, .bridge = next_index_++};
  std::vector<Message> messages;
  messages.push_back(delete_link(tunnel));
  messages.push_back(delete_link(bridge));
  messages.push_back(make_bridge(bridge, segment.bridge, subnet.gateway_mac, mtu_));
  messages.push_back(bring_up(bridge));
  messages.push_back(add_address(segment.bridge, subnet.gateway, subnet.cidr.prefix));
  messages.push_back(add_bridge_address(segment.bridge, router_mac));
  if (Outcome made = netlink_.run(std::move(messages)); !made.ok()) {
    return made;
  }
  std::vector<Message> finish;
  if (host.underlay != 0) {
    segment.tunnel = next_index_++;
    // Sent from the host's namespace: that is where the outer packets travel.
    if (Outcome made = host.netlink.run(make_tunnel(
            tunnel, segment.tunnel, subnet.vni, host.settings.host_address, handle_.get(), mtu_));
        !made.ok()) {
      return made;
    }
    finish.push_back(join_bridge(tunnel, segment.bridge));
    finish.push_back(finish_port(tunnel, PortKind::tunnel, tunnel_text(host, subnet)));
  }
  if (Outcome admitted = firewall_.run({admit_subnet(subnet.cidr)}, "admit " + subnet.id.text());
      !admitted.ok()) {
    return admitted;
  }
  finish.push_back(finish_link(bridge, segment_text(subnet)));
  if (Outcome finished = netlink_.run(std::move(finish)); !finished.ok()) {
    return finished;
  }
  segments_.insert_or_assign(subnet.id, std::move(segment));
  return Done{};
}

Outcome VpcRouter::remove_subnet(const SubnetAssignment& subnet) {
  segments_.erase(subnet.id);
  std::vector<Message> messages;
  messages.push_back(delete_link(names_.subnet_tunnel(subnet.id)));
  messages.push_back(delete_link(names_.subnet_bridge(subnet.id)));
  if (Outcome removed = netlink_.run(std::move(messages)); !removed.ok()) {
    return removed;
  }
  return firewall_.run(dismiss_subnet(subnet.cidr), "dismiss " + subnet.id.text());
}

Outcome VpcRouter::learn(const std::vector<Neighbour>& neighbours) {
  if (Outcome admitted = change_groups(
          {}, [&](GroupRules& groups) { return groups.learn(neighbours); },
          "admit neighbours of " + vpc_.text());
      !admitted.ok()) {
    return admitted;
  }
  std::vector<Message> messages;
  for (const Neighbour& neighbour : neighbours) {
    const auto segment = segments_.find(neighbour.subnet);
    if (segment == segments_.end() || segment->second.tunnel == 0) {
      continue;  // without an address for tunnels, other hosts are out of reach
    }
    const int tunnel = segment->second.tunnel;
    messages.push_back(add_tunnel_entry(tunnel, neighbour.mac, neighbour.host_address));
    messages.push_back(add_bridge_entry(tunnel, neighbour.mac));
    messages.push_back(add_neighbour(segment->second.bridge, neighbour.address, neighbour.mac));
  }
  return netlink_.run(std::move(messages));
}

Outcome VpcRouter::forget(const std::vector<Neighbour>& neighbours) {
  if (Outcome dismissed = change_groups(
          {}, [&](GroupRules& groups) { return groups.forget(neighbours); },
          "dismiss neighbours of " + vpc_.text());
      !dismissed.ok()) {
    return dismissed;
  }
  std::vector<Message> messages;
  for (const Neighbour& neighbour : neighbours) {
    const auto segment = segments_.find(neighbour.subnet);
    if (segment == segments_.end() || segment->second.tunnel == 0) {
      continue;
    }
    const int tunnel = segment->second.tunnel;
    messages.push_back(remove_neighbour(segment->second.bridge, neighbour.address));
    messages.push_back(remove_bridge_entry(tunnel, neighbour.mac));
    messages.push_back(remove_tunnel_entry(tunnel, neighbour.mac));
  }
  return netlink_.run(std::move(messages));
}

GuardedPort VpcRouter::guarded(const EniAssignment& eni) const {
  return {.link = names_.eni_port(eni.id), .mac = eni.mac, .address = eni.address};
}

Outcome VpcRouter::attach(const EniAssignment& eni, const std::string& task_namespace) {
  const auto found = segments_.find(eni.subnet);
  if (found == segments_.end()) {
    return Error{ErrorCode::server, "cannot attach " + eni.id.text() + ": its subnet " +
                                        eni.subnet.text() + " is not on this host"};
  }
  const Segment& segment = found->second;
  auto inside = open_namespace(task_namespace);
  if (!inside.ok()) {
    return inside.error();
  }
  // The guard first: whatever the task's end sends from its first moment on is checked.
  std::vector<std::string> rules{admit(router_guard(), guarded(eni))};
  if (eni.public_address) {
    nft::append(rules, admit_public({.outside = *eni.public_address, .inside = eni.address}));
  }
  if (Outcome admitted = change_groups(
          std::move(rules), [&](GroupRules& groups) { return groups.admit(eni); },
          "admit " + eni.id.text());
      !admitted.ok()) {
    return admitted;
  }
  const std::string port = names_.eni_port(eni.id);
  const int index = next_index_++;
  std::vector<Message> messages;
  if (leaving_.erase(port) > 0) {
    messages.push_back(delete_link(port));
  }
  ports_.insert_or_assign(port, index);
  messages.push_back(make_veth({.name = port, .index = index, .master = segment.bridge},
                               {.name = "eth0",
                                .index = eth0_index,
                                .mac = eni.mac,
                                .namespace_handle = inside.value().get()},
                               mtu_));
  messages.push_back(finish_port(port, PortKind::task, ""));
  messages.push_back(add_bridge_entry(index, eni.mac));
  messages.push_back(add_neighbour(segment.bridge, eni.address, eni.mac));
  if (Outcome made = netlink_.run(std::move(messages)); !made.ok()) {
    return made;
  }
  Outcome configured = in_namespace(inside.value(), [&]() -> Outcome {
    auto netlink = Netlink::open();
    if (!netlink.ok()) {
      return netlink.error();
    }
    std::vector<Message> own;
    own.push_back(bring_up("eth0"));
    own.push_back(add_address(eth0_index, eni.address, segment.subnet.cidr.prefix));
    // The gateway is known beforehand: no first packet waits for ARP, and a thousand tasks do not
    // fill the kernel's one table of learned neighbours.
    own.push_back(add_neighbour(eth0_index, segment.subnet.gateway, segment.subnet.gateway_mac));
    own.push_back(default_route(eth0_index, segment.subnet.gateway));
    return netlink.value().run(std::move(own));
  });
  if (!configured.ok()) {
    return configured;
  }
  for (const std::string& link : {port, names_.subnet_bridge(eni.subnet)}) {
    if (Outcome sends = await_sending(netlink_, link); !sends.ok()) {
      return sends;
    }
  }
  return netlink_.run(name_link(port, eni_text(eni)));
}

Outcome VpcRouter::detach(const EniAssignment& eni) {
  const std::string port = names_.eni_port(eni.id);
  std::vector<std::string> rules = dismiss(router_guard(), guarded(eni));
  if (eni.public_address) {
    nft::append(rules, dismiss_public({.outside = *eni.public_address, .inside = eni.address}));
  }
  if (Outcome dismissed = change_groups(
          std::move(rules), [&](GroupRules& groups) { return groups.dismiss(eni); },
          "dismiss " + eni.id.text());
      !dismissed.ok()) {
    return dismissed;
  }
  std::vector<Message> messages;
  if (const auto segment = segments_.find(eni.subnet); segment != segments_.end()) {
    messages.push_back(remove_neighbour(segment->second.bridge, eni.address));
  }
  const auto index = ports_.find(port);
  if (index != ports_.end()) {
    messages.push_back(remove_bridge_entry(index->second, eni.mac));
    ports_.erase(index);
  }
  messages.push_back(name_link(port, std::string(leaving_text)));
  messages.back().tolerate(ENODEV);
  if (Outcome removed = netlink_.run(std::move(messages)); !removed.ok()) {
    return removed;
  }
  leaving_.insert(port);
  return Done{};
}

Outcome VpcRouter::sweep() {
  if (leaving_.empty()) {
    return Done{};
  }
  const std::vector<std::string> names(leaving_.begin(), leaving_.end());
  Outcome deleted = delete_links(netlink_, names, names_.leaving_group());
  if (deleted.ok()) {
    leaving_.clear();
  }
  return deleted;
}

}  // namespace netif

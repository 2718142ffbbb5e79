// What a router looks like after its agent was away: killed half-way through a change, or started
// again with other tasks to run.

#include <net/if.h>

#include <set>
#include <utility>

#include "netif/edge/namespaces.h"
#include "netif/edge/routes.h"
#include "netif/edge/vpc_router.h"

namespace netif {

using schemas::Done;
using schemas::Outcome;
using schemas::Result;
using schemas::VpcId;

namespace {

/// Whether the namespace at `path` has an eth0: the file may have been given to a new, empty
/// namespace while the interface lives on in an older one.
bool has_eth0(const std::string& path) {
  const auto handle = open_namespace(path);
  bool found = false;
  return handle.ok() &&
         in_namespace(handle.value(),
                      [&]() -> Outcome {
                        found = ::if_nametoindex("eth0") != 0;
                        return Done{};
                      })
             .ok() &&
         found;
}

}  // namespace

Result<HostNetwork> VpcRouter::adopt(Host& host, const HostNetwork& want) {
  const auto links = list_links(netlink_);
  if (!links.ok()) {
    return links.error();
  }
  HostNetwork found;
  adopt_subnets(host, want, links.value(), found);
  adopt_enis(host, want, links.value(), found);
  if (Outcome deleted = delete_strange_links(links.value(), found); !deleted.ok()) {
    return deleted.error();
  }
  if (Outcome forgotten = forget_strangers(want, found); !forgotten.ok()) {
    return forgotten.error();
  }
  found.groups = want.groups;
  // Neighbours are members of their groups from the start: the plan that follows teaches the router
  // where they are, and until then connections with them must not be judged as if they were none.
  HostNetwork known = found;
  for (const auto& [id, neighbour] : want.neighbours) {
    if (want.subnets.contains(neighbour.subnet)) {  // others are never taught, nor forgotten
      known.neighbours.emplace(id, neighbour);
    }
  }
  if (Outcome written = write_firewall(found, policy_of(known, vpc_), Earlier::some);
      !written.ok()) {
    return written.error();
  }
  return found;
}

void VpcRouter::adopt_subnets(const Host& host, const HostNetwork& want,
                              const std::vector<Link>& links, HostNetwork& found) {
  for (const auto& [id, subnet] : want.subnets) {
    const auto bridge = find_link(links, names_.subnet_bridge(id));
    const auto tunnel = find_link(links, names_.subnet_tunnel(id));
    const bool tunnel_as_wanted = host.underlay == 0
                                      ? !tunnel.has_value()
                                      : tunnel && tunnel->alias == tunnel_text(host, subnet);
    if (bridge && bridge->alias == segment_text(subnet) && tunnel_as_wanted) {
      found.subnets.emplace(id, subnet);
      segments_.insert_or_assign(
          id,
          Segment{.subnet = subnet, .bridge = bridge->index, .tunnel = tunnel ? tunnel->index : 0});
    }
  }
}

void VpcRouter::adopt_enis(const Host& host, const HostNetwork& want,
                           const std::vector<Link>& links, HostNetwork& found) {
  for (const auto& [id, eni] : want.enis) {
    const auto port = find_link(links, names_.eni_port(id));
    if (found.subnets.contains(eni.subnet) && port && port->alias == eni_text(eni) &&
        has_eth0(task_path(host, eni.task))) {
      found.enis.emplace(id, eni);
      ports_.insert_or_assign(names_.eni_port(id), port->index);
    }
  }
}

Outcome VpcRouter::delete_strange_links(const std::vector<Link>& links, const HostNetwork& found) {
  std::set<std::string> kept{downlink_};
  for (const auto& [id, subnet] : found.subnets) {
    kept.insert(names_.subnet_bridge(id));
    kept.insert(names_.subnet_tunnel(id));
  }
  for (const auto& [id, eni] : found.enis) {
    kept.insert(names_.eni_port(id));
  }
  std::vector<std::string> strange;
  for (const Link& link : links) {
    if (names_.is_ours(link.name) && !kept.contains(link.name)) {
      strange.push_back(link.name);
    }
  }
  return delete_links(netlink_, strange, names_.leaving_group());
}

/// Wanted neighbours are written again by the plan that follows, whatever is there; those that
/// nobody wants any more would otherwise stay for ever.
Outcome VpcRouter::forget_strangers(const HostNetwork& want, const HostNetwork& found) {
  const auto neighbours = list_neighbours(netlink_);
  const auto entries = list_tunnel_entries(netlink_);
  if (!neighbours.ok() || !entries.ok()) {
    return neighbours.ok() ? entries.error() : neighbours.error();
  }
  std::set<std::pair<int, schemas::Ipv4>> addresses;
  std::set<std::pair<int, schemas::Mac>> macs;
  for (const auto& [id, neighbour] : want.neighbours) {
    if (const auto segment = segments_.find(neighbour.subnet); segment != segments_.end()) {
      addresses.insert({segment->second.bridge, neighbour.address});
      macs.insert({segment->second.tunnel, neighbour.mac});
    }
  }
  for (const auto& [id, eni] : found.enis) {
    addresses.insert({segments_.at(eni.subnet).bridge, eni.address});
  }
  std::vector<Message> messages;
  for (const auto& [id, segment] : segments_) {
    for (const NeighbourEntry& entry : neighbours.value()) {
      if (entry.link == segment.bridge && !addresses.contains({entry.link, entry.address})) {
        messages.push_back(remove_neighbour(entry.link, entry.address));
      }
    }
    for (const TunnelEntry& entry : entries.value()) {
      if (entry.link == segment.tunnel && !macs.contains({entry.link, entry.mac})) {
        messages.push_back(remove_bridge_entry(entry.link, entry.mac));
        messages.push_back(remove_tunnel_entry(entry.link, entry.mac));
      }
    }
  }
  return netlink_.run(std::move(messages));
}

Outcome VpcRouter::remove(Host& host, const VpcId& vpc) {
  const std::string path = router_path(host, vpc);
  // Tunnels are taken down by name: left to the kernel, they would go later than this call, and
  // their network identifiers would be taken until then.
  if (is_namespace(path)) {
    auto handle = open_namespace(path);
    if (!handle.ok()) {
      return handle.error();
    }
    Outcome cleared = in_namespace(handle.value(), [&]() -> Outcome {
      auto netlink = Netlink::open();
      if (!netlink.ok()) {
        return netlink.error();
      }
      const auto links = list_links(netlink.value());
      if (!links.ok()) {
        return links.error();
      }
      std::vector<std::string> ours;
      for (const Link& link : links.value()) {
        if (host.names.is_ours(link.name)) {
          ours.push_back(link.name);
        }
      }
      return delete_links(netlink.value(), ours, host.names.leaving_group());
    });
    if (!cleared.ok()) {
      return cleared;
    }
  }
  // The host's end went with the router's, unless the router was never finished.
  if (Outcome deleted = host.netlink.run(delete_link(host.names.uplink(vpc))); !deleted.ok()) {
    return deleted;
  }
  return remove_namespace(path);
}

}  // namespace netif

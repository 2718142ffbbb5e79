// What a host looks like after its agent was away, and how everything of an agent's goes.

#include <unistd.h>

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "netif/edge/host_kernel.h"
#include "netif/edge/host_rules.h"
#include "netif/edge/links.h"
#include "netif/edge/namespaces.h"
#include "netif/edge/router_rules.h"
#include "netif/edge/routes.h"

namespace netif {

using schemas::Done;
using schemas::EniAssignment;
using schemas::Error;
using schemas::Ipv4;
using schemas::Outcome;
using schemas::TaskId;
using schemas::VpcId;

namespace {

constexpr std::string_view router_file_prefix = "vpc-";
constexpr std::string_view task_file_prefix = "task-";
/// How long the kernel is given to take detached links away with their namespaces.
constexpr auto sweep_patience = std::chrono::seconds(5);

/// The part of `network` that belongs to one VPC.
HostNetwork part_of(const HostNetwork& network, const VpcId& vpc) {
  HostNetwork part;
  for (const auto& [id, subnet] : network.subnets) {
    if (subnet.vpc == vpc) {
      part.subnets.emplace(id, subnet);
    }
  }
  for (const auto& [id, eni] : network.enis) {
    if (eni.vpc == vpc) {
      part.enis.emplace(id, eni);
    }
  }
  for (const auto& [id, neighbour] : network.neighbours) {
    if (neighbour.vpc == vpc) {
      part.neighbours.emplace(id, neighbour);
    }
  }
  for (const auto& [id, group] : network.groups) {
    if (group.vpc == vpc) {
      part.groups.emplace(id, group);
    }
  }
  return part;
}

}  // namespace

Outcome HostKernel::begin() {
  HostRules rules;
  containers_.describe(host_.names, rules);
  const nft::Table table = host_table(host_.names);
  const std::vector<std::string> kept = list_folder(host_.folder);
  const bool routers = std::any_of(kept.begin(), kept.end(), [](const std::string& file) {
    return file.starts_with(router_file_prefix);
  });
  if (!routers) {  // nothing depends on rules that only `apply` can know
    return rewrite_host_rules({});
  }
  std::vector<std::string> commands{nft::create_table(table),
                                    nft::add_table(host_guard(host_.names))};
  nft::append(commands, host_rules(host_.names, host_.settings, rules));
  // An earlier process' rules stay until `apply` knows what must replace them: tasks run on.
  if (host_.firewall.run(commands, "make this agent's table").ok()) {
    return Done{};
  }
  return host_.firewall.run({nft::add_table(table)}, "keep this agent's table");
}

Outcome HostKernel::adopt(const HostNetwork& want) {
  have_ = {};
  routers_.clear();
  // First, because the routes by which public addresses are found go with their routers.
  if (Outcome done = release_publics(want); !done.ok()) {
    return done;
  }
  if (Outcome done = adopt_routers(want); !done.ok()) {
    return done;
  }
  if (Outcome done = rewrite_host_rules(peers_of(want)); !done.ok()) {
    return done;
  }
  if (Outcome done = sweep_host(); !done.ok()) {
    return done;
  }
  for (const auto& [id, eni] : have_.enis) {
    if (Outcome done = open_public(eni); !done.ok()) {
      return done;
    }
  }
  return Done{};
}

Outcome HostKernel::adopt_routers(const HostNetwork& want) {
  const std::set<VpcId> wanted = vpcs_of(want);
  for (const std::string& file : list_folder(host_.folder)) {
    const auto vpc = VpcId::parse(file);
    if (!file.starts_with(router_file_prefix) || !vpc) {
      continue;
    }
    if (!wanted.contains(*vpc) || !is_namespace(router_path(host_, *vpc))) {
      if (Outcome removed = VpcRouter::remove(host_, *vpc); !removed.ok()) {
        return removed;
      }
      continue;
    }
    auto router = VpcRouter::open(host_, *vpc);
    if (!router.ok()) {
      return router.error();
    }
    auto found = router.value().adopt(host_, part_of(want, *vpc));
    if (!found.ok()) {
      return found.error();
    }
    have_.subnets.merge(found.value().subnets);
    have_.enis.merge(found.value().enis);
    have_.groups.merge(found.value().groups);
    routers_.emplace(*vpc, std::move(router).value());
  }
  return Done{};
}

/// Takes back public addresses that `want` gives to nobody. They are found by their routes, which
/// lead through links of ours.
Outcome HostKernel::release_publics(const HostNetwork& want) {
  std::set<Ipv4> wanted;
  for (const auto& [id, eni] : want.enis) {
    wanted.insert(eni.public_address.value_or(Ipv4{}));
  }
  const auto links = list_links(host_.netlink);
  const auto routes = list_routes(host_.netlink);
  const auto proxies = list_proxies(host_.netlink);
  for (const Error* error :
       {links.ok() ? nullptr : &links.error(), routes.ok() ? nullptr : &routes.error(),
        proxies.ok() ? nullptr : &proxies.error()}) {
    if (error != nullptr) {
      return *error;
    }
  }
  std::set<int> ours;
  for (const Link& link : links.value()) {
    if (host_.names.is_ours(link.name)) {
      ours.insert(link.index);
    }
  }
  std::vector<Message> messages;
  for (const Route& route : routes.value()) {
    if (!ours.contains(route.link) || route.protocol != our_protocol ||
        transit_range.contains(route.to.base) || wanted.contains(route.to.base)) {
      continue;
    }
    for (const NeighbourEntry& proxy : proxies.value()) {
      if (proxy.address == route.to.base) {
        messages.push_back(remove_proxy(proxy.link, proxy.address));
      }
    }
    messages.push_back(remove_host_route(route.link, route.to.base));
  }
  return host_.netlink.run(std::move(messages));
}

/// Deletes links of ours in the host's namespace that nothing of ours needs.
Outcome HostKernel::sweep_host() {
  std::set<std::string> kept = containers_.links(host_.names);
  for (const auto& [vpc, router] : routers_) {
    kept.insert(host_.names.uplink(vpc));
  }
  const auto links = list_links(host_.netlink);
  if (!links.ok()) {
    return links.error();
  }
  std::vector<std::string> strange;
  for (const Link& link : links.value()) {
    if (host_.names.is_ours(link.name) && !kept.contains(link.name)) {
      strange.push_back(link.name);
    }
  }
  return delete_links(host_.netlink, strange, host_.names.leaving_group());
}

Outcome HostKernel::rewrite_host_rules(const std::set<Ipv4>& peers) {
  HostRules rules;
  for (const auto& [vpc, router] : routers_) {
    rules.uplinks.push_back(host_.names.uplink(vpc));
    rules.transits.push_back(router.transit());
  }
  for (const auto& [id, eni] : have_.enis) {
    if (eni.public_address) {
      rules.publics.push_back(*eni.public_address);
    }
  }
  rules.peers.assign(peers.begin(), peers.end());
  containers_.describe(host_.names, rules);
  Outcome written =
      host_.firewall.run(nft::replacing({host_table(host_.names), host_guard(host_.names)},
                                        {host_rules(host_.names, host_.settings, rules)}),
                         "write this host's rules");
  if (written.ok()) {
    peers_ = peers;
  }
  return written;
}

/// A detached interface goes with its task's namespace, in the kernel's own time and with others.
/// What a process that would not end has kept goes here.
Outcome HostKernel::sweep_detached() {
  const auto now = std::chrono::steady_clock::now();
  Outcome outcome = Done{};
  if (last_detach_ && now - *last_detach_ > sweep_patience) {
    for (auto& [vpc, router] : routers_) {
      keep_first(outcome, router.sweep());
    }
    keep_first(outcome, containers_.sweep(host_));
    last_detach_.reset();
  }
  return outcome;
}

Outcome HostKernel::remove_task_namespaces(const std::set<TaskId>& kept) {
  Outcome outcome = Done{};
  for (const std::string& file : list_folder(host_.folder)) {
    if (!file.starts_with(task_file_prefix)) {
      continue;
    }
    const auto task = TaskId::parse(std::string_view(file).substr(task_file_prefix.size()));
    if (task && !kept.contains(*task)) {
      keep_first(outcome, remove_namespace(task_path(host_, *task)));
    }
  }
  return outcome;
}

Outcome HostKernel::keep_only(const std::set<TaskId>& tasks, const std::set<std::string>& keys) {
  Outcome outcome = remove_task_namespaces(tasks);
  for (const std::string& key : containers_.keys()) {
    if (!keys.contains(key)) {
      keep_first(outcome, remove_container(key));
    }
  }
  for (const std::string& file : list_folder(host_.folder)) {
    if (file.starts_with(lone_file_prefix) &&
        !keys.contains(file.substr(lone_file_prefix.size()))) {
      keep_first(outcome, remove_namespace(host_.folder + "/" + file));
    }
  }
  return outcome;
}

Outcome HostKernel::remove_container(const std::string& key) {
  last_detach_ = std::chrono::steady_clock::now();
  return containers_.remove(host_, key);
}

Outcome HostKernel::remove_all() {
  adopted_ = false;
  want_ = {};
  Outcome outcome = Done{};
  std::vector<EniAssignment> enis;
  for (const auto& [id, eni] : have_.enis) {
    enis.push_back(eni);
  }
  for (const EniAssignment& eni : enis) {
    keep_first(outcome, close_public(eni));
  }
  keep_first(outcome, keep_only({}, {}));
  keep_first(outcome, adopt({}));
  keep_first(outcome, containers_.remove_bridge(host_));
  keep_first(outcome, host_.firewall.run({nft::add_table(host_table(host_.names)),
                                          nft::delete_table(host_table(host_.names)),
                                          nft::add_table(host_guard(host_.names)),
                                          nft::delete_table(host_guard(host_.names))},
                                         "remove this agent's tables"));
  if (outcome.ok()) {
    ::rmdir(host_.folder.c_str());  // files of others may be in it: then it stays
  }
  return outcome;
}

}  // namespace netif

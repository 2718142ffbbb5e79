#include "netif/edge/host_networking.h"

#include <unistd.h>

#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <string_view>
#include <utility>

#include "netif/edge/container_bridge.h"
#include "netif/edge/host.h"
#include "netif/edge/links.h"
#include "netif/edge/namespaces.h"
#include "netif/edge/routes.h"
#include "netif/edge/rules.h"
#include "netif/edge/vpc_router.h"

namespace netif {

using schemas::Done;
using schemas::EniAssignment;
using schemas::EniId;
using schemas::Error;
using schemas::ErrorCode;
using schemas::Ipv4;
using schemas::Outcome;
using schemas::Result;
using schemas::TaskId;
using schemas::VpcId;

namespace {

constexpr std::string_view router_file_prefix = "vpc-";
constexpr std::string_view task_file_prefix = "task-";
/// How long the kernel is given to take detached links away with their namespaces.
constexpr auto sweep_patience = std::chrono::seconds(5);

template <class... Acts>
struct Overloaded : Acts... {
  using Acts::operator()...;
};
template <class... Acts>
Overloaded(Acts...) -> Overloaded<Acts...>;

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
  return part;
}

std::set<Ipv4> peers_of(const HostNetwork& network) {
  std::set<Ipv4> peers;
  for (const auto& [id, neighbour] : network.neighbours) {
    peers.insert(neighbour.host_address);
  }
  return peers;
}

void keep_first(Outcome& outcome, Outcome next) {
  if (outcome.ok()) {
    outcome = std::move(next);
  }
}

}  // namespace

/// The host's namespace and the routers in it. `have_` is what is known to be in the kernel; what
/// failed half-way is not in it, and is taken down before it is tried again.
class HostNetworking::Kernel {
 public:
  Kernel(Host host, ContainerBridge containers)
      : host_(std::move(host)), containers_(std::move(containers)) {}

  Outcome begin();
  Outcome apply(const HostNetwork& want);
  Outcome attach(const EniId& id);
  Outcome detach(const EniId& id);
  Outcome keep_only(const std::set<TaskId>& tasks, const std::set<std::string>& keys);
  Outcome remove_container(const std::string& key);
  Outcome remove_all();

  std::mutex mutex;
  [[nodiscard]] Host& host() { return host_; }
  [[nodiscard]] ContainerBridge& containers() { return containers_; }

 private:
  Outcome adopt(const HostNetwork& want);
  Outcome adopt_routers(const HostNetwork& want);
  Outcome sweep_host();
  Outcome sweep_detached();
  Outcome rewrite_host_rules(const std::set<Ipv4>& peers);
  Outcome set_peers(const std::set<Ipv4>& peers);
  Outcome carry_out(const Step& step);
  Outcome make_router(const VpcId& vpc);
  Outcome remove_router(const VpcId& vpc);
  Outcome attach_here(const EniAssignment& eni);
  Outcome detach_here(const EniAssignment& eni);
  Outcome open_public(const EniAssignment& eni);
  Outcome close_public(const EniAssignment& eni);
  Outcome remove_task_namespaces(const std::set<TaskId>& kept);

  Host host_;
  ContainerBridge containers_;
  bool adopted_ = false;
  HostNetwork want_;
  HostNetwork have_;
  std::map<VpcId, VpcRouter> routers_;
  std::set<Ipv4> peers_;
  std::optional<std::chrono::steady_clock::time_point> last_detach_;
};

Outcome HostNetworking::Kernel::begin() {
  HostRules rules;
  containers_.describe(host_.names, rules);
  const nft::Table table = host_table(host_.names);
  std::vector<std::string> commands{nft::create_table(table),
                                    nft::add_table(host_guard(host_.names))};
  append(commands, host_rules(host_.names, host_.settings, rules));
  // An earlier process' rules stay until `apply` knows what must replace them: tasks run on.
  if (host_.firewall.run(commands, "make this agent's table").ok()) {
    return Done{};
  }
  return host_.firewall.run({nft::add_table(table)}, "keep this agent's table");
}

Outcome HostNetworking::Kernel::apply(const HostNetwork& want) {
  want_ = want;
  if (!adopted_) {
    if (Outcome done = adopt(want); !done.ok()) {
      return done;
    }
    adopted_ = true;
  }
  Outcome outcome = set_peers(peers_of(want));
  keep_first(outcome, sweep_detached());
  for (const Step& step : plan(have_, want)) {
    // One step that fails must not keep others from their network; the next call tries it again.
    keep_first(outcome, carry_out(step));
  }
  return outcome;
}

/// A detached interface goes with its task's namespace, in the kernel's own time and with others.
/// What a process that would not end has kept goes here.
Outcome HostNetworking::Kernel::sweep_detached() {
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

Outcome HostNetworking::Kernel::adopt(const HostNetwork& want) {
  have_ = {};
  routers_.clear();
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

Outcome HostNetworking::Kernel::adopt_routers(const HostNetwork& want) {
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
    routers_.emplace(*vpc, std::move(router).value());
  }
  return Done{};
}

/// Deletes links of ours in the host's namespace that nothing of ours needs, and public addresses
/// that are nobody's any more.
Outcome HostNetworking::Kernel::sweep_host() {
  std::set<std::string> kept = containers_.links(host_.names);
  std::set<int> uplinks;
  std::set<Ipv4> addresses;
  for (const auto& [vpc, router] : routers_) {
    kept.insert(host_.names.uplink(vpc));
    uplinks.insert(router.uplink());
    addresses.insert(router.transit());
  }
  for (const auto& [id, eni] : have_.enis) {
    if (eni.public_address) {
      addresses.insert(*eni.public_address);
    }
  }
  const auto links = list_links(host_.netlink);
  const auto routes = list_routes(host_.netlink);
  const auto proxies = list_proxies(host_.netlink, host_.underlay);
  for (const Error* error :
       {links.ok() ? nullptr : &links.error(), routes.ok() ? nullptr : &routes.error(),
        proxies.ok() ? nullptr : &proxies.error()}) {
    if (error != nullptr) {
      return *error;
    }
  }
  std::vector<std::string> strange;
  for (const Link& link : links.value()) {
    if (host_.names.is_ours(link.name) && !kept.contains(link.name)) {
      strange.push_back(link.name);
    }
  }
  if (Outcome deleted = delete_links(host_.netlink, strange, host_.names.leaving_group());
      !deleted.ok()) {
    return deleted;
  }
  std::vector<Message> messages;
  for (const Route& route : routes.value()) {
    if (uplinks.contains(route.link) && route.protocol == our_protocol &&
        !addresses.contains(route.to.base)) {
      messages.push_back(remove_host_route(route.link, route.to.base));
    }
  }
  for (const Ipv4 address : proxies.value()) {
    if (host_.settings.public_range && host_.settings.public_range->contains(address) &&
        !addresses.contains(address)) {
      messages.push_back(remove_proxy(host_.underlay, address));
    }
  }
  return host_.netlink.run(std::move(messages));
}

Outcome HostNetworking::Kernel::rewrite_host_rules(const std::set<Ipv4>& peers) {
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
  Outcome written = host_.firewall.run(replacing({host_table(host_.names), host_guard(host_.names)},
                                                 {host_rules(host_.names, host_.settings, rules)}),
                                       "write this host's rules");
  if (written.ok()) {
    peers_ = peers;
  }
  return written;
}

Outcome HostNetworking::Kernel::set_peers(const std::set<Ipv4>& peers) {
  std::vector<std::string> commands;
  for (const Ipv4 peer : peers) {
    if (!peers_.contains(peer)) {
      commands.push_back(admit_address(host_.names, peer_set, peer));
    }
  }
  for (const Ipv4 peer : peers_) {
    if (!peers.contains(peer)) {
      append(commands, dismiss_address(host_.names, peer_set, peer));
    }
  }
  Outcome set = host_.firewall.run(commands, "admit the other hosts of this network");
  if (set.ok()) {
    peers_ = peers;
  }
  return set;
}

Outcome HostNetworking::Kernel::make_router(const VpcId& vpc) {
  auto router = VpcRouter::open(host_, vpc);
  if (!router.ok()) {
    return router.error();
  }
  const Ipv4 transit = router.value().transit();
  routers_.insert_or_assign(vpc, std::move(router).value());
  return host_.firewall.run({admit_uplink(host_.names, host_.names.uplink(vpc)),
                             admit_address(host_.names, transit_set, transit)},
                            "admit the router of " + vpc.text());
}

Outcome HostNetworking::Kernel::remove_router(const VpcId& vpc) {
  const auto found = routers_.find(vpc);
  if (found != routers_.end()) {
    std::vector<std::string> commands = dismiss_uplink(host_.names, host_.names.uplink(vpc));
    append(commands, dismiss_address(host_.names, transit_set, found->second.transit()));
    if (Outcome done = host_.firewall.run(commands, "dismiss the router of " + vpc.text());
        !done.ok()) {
      return done;
    }
    routers_.erase(found);  // its sockets would keep the namespace alive
  }
  return VpcRouter::remove(host_, vpc);
}

Outcome HostNetworking::Kernel::carry_out(const Step& step) {
  const auto without_router = [](const VpcId& vpc) -> Outcome {
    return Error{ErrorCode::server, "the router of " + vpc.text() + " could not be made"};
  };
  const auto with_router = [&](const VpcId& vpc, const auto& act) -> Outcome {
    const auto found = routers_.find(vpc);
    return found == routers_.end() ? without_router(vpc) : act(found->second);
  };
  return std::visit(Overloaded{[&](const DetachEni& act) { return detach_here(act.eni); },
                               [&](const ForgetNeighbours& act) {
                                 return with_router(act.vpc, [&](VpcRouter& router) {
                                   Outcome done = router.forget(act.neighbours);
                                   for (const schemas::Neighbour& neighbour : act.neighbours) {
                                     have_.neighbours.erase(neighbour.id);
                                   }
                                   return done;
                                 });
                               },
                               [&](const RemoveSubnet& act) {
                                 return with_router(act.subnet.vpc, [&](VpcRouter& router) {
                                   have_.subnets.erase(act.subnet.id);
                                   std::erase_if(have_.neighbours, [&](const auto& entry) {
                                     return entry.second.subnet == act.subnet.id;
                                   });
                                   return router.remove_subnet(act.subnet);
                                 });
                               },
                               [&](const RemoveRouter& act) { return remove_router(act.vpc); },
                               [&](const MakeRouter& act) { return make_router(act.vpc); },
                               [&](const MakeSubnet& act) {
                                 return with_router(act.subnet.vpc, [&](VpcRouter& router) {
                                   Outcome done = router.make_subnet(host_, act.subnet);
                                   if (done.ok()) {
                                     have_.subnets.insert_or_assign(act.subnet.id, act.subnet);
                                   }
                                   return done;
                                 });
                               },
                               [&](const LearnNeighbours& act) {
                                 return with_router(act.vpc, [&](VpcRouter& router) {
                                   Outcome done = router.learn(act.neighbours);
                                   for (const schemas::Neighbour& neighbour : act.neighbours) {
                                     if (done.ok()) {
                                       have_.neighbours.insert_or_assign(neighbour.id, neighbour);
                                     }
                                   }
                                   return done;
                                 });
                               },
                               [&](const AttachEni& act) -> Outcome {
                                 // Without a namespace its task has not come that far; `attach`
                                 // will be called.
                                 return is_namespace(task_path(host_, act.eni.task))
                                            ? attach_here(act.eni)
                                            : Done{};
                               }},
                    step);
}

Outcome HostNetworking::Kernel::attach(const EniId& id) {
  const auto wanted = want_.enis.find(id);
  if (wanted == want_.enis.end()) {
    return Error{ErrorCode::server,
                 "cannot attach " + id.text() + ": it is not assigned to this host (any more)"};
  }
  const auto present = have_.enis.find(id);
  if (present != have_.enis.end()) {
    if (present->second == wanted->second) {
      return Done{};
    }
    if (Outcome gone = detach_here(present->second); !gone.ok()) {
      return gone;
    }
  }
  const std::string path = task_path(host_, wanted->second.task);
  if (Outcome made = make_namespace(path, &prepare_task_namespace); !made.ok()) {
    return made;
  }
  return attach_here(wanted->second);
}

Outcome HostNetworking::Kernel::attach_here(const EniAssignment& eni) {
  const auto router = routers_.find(eni.vpc);
  if (router == routers_.end()) {
    return Error{ErrorCode::server, "cannot attach " + eni.id.text() + ": its network " +
                                        eni.vpc.text() + " is not on this host"};
  }
  Outcome attached = router->second.attach(eni, task_path(host_, eni.task));
  if (attached.ok()) {
    attached = open_public(eni);
  }
  if (attached.ok()) {
    have_.enis.insert_or_assign(eni.id, eni);
    return attached;
  }
  // Taken down at once, so that trying again starts from nothing.
  (void)close_public(eni);
  (void)router->second.detach(eni);
  (void)router->second.sweep();
  return attached;
}

Outcome HostNetworking::Kernel::detach(const EniId& id) {
  const auto present = have_.enis.find(id);
  return present == have_.enis.end() ? Outcome(Done{})
                                     : detach_here(EniAssignment(present->second));
}

Outcome HostNetworking::Kernel::detach_here(const EniAssignment& eni) {
  const auto router = routers_.find(eni.vpc);
  if (router != routers_.end()) {
    if (Outcome closed = close_public(eni); !closed.ok()) {
      return closed;
    }
    if (Outcome detached = router->second.detach(eni); !detached.ok()) {
      return detached;
    }
  }
  have_.enis.erase(eni.id);
  last_detach_ = std::chrono::steady_clock::now();
  return Done{};
}

Outcome HostNetworking::Kernel::open_public(const EniAssignment& eni) {
  if (!eni.public_address) {
    return Done{};
  }
  if (Outcome admitted =
          host_.firewall.run({admit_address(host_.names, public_set, *eni.public_address)},
                             "admit " + eni.public_address->text());
      !admitted.ok()) {
    return admitted;
  }
  std::vector<Message> messages;
  const VpcRouter& router = routers_.at(eni.vpc);
  messages.push_back(host_route_through(router.uplink(), *eni.public_address, router.transit()));
  if (host_.underlay != 0) {
    messages.push_back(add_proxy(host_.underlay, *eni.public_address));
  }
  return host_.netlink.run(std::move(messages));
}

Outcome HostNetworking::Kernel::close_public(const EniAssignment& eni) {
  if (!eni.public_address) {
    return Done{};
  }
  std::vector<Message> messages;
  messages.push_back(remove_host_route(routers_.at(eni.vpc).uplink(), *eni.public_address));
  if (host_.underlay != 0) {
    messages.push_back(remove_proxy(host_.underlay, *eni.public_address));
  }
  if (Outcome removed = host_.netlink.run(std::move(messages)); !removed.ok()) {
    return removed;
  }
  return host_.firewall.run(dismiss_address(host_.names, public_set, *eni.public_address),
                            "dismiss " + eni.public_address->text());
}

Outcome HostNetworking::Kernel::remove_task_namespaces(const std::set<TaskId>& kept) {
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

Outcome HostNetworking::Kernel::keep_only(const std::set<TaskId>& tasks,
                                          const std::set<std::string>& keys) {
  Outcome outcome = remove_task_namespaces(tasks);
  for (const std::string& key : containers_.keys()) {
    if (!keys.contains(key)) {
      keep_first(outcome, remove_container(key));
    }
  }
  return outcome;
}

Outcome HostNetworking::Kernel::remove_container(const std::string& key) {
  last_detach_ = std::chrono::steady_clock::now();
  return containers_.remove(host_, key);
}

Outcome HostNetworking::Kernel::remove_all() {
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

// --- the interface
// --------------------------------------------------------------------------------

HostNetworking::HostNetworking(std::unique_ptr<Kernel> kernel) : kernel_(std::move(kernel)) {}
HostNetworking::HostNetworking(HostNetworking&&) noexcept = default;
HostNetworking& HostNetworking::operator=(HostNetworking&&) noexcept = default;
HostNetworking::~HostNetworking() = default;

Result<HostNetworking> HostNetworking::open(NetworkSettings settings) {
  auto host = open_host(std::move(settings));
  if (!host.ok()) {
    return host.error();
  }
  auto containers = ContainerBridge::open(host.value());
  if (!containers.ok()) {
    return containers.error();
  }
  auto kernel = std::make_unique<Kernel>(std::move(host).value(), std::move(containers).value());
  if (Outcome begun = kernel->begin(); !begun.ok()) {
    return begun.error();
  }
  return HostNetworking(std::move(kernel));
}

Outcome HostNetworking::apply(const HostNetwork& want) {
  const std::lock_guard lock(kernel_->mutex);
  return kernel_->apply(want);
}

std::string HostNetworking::task_namespace_path(const TaskId& task) const {
  return task_path(kernel_->host(), task);
}

Result<std::string> HostNetworking::make_task_namespace(const TaskId& task) {
  std::string path = task_namespace_path(task);
  if (Outcome made = make_namespace(path, &prepare_task_namespace); !made.ok()) {
    return made.error();
  }
  return path;
}

Outcome HostNetworking::remove_task_namespace(const TaskId& task) {
  return remove_namespace(task_namespace_path(task));
}

Outcome HostNetworking::attach(const EniId& eni) {
  const std::lock_guard lock(kernel_->mutex);
  return kernel_->attach(eni);
}

Outcome HostNetworking::detach(const EniId& eni) {
  const std::lock_guard lock(kernel_->mutex);
  return kernel_->detach(eni);
}

Result<BridgeEndpoint> HostNetworking::make_bridge_endpoint(
    const std::string& key, const std::vector<PublishedPort>& ports) {
  const std::lock_guard lock(kernel_->mutex);
  return kernel_->containers().make(kernel_->host(), key, ports);
}

Outcome HostNetworking::remove_bridge_endpoint(const std::string& key) {
  const std::lock_guard lock(kernel_->mutex);
  return kernel_->remove_container(key);
}

Outcome HostNetworking::keep_only(const std::set<TaskId>& tasks,
                                  const std::set<std::string>& bridge_keys) {
  const std::lock_guard lock(kernel_->mutex);
  return kernel_->keep_only(tasks, bridge_keys);
}

Outcome HostNetworking::remove_all() {
  const std::lock_guard lock(kernel_->mutex);
  return kernel_->remove_all();
}

}  // namespace netif

#include "netif/edge/host_kernel.h"

#include <utility>
#include <vector>

#include "netif/edge/host_rules.h"
#include "netif/edge/namespaces.h"
#include "netif/edge/routes.h"

namespace netif {

using schemas::Done;
using schemas::EniAssignment;
using schemas::EniId;
using schemas::Error;
using schemas::ErrorCode;
using schemas::Ipv4;
using schemas::Outcome;
using schemas::VpcId;

namespace {

template <class... Acts>
struct Overloaded : Acts... {
  using Acts::operator()...;
};
template <class... Acts>
Overloaded(Acts...) -> Overloaded<Acts...>;

}  // namespace

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

Outcome HostKernel::apply(const HostNetwork& want) {
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

Outcome HostKernel::set_peers(const std::set<Ipv4>& peers) {
  std::vector<std::string> commands;
  for (const Ipv4 peer : peers) {
    if (!peers_.contains(peer)) {
      commands.push_back(admit_address(host_.names, peer_set, peer));
    }
  }
  for (const Ipv4 peer : peers_) {
    if (!peers.contains(peer)) {
      nft::append(commands, dismiss_address(host_.names, peer_set, peer));
    }
  }
  Outcome set = host_.firewall.run(commands, "admit the other hosts of this network");
  if (set.ok()) {
    peers_ = peers;
  }
  return set;
}

Outcome HostKernel::make_router(const VpcId& vpc) {
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

Outcome HostKernel::remove_router(const VpcId& vpc) {
  const auto found = routers_.find(vpc);
  if (found != routers_.end()) {
    std::vector<std::string> commands = dismiss_uplink(host_.names, host_.names.uplink(vpc));
    nft::append(commands, dismiss_address(host_.names, transit_set, found->second.transit()));
    if (Outcome done = host_.firewall.run(commands, "dismiss the router of " + vpc.text());
        !done.ok()) {
      return done;
    }
    routers_.erase(found);  // its sockets would keep the namespace alive
  }
  std::erase_if(have_.subnets, [&](const auto& entry) { return entry.second.vpc == vpc; });
  std::erase_if(have_.enis, [&](const auto& entry) { return entry.second.vpc == vpc; });
  std::erase_if(have_.neighbours, [&](const auto& entry) { return entry.second.vpc == vpc; });
  std::erase_if(have_.groups, [&](const auto& entry) { return entry.second.vpc == vpc; });
  return VpcRouter::remove(host_, vpc);
}

Outcome HostKernel::set_groups(VpcRouter& router, const SetGroups& step) {
  Outcome done = router.set_groups(step.groups, have_);
  if (done.ok()) {
    for (const schemas::SecurityGroupAssignment& group : step.groups) {
      have_.groups.insert_or_assign(group.id, group);
    }
  }
  return done;
}

Outcome HostKernel::forget_groups(VpcRouter& router, const ForgetGroups& step) {
  Outcome done = router.forget_groups(step.groups);
  if (done.ok()) {
    for (const schemas::SecurityGroupId& group : step.groups) {
      have_.groups.erase(group);
    }
  }
  return done;
}

Outcome HostKernel::carry_out(const Step& step) {
  const auto without_router = [](const VpcId& vpc) -> Outcome {
    return Error{ErrorCode::server, "the router of " + vpc.text() + " could not be made"};
  };
  const auto with_router = [&](const VpcId& vpc, const auto& act) -> Outcome {
    const auto found = routers_.find(vpc);
    return found == routers_.end() ? without_router(vpc) : act(found->second);
  };
  return std::visit(
      Overloaded{
          [&](const DetachEni& act) { return detach_here(act.eni); },
          [&](const ForgetNeighbours& act) {
            return with_router(act.vpc, [&](VpcRouter& router) {
              Outcome done = router.forget(act.neighbours);
              for (const schemas::Neighbour& neighbour : act.neighbours) {
                if (done.ok()) {
                  have_.neighbours.erase(neighbour.id);
                }
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
          [&](const SetGroups& act) {
            return with_router(act.vpc, [&](VpcRouter& router) { return set_groups(router, act); });
          },
          [&](const ForgetGroups& act) {
            return with_router(act.vpc,
                               [&](VpcRouter& router) { return forget_groups(router, act); });
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
            return is_namespace(task_path(host_, act.eni.task)) ? attach_here(act.eni) : Done{};
          }},
      step);
}

Outcome HostKernel::attach(const EniId& id) {
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

Outcome HostKernel::attach_here(const EniAssignment& eni) {
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

Outcome HostKernel::detach(const EniId& id) {
  const auto present = have_.enis.find(id);
  return present == have_.enis.end() ? Outcome(Done{})
                                     : detach_here(EniAssignment(present->second));
}

Outcome HostKernel::detach_here(const EniAssignment& eni) {
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

Outcome HostKernel::open_public(const EniAssignment& eni) {
  if (!eni.public_address) {
    return Done{};
  }
  const auto& range = host_.settings.public_range;
  if (range && !range->contains(*eni.public_address)) {
    return Error{ErrorCode::server, "the public address " + eni.public_address->text() + " of " +
                                        eni.id.text() + " is not of this host's range " +
                                        range->text()};
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

Outcome HostKernel::close_public(const EniAssignment& eni) {
  if (!eni.public_address) {
    return Done{};
  }
  std::vector<Message> messages;
  // The route goes last: it is what a later process knows the address by.
  if (host_.underlay != 0) {
    messages.push_back(remove_proxy(host_.underlay, *eni.public_address));
  }
  if (const auto router = routers_.find(eni.vpc); router != routers_.end()) {
    messages.push_back(remove_host_route(router->second.uplink(), *eni.public_address));
  }
  if (Outcome removed = host_.netlink.run(std::move(messages)); !removed.ok()) {
    return removed;
  }
  return host_.firewall.run(dismiss_address(host_.names, public_set, *eni.public_address),
                            "dismiss " + eni.public_address->text());
}

}  // namespace netif

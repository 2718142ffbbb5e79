#pragma once

#include <map>
#include <set>
#include <variant>
#include <vector>

#include "schemas/base/id.h"
#include "schemas/model/agent_channel.h"

namespace netif {

/// What one host must have wired, as control assigned it. Order is part of the value, so that two
/// hosts told the same do the same.
struct HostNetwork {
  std::map<schemas::EniId, schemas::EniAssignment> enis;
  std::map<schemas::SubnetId, schemas::SubnetAssignment> subnets;
  std::map<schemas::EniId, schemas::Neighbour> neighbours;
  std::map<schemas::SecurityGroupId, schemas::SecurityGroupAssignment> groups;
  /// VPCs that have left this host and whose subnets are still among `subnets`, the one that left
  /// first in front.
  std::vector<schemas::VpcId> idle;
  bool operator==(const HostNetwork&) const = default;
};

/// How many VPCs keep their router on a host without having an interface there. To make a router
/// takes a hundred times as long as to attach an interface (libnftables and RTNL, about 180 ms),
/// and the next task of a VPC tends to come to where the last one was. Too few: starts are slow;
/// too many: namespaces and memory of customers who went away.
constexpr std::size_t idle_vpcs_max = 16;

/// Folds control's answer into what this host must have: a full answer replaces everything, a
/// difference sets and removes. Repeating an answer changes nothing. The subnets of a VPC that has
/// no interface here any more stay as long as it is among the last `idle_vpcs_max` that left.
void fold(HostNetwork& network, const schemas::SyncAnswer& answer);

struct DetachEni {
  schemas::EniAssignment eni;
  bool operator==(const DetachEni&) const = default;
};
/// Neighbours of one VPC travel together: one step is one conversation with the kernel.
struct ForgetNeighbours {
  schemas::VpcId vpc;
  std::vector<schemas::Neighbour> neighbours;
  bool operator==(const ForgetNeighbours&) const = default;
};
struct RemoveSubnet {
  schemas::SubnetAssignment subnet;
  bool operator==(const RemoveSubnet&) const = default;
};
struct RemoveRouter {
  schemas::VpcId vpc;
  bool operator==(const RemoveRouter&) const = default;
};
struct MakeRouter {
  schemas::VpcId vpc;
  bool operator==(const MakeRouter&) const = default;
};
/// New groups, and new rules of groups that are there: no interface is touched.
struct SetGroups {
  schemas::VpcId vpc;
  std::vector<schemas::SecurityGroupAssignment> groups;
  bool operator==(const SetGroups&) const = default;
};
struct ForgetGroups {
  schemas::VpcId vpc;
  std::vector<schemas::SecurityGroupId> groups;
  bool operator==(const ForgetGroups&) const = default;
};
struct MakeSubnet {
  schemas::SubnetAssignment subnet;
  bool operator==(const MakeSubnet&) const = default;
};
struct LearnNeighbours {
  schemas::VpcId vpc;
  std::vector<schemas::Neighbour> neighbours;
  bool operator==(const LearnNeighbours&) const = default;
};
struct AttachEni {
  schemas::EniAssignment eni;
  bool operator==(const AttachEni&) const = default;
};
using Step = std::variant<DetachEni, ForgetNeighbours, RemoveSubnet, ForgetGroups, RemoveRouter,
                          MakeRouter, SetGroups, MakeSubnet, LearnNeighbours, AttachEni>;

/// The steps that turn `have` into `want`, in an order in which each can be carried out: what goes
/// goes first (an address may move from one interface to another), routers before their groups and
/// subnets, those before what lives on them. What changed is removed and made anew, and with a
/// subnet all that lives on it; only groups change where they are. Interfaces and neighbours of a
/// subnet that is not in `want` are left out: they come with a later answer.
std::vector<Step> plan(const HostNetwork& have, const HostNetwork& want);

/// The VPCs that have a router in `network`: those with a subnet in it.
std::set<schemas::VpcId> vpcs_of(const HostNetwork& network);

}  // namespace netif

#include "netif/core/host_network.h"

#include <algorithm>

namespace netif {

using schemas::EniAssignment;
using schemas::EniId;
using schemas::Neighbour;
using schemas::SecurityGroupId;
using schemas::SubnetAssignment;
using schemas::SubnetId;
using schemas::VpcId;

namespace {

using Groups = std::map<SecurityGroupId, schemas::SecurityGroupAssignment>;

template <class Key, class Value>
void fold_part(std::map<Key, Value>& part, const std::vector<Value>& set,
               const std::vector<Key>& gone) {
  for (const Key& key : gone) {
    part.erase(key);
  }
  for (const Value& value : set) {
    part.insert_or_assign(value.id, value);
  }
}

bool in_use(const HostNetwork& network, const VpcId& vpc) {
  return std::any_of(network.enis.begin(), network.enis.end(),
                     [&](const auto& entry) { return entry.second.vpc == vpc; });
}

/// Takes a subnet away, or, when nothing of its VPC is here any more, lets the VPC rest: who its
/// neighbours are is not news that reaches this host any longer.
void give_up(HostNetwork& network, const SubnetId& id) {
  const auto found = network.subnets.find(id);
  if (found == network.subnets.end()) {
    return;
  }
  const VpcId vpc = found->second.vpc;
  if (in_use(network, vpc)) {
    network.subnets.erase(found);
    return;
  }
  std::erase_if(network.neighbours, [&](const auto& entry) { return entry.second.vpc == vpc; });
  if (std::find(network.idle.begin(), network.idle.end(), vpc) == network.idle.end()) {
    network.idle.push_back(vpc);
  }
  if (network.idle.size() > idle_vpcs_max) {
    const VpcId longest = network.idle.front();
    network.idle.erase(network.idle.begin());
    std::erase_if(network.subnets, [&](const auto& entry) { return entry.second.vpc == longest; });
  }
}

template <class Key, class Value>
bool same_in(const std::map<Key, Value>& part, const Value& value) {
  const auto found = part.find(value.id);
  return found != part.end() && found->second == value;
}

/// Those of `from` that are not, or not the same, in `in`, by VPC.
template <class Key, class Value>
std::map<VpcId, std::vector<Value>> differing(const std::map<Key, Value>& from,
                                              const std::map<Key, Value>& in) {
  std::map<VpcId, std::vector<Value>> differing_by_vpc;
  for (const auto& [id, value] : from) {
    if (!same_in(in, value)) {
      differing_by_vpc[value.vpc].push_back(value);
    }
  }
  return differing_by_vpc;
}

/// The groups of those VPCs that have a router.
Groups with_router(const Groups& groups, const std::set<VpcId>& vpcs) {
  Groups kept;
  for (const auto& [id, group] : groups) {
    if (vpcs.contains(group.vpc)) {
      kept.emplace(id, group);
    }
  }
  return kept;
}

/// The groups of `had` that are not in `kept`, by VPC.
std::map<VpcId, std::vector<SecurityGroupId>> gone_from(const Groups& kept, const Groups& had) {
  std::map<VpcId, std::vector<SecurityGroupId>> gone;
  for (const auto& [id, group] : had) {
    if (!kept.contains(id)) {
      gone[group.vpc].push_back(id);
    }
  }
  return gone;
}

/// `network` without what lives on a subnet that is not the same in `subnets`.
HostNetwork living_on(const HostNetwork& network,
                      const std::map<SubnetId, SubnetAssignment>& subnets) {
  HostNetwork living;
  for (const auto& [id, subnet] : network.subnets) {
    if (same_in(subnets, subnet)) {
      living.subnets.emplace(id, subnet);
    }
  }
  for (const auto& [id, eni] : network.enis) {
    if (living.subnets.contains(eni.subnet)) {
      living.enis.emplace(id, eni);
    }
  }
  for (const auto& [id, neighbour] : network.neighbours) {
    if (living.subnets.contains(neighbour.subnet)) {
      living.neighbours.emplace(id, neighbour);
    }
  }
  return living;
}

}  // namespace

void fold(HostNetwork& network, const schemas::SyncAnswer& answer) {
  if (answer.full) {
    network = {};
  }
  fold_part(network.enis, answer.enis_set, answer.enis_gone);
  for (const SubnetId& id : answer.subnets_gone) {
    give_up(network, id);
  }
  fold_part(network.subnets, answer.subnets_set, {});
  for (const SubnetAssignment& subnet : answer.subnets_set) {
    std::erase(network.idle, subnet.vpc);
  }
  fold_part(network.neighbours, answer.neighbours_set, answer.neighbours_gone);
  fold_part(network.groups, answer.groups_set, answer.groups_gone);
}

std::set<VpcId> vpcs_of(const HostNetwork& network) {
  std::set<VpcId> vpcs;
  for (const auto& [id, subnet] : network.subnets) {
    vpcs.insert(subnet.vpc);
  }
  return vpcs;
}

std::vector<Step> plan(const HostNetwork& have, const HostNetwork& want) {
  const HostNetwork staying = living_on(have, want.subnets);
  const HostNetwork possible = living_on(want, want.subnets);
  std::vector<Step> steps;
  for (const auto& [id, eni] : have.enis) {
    if (!same_in(possible.enis, eni) || !staying.enis.contains(id)) {
      steps.emplace_back(DetachEni{eni});
    }
  }
  // Also those whose subnet goes: while its router stays they are members of their groups there.
  const std::set<VpcId> wanted = vpcs_of(want);
  for (const auto& [vpc, neighbours] : differing(have.neighbours, possible.neighbours)) {
    if (wanted.contains(vpc)) {
      steps.emplace_back(ForgetNeighbours{vpc, neighbours});
    }
  }
  for (const auto& [id, subnet] : have.subnets) {
    if (!staying.subnets.contains(id)) {
      steps.emplace_back(RemoveSubnet{subnet});
    }
  }
  const std::set<VpcId> had = vpcs_of(have);
  const Groups groups = with_router(want.groups, wanted);
  for (const auto& [vpc, gone] : gone_from(groups, have.groups)) {
    steps.emplace_back(ForgetGroups{vpc, gone});
  }
  for (const VpcId& vpc : had) {
    if (!wanted.contains(vpc)) {
      steps.emplace_back(RemoveRouter{vpc});
    }
  }
  for (const VpcId& vpc : wanted) {
    if (!had.contains(vpc)) {
      steps.emplace_back(MakeRouter{vpc});
    }
  }
  for (const auto& [vpc, changed] : differing(groups, have.groups)) {
    steps.emplace_back(SetGroups{vpc, changed});
  }
  for (const auto& [id, subnet] : want.subnets) {
    if (!staying.subnets.contains(id)) {
      steps.emplace_back(MakeSubnet{subnet});
    }
  }
  for (const auto& [vpc, neighbours] : differing(possible.neighbours, staying.neighbours)) {
    steps.emplace_back(LearnNeighbours{vpc, neighbours});
  }
  for (const auto& [id, eni] : possible.enis) {
    if (!same_in(staying.enis, eni)) {
      steps.emplace_back(AttachEni{eni});
    }
  }
  return steps;
}

}  // namespace netif

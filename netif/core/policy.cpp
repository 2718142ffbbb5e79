#include "netif/core/policy.h"

#include <algorithm>

namespace netif {

using schemas::Ipv4;
using schemas::RuleDirection;
using schemas::RuleProtocol;
using schemas::SecurityGroupId;
using schemas::SecurityRule;

namespace {

void add_member(Policy& policy, Ipv4 address, const std::vector<SecurityGroupId>& groups) {
  for (const SecurityGroupId& group : groups) {
    if (const auto named = policy.members.find(group); named != policy.members.end()) {
      named->second.insert(address);
    }
  }
}

bool lets_through(const Policy& policy, const SecurityRule& rule, Ipv4 other, const Flow& flow) {
  if (rule.protocol != RuleProtocol::all && rule.protocol != flow.protocol) {
    return false;
  }
  const bool has_ports = rule.protocol == RuleProtocol::tcp || rule.protocol == RuleProtocol::udp;
  if (has_ports && (flow.port < rule.from_port || flow.port > rule.to_port)) {
    return false;
  }
  return rule.group ? policy.members.at(*rule.group).contains(other)
                    : rule.cidr && rule.cidr->contains(other);
}

bool any_lets_through(const Policy& policy, const GroupSet& groups, RuleDirection direction,
                      const Flow& flow) {
  const Ipv4 other = direction == RuleDirection::ingress ? flow.source : flow.destination;
  for (const SecurityGroupId& id : groups) {
    const auto group = policy.groups.find(id);
    if (group != policy.groups.end() &&
        std::any_of(group->second.begin(), group->second.end(), [&](const SecurityRule& rule) {
          return rule.direction == direction && lets_through(policy, rule, other, flow);
        })) {
      return true;
    }
  }
  return false;
}

}  // namespace

GroupSet group_set(std::vector<SecurityGroupId> groups) {
  std::sort(groups.begin(), groups.end());
  groups.erase(std::unique(groups.begin(), groups.end()), groups.end());
  return groups;
}

GroupSet named_by(const std::vector<SecurityRule>& rules) {
  std::vector<SecurityGroupId> named;
  for (const SecurityRule& rule : rules) {
    if (rule.group) {
      named.push_back(*rule.group);
    }
  }
  return group_set(std::move(named));
}

Policy policy_of(const HostNetwork& network, const schemas::VpcId& vpc) {
  Policy policy;
  for (const auto& [id, group] : network.groups) {
    if (group.vpc == vpc) {
      policy.groups.emplace(id, group.rules);
      for (const SecurityGroupId& named : named_by(group.rules)) {
        policy.members.try_emplace(named);
      }
    }
  }
  for (const auto& [id, eni] : network.enis) {
    if (eni.vpc == vpc) {
      policy.ports.emplace(eni.address, group_set(eni.security_groups));
      add_member(policy, eni.address, eni.security_groups);
    }
  }
  for (const auto& [id, neighbour] : network.neighbours) {
    if (neighbour.vpc == vpc) {
      add_member(policy, neighbour.address, neighbour.security_groups);
    }
  }
  return policy;
}

bool passes(const Policy& policy, const Flow& flow) {
  const auto source = policy.ports.find(flow.source);
  const auto destination = policy.ports.find(flow.destination);
  if (source == policy.ports.end() && destination == policy.ports.end()) {
    return false;
  }
  return (source == policy.ports.end() ||
          any_lets_through(policy, source->second, RuleDirection::egress, flow)) &&
         (destination == policy.ports.end() ||
          any_lets_through(policy, destination->second, RuleDirection::ingress, flow));
}

}  // namespace netif

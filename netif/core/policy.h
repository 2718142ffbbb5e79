#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <vector>

#include "netif/core/host_network.h"
#include "schemas/base/address.h"
#include "schemas/base/id.h"
#include "schemas/model/network.h"

namespace netif {

/// Groups in order, each once: interfaces with the same groups are treated the same.
using GroupSet = std::vector<schemas::SecurityGroupId>;
GroupSet group_set(std::vector<schemas::SecurityGroupId> groups);

/// The groups that `rules` name as the other side.
GroupSet named_by(const std::vector<schemas::SecurityRule>& rules);

/// What the router of one VPC enforces for the interfaces on its host, as plain data: nothing in
/// or out but what a rule lets through. A group that an interface has and that is not here lets
/// nothing through.
struct Policy {
  std::map<schemas::SecurityGroupId, std::vector<schemas::SecurityRule>> groups;
  /// Of groups that rules name: the addresses of their members, here and on other hosts.
  std::map<schemas::SecurityGroupId, std::set<schemas::Ipv4>> members;
  std::map<schemas::Ipv4, GroupSet> ports;  ///< the interfaces here, by address
  bool operator==(const Policy&) const = default;
};
Policy policy_of(const HostNetwork& network, const schemas::VpcId& vpc);

/// A connection, or what comes nearest to one: who began it, towards what, and to which port (TCP
/// and UDP). Answers belong to it and are never asked about.
struct Flow {
  schemas::Ipv4 source;
  schemas::Ipv4 destination;
  schemas::RuleProtocol protocol = schemas::RuleProtocol::all;
  std::int64_t port = 0;
};

/// Whether the policy lets a flow pass: out of its source if that is here, and into its
/// destination if that is here. A flow between strangers does not pass. The kernel's rules are
/// written to agree with this.
bool passes(const Policy& policy, const Flow& flow);

}  // namespace netif

// What a router lets pass: its packet filter, and how security groups come into it.

#include <utility>

#include "netif/edge/router_rules.h"
#include "netif/edge/vpc_router.h"

namespace netif {

using schemas::Done;
using schemas::EniAssignment;
using schemas::Outcome;

Outcome VpcRouter::change_groups(std::vector<std::string> others, const GroupChange& change,
                                 const std::string& what) {
  GroupRules changed = groups_;
  nft::append(others, change(changed));
  if (Outcome done = firewall_.run(others, what); !done.ok()) {
    return done;
  }
  groups_ = std::move(changed);
  return Done{};
}

Outcome VpcRouter::set_groups(const std::vector<schemas::SecurityGroupAssignment>& groups,
                              const HostNetwork& known) {
  HostNetwork members;
  for (const auto& [id, eni] : known.enis) {
    if (eni.vpc == vpc_) {
      members.enis.emplace(id, eni);
    }
  }
  for (const auto& [id, neighbour] : known.neighbours) {
    if (neighbour.vpc == vpc_) {
      members.neighbours.emplace(id, neighbour);
    }
  }
  return change_groups(
      {}, [&](GroupRules& rules) { return rules.set(groups, members); },
      "set the security groups of " + vpc_.text());
}

Outcome VpcRouter::forget_groups(const std::vector<schemas::SecurityGroupId>& groups) {
  return change_groups(
      {}, [&](GroupRules& rules) { return rules.remove(groups); },
      "forget security groups of " + vpc_.text());
}

Outcome VpcRouter::write_firewall(const HostNetwork& found, const Policy& policy, Earlier earlier) {
  RouterRules rules{.downlink = downlink_, .transit = transit_};
  for (const auto& [id, subnet] : found.subnets) {
    rules.subnets.push_back(subnet.cidr);
  }
  std::vector<GuardedPort> ports;
  for (const auto& [id, eni] : found.enis) {
    ports.push_back(guarded(eni));
    if (eni.public_address) {
      rules.publics.push_back({.outside = *eni.public_address, .inside = eni.address});
    }
  }
  const auto commands = earlier == Earlier::none ? &nft::making : &nft::replacing;
  GroupRules written = groups_;
  std::vector<std::string> frame = written.frame();
  Outcome done = firewall_.run(
      commands({router_table(), router_guard()},
               {std::move(frame), router_rules(rules), written.fill(policy),
                guard_rules(router_guard(), names_, eni_port_kind, Delivery::routed, ports)}),
      "write a router's rules");
  if (done.ok()) {
    groups_ = std::move(written);
  }
  return done;
}

}  // namespace netif

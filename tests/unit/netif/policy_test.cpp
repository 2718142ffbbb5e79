#include "netif/core/policy.h"

#include <doctest/doctest.h>

#include "netif/core/default_network.h"
#include "schemas/base/random.h"

using netif::Flow;
using netif::HostNetwork;
using netif::Policy;
using schemas::Ipv4;
using schemas::RuleDirection;
using schemas::RuleProtocol;
using schemas::SecurityGroupId;
using schemas::SecurityRule;

namespace {

constexpr schemas::Cidr everywhere{.base = {}, .prefix = 0};
constexpr Ipv4 here{.bits = 0x0a000004};
constexpr Ipv4 beside{.bits = 0x0a000005};
constexpr Ipv4 far{.bits = 0x0a001004};
constexpr Ipv4 outside{.bits = 0xcb007102};

SecurityRule rule(RuleDirection direction, const schemas::Cidr& other,
                  RuleProtocol protocol = RuleProtocol::all, std::int64_t first = 0,
                  std::int64_t last = 65'535) {
  SecurityRule made;
  made.direction = direction;
  made.protocol = protocol;
  made.from_port = first;
  made.to_port = last;
  made.cidr = other;
  return made;
}

SecurityRule of_group(SecurityRule made, const SecurityGroupId& group) {
  made.cidr.reset();
  made.group = group;
  return made;
}

/// A VPC with interfaces here at .4 (first group) and .5 (second), and one elsewhere (second).
struct Net {
  Net() {
    add(here, {first});
    add(beside, {second});
    schemas::Neighbour neighbour;
    neighbour.id = schemas::EniId::draw(random);
    neighbour.vpc = vpc;
    neighbour.address = far;
    neighbour.security_groups = {second};
    network.neighbours.emplace(neighbour.id, neighbour);
  }
  void add(Ipv4 address, std::vector<SecurityGroupId> groups) {
    schemas::EniAssignment eni;
    eni.id = schemas::EniId::draw(random);
    eni.vpc = vpc;
    eni.address = address;
    eni.security_groups = std::move(groups);
    network.enis.emplace(eni.id, eni);
  }
  void rules(const SecurityGroupId& group, std::vector<SecurityRule> given) {
    network.groups[group] = {.id = group, .vpc = vpc, .rules = std::move(given)};
  }
  [[nodiscard]] bool passes(const Flow& flow) const {
    return netif::passes(netif::policy_of(network, vpc), flow);
  }

  schemas::Random random{9};
  schemas::VpcId vpc = schemas::VpcId::draw(random);
  SecurityGroupId first = SecurityGroupId::draw(random);
  SecurityGroupId second = SecurityGroupId::draw(random);
  HostNetwork network;
};

Flow tcp(Ipv4 source, Ipv4 destination, std::int64_t port) {
  return {
      .source = source, .destination = destination, .protocol = RuleProtocol::tcp, .port = port};
}

}  // namespace

TEST_CASE(
    "members of the default group reach each other and the outside, and nobody reaches them") {
  Net net;
  net.add({.bits = 0x0a000006}, {net.second});
  net.rules(net.second, netif::default_rules(net.second));
  CHECK(net.passes(tcp(beside, {.bits = 0x0a000006}, 80)));
  CHECK(net.passes(tcp(far, beside, 80)));
  CHECK(net.passes(tcp(beside, outside, 443)));
  CHECK_FALSE(net.passes(tcp(outside, beside, 80)));
  net.rules(net.first, {rule(RuleDirection::egress, everywhere)});
  CHECK_FALSE(net.passes(tcp(here, beside, 80)));
}

TEST_CASE("a flow must be let out where it begins and let in where it ends") {
  Net net;
  net.rules(net.first, {rule(RuleDirection::egress, everywhere)});
  net.rules(net.second, {});
  CHECK_FALSE(net.passes(tcp(here, beside, 80)));
  net.rules(net.second, {rule(RuleDirection::ingress, everywhere, RuleProtocol::tcp, 80, 80)});
  CHECK(net.passes(tcp(here, beside, 80)));
  CHECK_FALSE(net.passes(tcp(here, beside, 81)));
  CHECK_FALSE(net.passes(
      {.source = here, .destination = beside, .protocol = RuleProtocol::udp, .port = 80}));
  net.rules(net.first, {});
  CHECK_FALSE(net.passes(tcp(here, beside, 80)));
}

TEST_CASE("a rule that names a group means its members, here and on other hosts") {
  Net net;
  net.rules(net.first, {of_group(rule(RuleDirection::ingress, everywhere), net.second)});
  const Policy policy = netif::policy_of(net.network, net.vpc);
  CHECK(policy.members.at(net.second) == std::set{beside, far});
  CHECK(net.passes(tcp(far, here, 80)));
  CHECK_FALSE(net.passes(tcp(outside, here, 80)));
}

TEST_CASE("several groups of one interface add up, in whatever order they are named") {
  Net net;
  net.add({.bits = 0x0a000007}, {net.second, net.first, net.second});
  net.rules(net.first, {rule(RuleDirection::ingress, everywhere, RuleProtocol::tcp, 80, 80)});
  net.rules(net.second, {rule(RuleDirection::ingress, everywhere, RuleProtocol::icmp)});
  const Policy policy = netif::policy_of(net.network, net.vpc);
  CHECK(policy.ports.at({.bits = 0x0a000007}) == netif::group_set({net.first, net.second}));
  CHECK(net.passes(tcp(outside, {.bits = 0x0a000007}, 80)));
  CHECK(net.passes(
      {.source = outside, .destination = {.bits = 0x0a000007}, .protocol = RuleProtocol::icmp}));
  CHECK_FALSE(net.passes(tcp(outside, {.bits = 0x0a000007}, 81)));
}

TEST_CASE("a group that the host was not told of lets nothing through") {
  Net net;
  CHECK_FALSE(net.passes(tcp(here, outside, 80)));
  CHECK_FALSE(net.passes(tcp(outside, here, 80)));
  CHECK_FALSE(net.passes(tcp(outside, far, 80)));
}

TEST_CASE("a policy speaks of its own VPC only") {
  Net net;
  net.rules(net.first, {rule(RuleDirection::egress, everywhere)});
  CHECK(netif::policy_of(net.network, schemas::VpcId::draw(net.random)) == Policy{});
}

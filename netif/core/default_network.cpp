#include "netif/core/default_network.h"

#include "schemas/base/require.h"

namespace netif {

namespace {

constexpr schemas::Cidr default_range{.base = {.bits = 0xac1f0000U}, .prefix = 16};  // 172.31.0.0
constexpr std::uint8_t zone_prefix = 20;
constexpr std::uint32_t zone_size = 1U << (32U - zone_prefix);
constexpr schemas::Cidr everywhere{.base = {}, .prefix = 0};

schemas::SecurityRuleId rule_id(const schemas::SecurityGroupId& group, std::uint8_t number) {
  schemas::IdBytes bytes = group.bytes();
  bytes.back() = static_cast<std::uint8_t>(bytes.back() ^ number);
  return schemas::SecurityRuleId(bytes);
}

}  // namespace

std::vector<schemas::SecurityRule> default_rules(const schemas::SecurityGroupId& group) {
  schemas::SecurityRule from_members;
  from_members.id = rule_id(group, 1);
  from_members.group = group;
  schemas::SecurityRule to_everywhere;
  to_everywhere.id = rule_id(group, 2);
  to_everywhere.direction = schemas::RuleDirection::egress;
  to_everywhere.cidr = everywhere;
  return {from_members, to_everywhere};
}

DefaultNetwork default_network(const schemas::Scope& scope, const std::vector<std::string>& zones,
                               std::uint32_t first_vni, schemas::Random& random) {
  schemas::require(zones.size() <= 16, "a /16 holds sixteen /20 subnets");
  schemas::require(first_vni > 0 && first_vni + zones.size() <= std::size_t{vni_max} + 1,
                   "a VXLAN identifier has 24 bits and is not 0");
  DefaultNetwork network;
  network.vpc.id = schemas::VpcId::draw(random);
  network.vpc.scope = scope;
  network.vpc.cidr = default_range;
  network.vpc.is_default = true;
  std::uint32_t index = 0;
  for (const std::string& zone : zones) {
    schemas::Subnet& subnet = network.subnets.emplace_back();
    subnet.id = schemas::SubnetId::draw(random);
    subnet.vpc = network.vpc.id;
    subnet.cidr = {.base = {.bits = default_range.base.bits + index * zone_size},
                   .prefix = zone_prefix};
    subnet.availability_zone = zone;
    subnet.vni = first_vni + index;
    subnet.is_default = true;
    ++index;
  }
  network.group.id = schemas::SecurityGroupId::draw(random);
  network.group.vpc = network.vpc.id;
  network.group.name = "default";
  network.group.description = "default VPC security group";
  network.group.rules = default_rules(network.group.id);
  return network;
}

}  // namespace netif

#include "control/core/loop/network.h"

#include <algorithm>

#include "control/core/world/lookups.h"
#include "netif/core/addresses.h"
#include "netif/core/default_network.h"

namespace control {

using schemas::Eni;
using schemas::Error;
using schemas::ErrorCode;
using schemas::NetworkConfiguration;
using schemas::Outcome;
using schemas::Scope;
using schemas::Subnet;
using schemas::SubnetId;
using schemas::VpcId;

namespace {

std::uint32_t next_vni(const World& world) {
  std::uint32_t highest = 0;
  for (const auto& [id, subnet] : world->subnets) {
    highest = std::max(highest, subnet.vni);
  }
  return highest + 1;
}

Error unknown(std::string_view kind, const std::string& id) {
  return {ErrorCode::invalid_parameter, "The " + std::string(kind) + " ID '" + id +
                                            "' does not exist in this account and region."};
}

/// The default group of a VPC: the one that was made with it.
std::optional<schemas::SecurityGroupId> default_group(const World& world, VpcId vpc) {
  for (const schemas::SecurityGroupId& id : entry_or_empty(world.index().groups_of_vpc, vpc)) {
    if (world->security_groups.at(id).name == "default") {
      return id;
    }
  }
  return std::nullopt;
}

/// There is one: the host was chosen for its zone.
SubnetId emptiest_in_zone(const World& world, const NetworkConfiguration& network,
                          const std::string& zone) {
  SubnetId best;
  std::int64_t best_free = 0;
  for (const SubnetId& id : network.subnets) {
    const std::int64_t free = world.index().addresses.at(id).free_count();
    if (world->subnets.at(id).availability_zone == zone && free > best_free) {
      best = id;
      best_free = free;
    }
  }
  schemas::require(best_free > 0, "a task was placed in a zone without a free address");
  return best;
}

}  // namespace

VpcId ensure_default_network(Context& context, const Scope& scope) {
  const auto known = context.world.index().default_vpc.find(scope);
  if (known != context.world.index().default_vpc.end()) {
    return known->second;
  }
  std::vector<std::string> zones;
  for (const std::string& suffix : context.settings.zone_suffixes) {
    zones.push_back(scope.region + suffix);
  }
  netif::DefaultNetwork made =
      netif::default_network(scope, zones, next_vni(context.world), context.random);
  made.vpc.key = context.world.next_key(Table::vpc);
  apply(context.world, VpcCreated{made.vpc});
  for (Subnet& subnet : made.subnets) {
    subnet.key = context.world.next_key(Table::subnet);
    apply(context.world, SubnetCreated{subnet});
  }
  made.group.key = context.world.next_key(Table::security_group);
  apply(context.world, SecurityGroupCreated{made.group});
  log_event(context, scope, "vpc", made.vpc.id.text(), "{}");
  return made.vpc.id;
}

Outcome complete_network(Context& context, const Scope& scope, NetworkConfiguration& network) {
  const World& world = context.world;
  if (network.subnets.empty()) {
    return Error{ErrorCode::invalid_parameter,
                 "subnets can not be empty. The default subnets of this account are " +
                     default_subnets_hint(context, scope) + "."};
  }
  std::optional<VpcId> vpc;
  for (const SubnetId& id : network.subnets) {
    const auto subnet = world->subnets.find(id);
    if (subnet == world->subnets.end() || world->vpcs.at(subnet->second.vpc).scope != scope) {
      return unknown("subnet", id.text());
    }
    if (vpc && *vpc != subnet->second.vpc) {
      return Error{ErrorCode::invalid_parameter,
                   "All subnets must belong to the same VPC; " + id.text() + " belongs to " +
                       subnet->second.vpc.text() + ", others to " + vpc->text() + "."};
    }
    vpc = subnet->second.vpc;
  }
  for (const schemas::SecurityGroupId& id : network.security_groups) {
    const auto group = world->security_groups.find(id);
    if (group == world->security_groups.end() || world->vpcs.at(group->second.vpc).scope != scope) {
      return unknown("security group", id.text());
    }
    if (group->second.vpc != *vpc) {
      return Error{ErrorCode::invalid_parameter, "Security group " + id.text() +
                                                     " does not belong to the subnets' VPC " +
                                                     vpc->text() + "."};
    }
  }
  if (network.security_groups.empty()) {
    if (const auto group = default_group(world, *vpc)) {
      network.security_groups.push_back(*group);
    }
  }
  return schemas::Done{};
}

std::vector<std::string> zones_with_addresses(const World& world,
                                              const NetworkConfiguration& network) {
  std::vector<std::string> zones;
  for (const SubnetId& id : network.subnets) {
    if (world.index().addresses.at(id).free_count() > 0) {
      zones.push_back(world->subnets.at(id).availability_zone);
    }
  }
  std::sort(zones.begin(), zones.end());
  zones.erase(std::unique(zones.begin(), zones.end()), zones.end());
  return zones;
}

Eni make_eni(Context& context, const NetworkConfiguration& network, schemas::TaskId task,
             const schemas::ContainerInstance& host) {
  const World& world = context.world;
  const Subnet& subnet =
      world->subnets.at(emptiest_in_zone(world, network, host.inventory.availability_zone));
  Eni eni;
  eni.key = world.next_key(Table::eni);
  eni.id = schemas::EniId::draw(context.random);
  eni.attachment = schemas::AttachmentId::draw(context.random);
  eni.vpc = subnet.vpc;
  eni.subnet = subnet.id;
  eni.task = task;
  eni.instance = host.id;
  eni.mac = netif::draw_mac(context.random);
  eni.address = world.index().addresses.at(subnet.id).choose(context.now).value();
  if (network.assign_public_ip) {
    const auto pool = world.index().public_addresses.find(host.id);
    if (pool != world.index().public_addresses.end()) {
      eni.public_address = pool->second.choose(context.now);
    }
  }
  eni.security_groups = network.security_groups;
  eni.private_dns_name =
      netif::private_dns_name(eni.address, world->vpcs.at(subnet.vpc).scope.region);
  eni.created_at = context.now;
  apply(context.world, EniCreated{eni});
  return eni;
}

std::string default_subnets_hint(Context& context, const Scope& scope) {
  const VpcId vpc = ensure_default_network(context, scope);
  std::string text;
  for (const SubnetId& id : entry_or_empty(context.world.index().subnets_of_vpc, vpc)) {
    text += text.empty() ? "" : ", ";
    text += id.text() + " (" + context.world->subnets.at(id).availability_zone + ")";
  }
  return text;
}

}  // namespace control

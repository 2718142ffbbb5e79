#include "api/stowage.h"
#include "control/core/loop/network.h"
#include "control/core/loop/operations/operations.h"
#include "control/core/world/lookups.h"

namespace control {

/// An account that has never looked is given its default network now.
Answer list_subnets(Context& context, const ApiCall& call) {
  ensure_default_network(context, call.scope);
  api::ListSubnetsResponse output;
  for (const auto& [id, subnet] : context.world->subnets) {
    if (context.world->vpcs.at(subnet.vpc).scope == call.scope) {
      output.subnets.push_back({.subnet_id = id.text(),
                                .vpc_id = subnet.vpc.text(),
                                .cidr_block = subnet.cidr.text(),
                                .availability_zone = subnet.availability_zone,
                                .default_ = subnet.is_default});
    }
  }
  return api::Value::of(std::move(output));
}

Answer list_vpcs(Context& context, const ApiCall& call) {
  ensure_default_network(context, call.scope);
  api::ListVpcsResponse output;
  for (const auto& [id, vpc] : context.world->vpcs) {
    if (vpc.scope == call.scope) {
      output.vpcs.push_back(
          {.vpc_id = id.text(), .cidr_block = vpc.cidr.text(), .default_ = vpc.is_default});
    }
  }
  return api::Value::of(std::move(output));
}

}  // namespace control

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "control/core/loop/context.h"

namespace control {

/// The account's default VPC with a subnet in each zone of the region, made on first use.
schemas::VpcId ensure_default_network(Context& context, const schemas::Scope& scope);

/// Whether the subnets and groups are the account's and of one VPC; fills in the VPC's default
/// security group when none is named. InvalidParameterException in ECS's words.
schemas::Outcome complete_network(Context& context, const schemas::Scope& scope,
                                  schemas::NetworkConfiguration& network);

/// The zones of those of the subnets that have an address left.
std::vector<std::string> zones_with_addresses(const World& world,
                                              const schemas::NetworkConfiguration& network);

/// Makes the interface of a task that goes to `host`: in the emptiest of its subnets in the host's
/// zone. `host` was chosen from `zones_with_addresses`.
schemas::Eni make_eni(Context& context, const schemas::NetworkConfiguration& network,
                      schemas::TaskId task, const schemas::ContainerInstance& host);

/// The account's default subnets as a hint for messages: "subnet-… (us-east-1a), …".
std::string default_subnets_hint(Context& context, const schemas::Scope& scope);

}  // namespace control

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "schemas/base/random.h"
#include "schemas/model/network.h"

namespace netif {

/// VXLAN identifiers run from 1 to 2^24 - 1.
inline constexpr std::uint32_t vni_max = 0xffffff;

/// What an account finds in a region before it has made anything, as in AWS.
struct DefaultNetwork {
  schemas::Vpc vpc;                      ///< 172.31.0.0/16
  std::vector<schemas::Subnet> subnets;  ///< a /20 for each zone, in the order given
  schemas::SecurityGroup group;          ///< "default", with the default rules
};

/// What AWS gives a VPC's default group: its members reach each other, and everything outside. The
/// rules' ids follow from the group's.
std::vector<schemas::SecurityRule> default_rules(const schemas::SecurityGroupId& group);

/// Draws the default network of `scope`. The subnets take the VXLAN identifiers `first_vni`,
/// `first_vni + 1`, …: the caller sees to it that they are used nowhere else. Row keys are left at
/// 0. At most 16 zones fit.
DefaultNetwork default_network(const schemas::Scope& scope, const std::vector<std::string>& zones,
                               std::uint32_t first_vni, schemas::Random& random);

}  // namespace netif

#pragma once

#include <optional>
#include <string>

#include "schemas/base/address.h"
#include "schemas/base/result.h"
#include "schemas/base/units.h"
#include "schemas/model/cluster.h"

namespace agent {

inline constexpr const char* agent_version = "0.1.0";

/// What the operator said of the host; the rest is found out.
struct StatedFacts {
  std::optional<schemas::CpuUnits> cpu;
  std::optional<schemas::MemoryMib> memory;
  std::string availability_zone;
  std::optional<schemas::Ipv4> address;
  std::optional<schemas::Cidr> public_cidr;
  std::string capacity_provider{};  ///< whose host it is; empty = none's
  std::string boot_id;              ///< for hosts that share a kernel; empty = the kernel's
};

/// What the host has. CPU and memory are the machine's unless stated; the address is the first
/// that is not loopback. Fails when there is no such address.
schemas::Result<schemas::Inventory> inventory_of(const StatedFacts& stated,
                                                 const std::string& engine_version);

/// Changes with every boot of the host.
std::string boot_id(const StatedFacts& stated);

}  // namespace agent

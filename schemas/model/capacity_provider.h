#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "schemas/base/time.h"
#include "schemas/model/scope.h"
#include "schemas/model/tag.h"

namespace schemas {

/// Part of a strategy: how much of what is started goes to one capacity provider. `base` tasks go
/// there first; what is left is divided among the items by `weight`.
struct CapacityProviderStrategyItem {
  std::string capacity_provider;
  std::int64_t base = 0;
  std::int64_t weight = 0;
  bool operator==(const CapacityProviderStrategyItem&) const = default;
};
using CapacityProviderStrategy = std::vector<CapacityProviderStrategyItem>;

/// The two that everybody has: the shared pool, by either name.
inline constexpr const char* fargate_provider = "FARGATE";
inline constexpr const char* fargate_spot_provider = "FARGATE_SPOT";

enum class Switch : std::uint8_t { disabled, enabled };

/// How a group of hosts is to grow and shrink. The defaults are ECS's.
struct ManagedScaling {
  Switch status = Switch::disabled;
  std::int64_t target_capacity = 100;  ///< percent of the hosts that are to be busy
  std::int64_t minimum_scaling_step_size = 1;
  std::int64_t maximum_scaling_step_size = 10'000;
  std::int64_t instance_warmup_period_s = 300;
  bool operator==(const ManagedScaling&) const = default;
};

enum class CapacityProviderUpdate : std::uint8_t { created, updated };

/// A group of hosts under a name, which strategies can name. Its hosts are those of the cluster
/// whose agents joined under this name (`capacity_provider_attribute`).
struct CapacityProvider {
  std::int64_t key = 0;
  Scope scope;
  std::string name;
  std::string auto_scaling_group_arn;
  ManagedScaling managed_scaling;
  Switch managed_termination_protection = Switch::disabled;
  Switch managed_draining = Switch::enabled;
  CapacityProviderUpdate last_update = CapacityProviderUpdate::created;
  std::vector<Tag> tags;
  Instant created_at{};
};

/// The attribute by which a host says whose it is.
inline constexpr const char* capacity_provider_attribute = "stowage.capacity-provider";

}  // namespace schemas

#pragma once

// Capacity providers and strategies, as callers name them.

#include <optional>
#include <string>
#include <vector>

#include "api/shared.h"
#include "control/core/world/world.h"
#include "schemas/base/result.h"
#include "schemas/model/cluster.h"

namespace control {

using WantedStrategy = std::optional<std::vector<api::CapacityProviderStrategyItem>>;

/// What decides where tasks go: hosts of the cluster or the pool, and through which providers.
struct LaunchChoice {
  schemas::LaunchType launch_type = schemas::LaunchType::ec2;
  schemas::CapacityProviderStrategy strategy;
};

/// What RunTask and CreateService say of it: one of both, or neither; then the cluster's default
/// strategy decides, and without one it is EC2. InvalidParameterException for a strategy that
/// breaks a rule or names a provider that the cluster does not have.
schemas::Result<LaunchChoice> choose_launch(const schemas::Cluster& cluster,
                                            const std::optional<api::LaunchType>& launch_type,
                                            const WantedStrategy& wanted);

/// A strategy by itself, over the providers that it may name.
schemas::Result<schemas::CapacityProviderStrategy> read_strategy_items(
    const std::vector<api::CapacityProviderStrategyItem>& items, const schemas::Scope& scope,
    const std::vector<std::string>& providers);

/// The pool, by either of its names, rather than hosts of a cluster.
bool is_pool_provider(const std::string& name);

/// FARGATE when all of the strategy's providers are the pool.
schemas::LaunchType launch_type_of(const schemas::CapacityProviderStrategy& strategy);

std::vector<api::CapacityProviderStrategyItem> show_items(
    const schemas::CapacityProviderStrategy& strategy);

}  // namespace control

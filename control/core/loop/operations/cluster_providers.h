#pragma once

// The capacity providers of a cluster.

#include "control/core/loop/operations/strategy_request.h"

namespace control {

/// Writes the providers and the default strategy into the configuration of that cluster (key 0 =
/// one that is about to be made). InvalidParameterException for one that there is not,
/// ClientException for one whose managed scaling belongs to another cluster.
schemas::Outcome read_providers(const World& world, const schemas::Scope& scope,
                                std::int64_t cluster, const std::vector<std::string>& names,
                                const std::vector<api::CapacityProviderStrategyItem>& strategy,
                                schemas::ClusterConfiguration& configuration);

}  // namespace control

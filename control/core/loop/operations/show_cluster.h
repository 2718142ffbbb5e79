#pragma once

#include <optional>
#include <vector>

#include "api/clusters.h"
#include "control/core/world/world.h"

namespace control {

/// All that was ever stated of a cluster, for those who state it.
const std::vector<api::ClusterField>& whole_cluster();

/// A cluster with its counts, and what of the rest `include` asks for.
api::Cluster show_cluster(const World& world, const schemas::Cluster& cluster,
                          const std::optional<std::vector<api::ClusterField>>& include);

}  // namespace control

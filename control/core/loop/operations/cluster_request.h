#pragma once

// What CreateCluster, UpdateCluster and UpdateClusterSettings may say of a cluster.

#include <optional>
#include <vector>

#include "api/clusters.h"
#include "schemas/base/result.h"
#include "schemas/model/cluster.h"

namespace control {

/// Writes the settings into the configuration. InvalidParameterException for a setting that there
/// is not, or a value that it does not take; then nothing is changed.
schemas::Outcome read_settings(const std::optional<std::vector<api::ClusterSetting>>& settings,
                               schemas::ClusterConfiguration& configuration);

/// The same for how sessions are kept. What is stated replaces the whole of what there was.
schemas::Outcome read_execute_command(const std::optional<api::ClusterConfiguration>& wanted,
                                      schemas::ClusterConfiguration& configuration);

/// The value of containerInsights by its name, or nothing.
std::optional<schemas::ContainerInsights> read_insights(const std::string& value);

}  // namespace control

#include "control/core/loop/names.h"
#include "control/core/loop/operations/cluster_request.h"
#include "control/core/loop/operations/operations.h"
#include "control/core/loop/operations/show_cluster.h"
#include "control/core/world/lookups.h"

namespace control {

namespace {

/// The cluster with what was stated over what it had.
schemas::Result<api::Cluster> configure(
    Context& context, const ApiCall& call, const std::string& name,
    const std::optional<std::vector<api::ClusterSetting>>& settings,
    const std::optional<api::ClusterConfiguration>& wanted) {
  const auto found = cluster_named(context.world, call.scope, name);
  if (!found.ok()) {
    return found.error();
  }
  const schemas::Cluster& cluster = *found.value();
  schemas::ClusterConfiguration configuration = cluster.configuration;
  const schemas::Outcome set = read_settings(settings, configuration);
  if (!set.ok()) {
    return set.error();
  }
  const schemas::Outcome sessions = read_execute_command(wanted, configuration);
  if (!sessions.ok()) {
    return sessions.error();
  }
  if (configuration != cluster.configuration) {
    apply(context.world, ClusterConfigured{cluster.key, std::move(configuration)});
    log_event(context, call.scope, "cluster.updated", cluster_arn(cluster), "{}");
  }
  return show_cluster(context.world, cluster, whole_cluster());
}

}  // namespace

Answer update_cluster(Context& context, const ApiCall& call) {
  const auto& input = call.input.as<api::UpdateClusterRequest>();
  const auto cluster = configure(context, call, input.cluster, input.settings, input.configuration);
  if (!cluster.ok()) {
    return cluster.error();
  }
  api::UpdateClusterResponse output;
  output.cluster = cluster.value();
  return api::Value::of(std::move(output));
}

Answer update_cluster_settings(Context& context, const ApiCall& call) {
  const auto& input = call.input.as<api::UpdateClusterSettingsRequest>();
  const auto cluster = configure(context, call, input.cluster, input.settings, std::nullopt);
  if (!cluster.ok()) {
    return cluster.error();
  }
  api::UpdateClusterSettingsResponse output;
  output.cluster = cluster.value();
  return api::Value::of(std::move(output));
}

}  // namespace control

#include "control/core/loop/operations/cluster_providers.h"
#include "control/core/loop/operations/cluster_request.h"
#include "control/core/loop/operations/operations.h"
#include "control/core/loop/operations/shapes.h"
#include "control/core/loop/operations/show_cluster.h"
#include "control/core/loop/setting_rules.h"
#include "control/core/world/lookups.h"

namespace control {

/// By its name an idempotent call: an active cluster of that name is answered as it is.
Answer create_cluster(Context& context, const ApiCall& call) {
  const auto& input = call.input.as<api::CreateClusterRequest>();
  const std::string name = input.cluster_name.value_or("default");
  const auto tags = read_tags(input.tags);
  if (!tags.ok()) {
    return tags.error();
  }
  schemas::ClusterConfiguration configuration;
  configuration.container_insights =
      read_insights(
          effective_setting(context.world, call.scope, call.principal, "containerInsights"))
          .value_or(schemas::ContainerInsights::disabled);
  const schemas::Outcome settings = read_settings(input.settings, configuration);
  if (!settings.ok()) {
    return settings.error();
  }
  const schemas::Outcome sessions = read_execute_command(input.configuration, configuration);
  if (!sessions.ok()) {
    return sessions.error();
  }
  const schemas::Outcome providers = read_providers(
      context.world, call.scope, 0, input.capacity_providers.value_or(std::vector<std::string>{}),
      input.default_capacity_provider_strategy.value_or(
          std::vector<api::CapacityProviderStrategyItem>{}),
      configuration);
  if (!providers.ok()) {
    return providers.error();
  }
  const schemas::Cluster* known = find_cluster(context.world, call.scope, name);
  if (known == nullptr || known->status != schemas::ClusterStatus::active) {
    schemas::Cluster cluster;
    cluster.key = context.world.next_key(Table::cluster);
    cluster.scope = call.scope;
    cluster.name = name;
    cluster.tags = tags.value();
    cluster.created_at = context.now;
    cluster.configuration = std::move(configuration);
    apply(context.world, ClusterCreated{cluster});
    log_event(context, call.scope, "cluster.created", cluster_arn(cluster), "{}");
    known = cluster_of(context.world, cluster.key);
  }
  api::CreateClusterResponse output;
  output.cluster = show_cluster(context.world, *known, whole_cluster());
  return api::Value::of(std::move(output));
}

}  // namespace control

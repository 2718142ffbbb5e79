#include "control/core/loop/operations/show_cluster.h"

#include <algorithm>

#include "control/core/loop/operations/shapes.h"
#include "control/core/loop/operations/strategy_request.h"
#include "control/core/world/lookups.h"
#include "schemas/wire/wire.h"

namespace control {

namespace {

struct ServiceTally {
  std::int64_t active_on_hosts = 0;
  std::int64_t active_on_pool = 0;
  std::int64_t draining_on_hosts = 0;
  std::int64_t draining_on_pool = 0;
};

ServiceTally tally_services(const World& world, std::int64_t cluster) {
  ServiceTally tally;
  for (const std::int64_t key : entry_or_empty(world.index().services_of_cluster, cluster)) {
    const schemas::Service& service = world->services.at(key);
    const bool pool =
        !service.deployments.empty() &&
        service.deployments.front().specification->launch_type == schemas::LaunchType::fargate;
    if (service.status == schemas::ServiceStatus::active) {
      ++(pool ? tally.active_on_pool : tally.active_on_hosts);
    } else if (service.status == schemas::ServiceStatus::draining) {
      ++(pool ? tally.draining_on_pool : tally.draining_on_hosts);
    }
  }
  return tally;
}

std::vector<api::KeyValuePair> statistics(const TaskTally& tasks, const ServiceTally& services) {
  const auto pair = [](const char* name, std::int64_t value) {
    return api::KeyValuePair{.name = name, .value = std::to_string(value)};
  };
  return {pair("runningEC2TasksCount", tasks.running_on_hosts),
          pair("runningFargateTasksCount", tasks.running_on_pool),
          pair("pendingEC2TasksCount", tasks.pending_on_hosts),
          pair("pendingFargateTasksCount", tasks.pending_on_pool),
          pair("activeEC2ServiceCount", services.active_on_hosts),
          pair("activeFargateServiceCount", services.active_on_pool),
          pair("drainingEC2ServiceCount", services.draining_on_hosts),
          pair("drainingFargateServiceCount", services.draining_on_pool)};
}

api::ExecuteCommandConfiguration show_execute_command(
    const schemas::ExecuteCommandConfiguration& kept) {
  api::ExecuteCommandConfiguration shown;
  shown.kms_key_id = kept.kms_key_id;
  if (kept.logging) {
    shown.logging = static_cast<api::ExecuteCommandLogging>(*kept.logging);
  }
  if (kept.log) {
    shown.log_configuration = api::ExecuteCommandLogConfiguration{
        .cloud_watch_log_group_name = kept.log->cloud_watch_log_group_name,
        .cloud_watch_encryption_enabled = kept.log->cloud_watch_encryption_enabled,
        .s3_bucket_name = kept.log->s3_bucket_name,
        .s3_encryption_enabled = kept.log->s3_encryption_enabled,
        .s3_key_prefix = kept.log->s3_key_prefix};
  }
  return shown;
}

}  // namespace

const std::vector<api::ClusterField>& whole_cluster() {
  static const std::vector<api::ClusterField> fields{
      api::ClusterField::configurations, api::ClusterField::settings, api::ClusterField::tags};
  return fields;
}

api::Cluster show_cluster(const World& world, const schemas::Cluster& cluster,
                          const std::optional<std::vector<api::ClusterField>>& include) {
  const auto asked = [&include](api::ClusterField field) {
    return include && std::find(include->begin(), include->end(), field) != include->end();
  };
  const TaskTally tasks = entry_or_empty(world.index().tally_of_cluster, cluster.key);
  const ServiceTally services = tally_services(world, cluster.key);
  api::Cluster shown;
  shown.cluster_arn = cluster_arn(cluster);
  shown.cluster_name = cluster.name;
  shown.status = cluster.status == schemas::ClusterStatus::active ? "ACTIVE" : "INACTIVE";
  shown.registered_container_instances_count = static_cast<std::int64_t>(
      entry_or_empty(world.index().instances_of_cluster, cluster.key).size());
  shown.running_tasks_count = tasks.running_on_hosts + tasks.running_on_pool;
  shown.pending_tasks_count = tasks.pending_on_hosts + tasks.pending_on_pool;
  shown.active_services_count = services.active_on_hosts + services.active_on_pool;
  shown.statistics.emplace();
  if (asked(api::ClusterField::statistics)) {
    shown.statistics = statistics(tasks, services);
  }
  shown.tags.emplace();
  if (asked(api::ClusterField::tags)) {
    shown.tags = show_tags(cluster.tags);
  }
  shown.settings.emplace();
  if (asked(api::ClusterField::settings)) {
    shown.settings->push_back(
        {.name = api::ClusterSettingName::container_insights,
         .value = std::string(wire::name_of(cluster.configuration.container_insights))});
  }
  if (asked(api::ClusterField::configurations) && cluster.configuration.execute_command) {
    shown.configuration.emplace().execute_command_configuration =
        show_execute_command(*cluster.configuration.execute_command);
  }
  if (asked(api::ClusterField::attachments)) {
    shown.attachments.emplace();
  }
  const std::vector<std::string>& providers = cluster.configuration.capacity_providers;
  shown.capacity_providers = providers;
  shown.default_capacity_provider_strategy = show_items(cluster.configuration.default_strategy);
  if (!std::all_of(providers.begin(), providers.end(), is_pool_provider)) {
    shown.attachments_status = "UPDATE_COMPLETE";
  }
  return shown;
}

}  // namespace control

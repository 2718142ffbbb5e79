#include "control/edge/loop/census.h"

#include <map>
#include <utility>
#include <vector>

#include "control/core/world/lookups.h"
#include "control/edge/loop/metrics.h"
#include "schemas/wire/wire.h"

namespace control::edge {

namespace {

std::string labels_of(const schemas::Cluster& cluster, const std::string& more) {
  return "account=\"" + cluster.scope.account + "\",region=\"" + cluster.scope.region +
         "\",cluster=\"" + cluster.name + "\"" + more;
}

/// The clusters that this is asked for, `enhanced` being more than `enabled`.
std::vector<const schemas::Cluster*> observed(const World& world,
                                              schemas::ContainerInsights least) {
  std::vector<const schemas::Cluster*> clusters;
  for (const auto& [key, cluster] : world->clusters) {
    if (cluster.status == schemas::ClusterStatus::active &&
        cluster.configuration.container_insights >= least) {
      clusters.push_back(&cluster);
    }
  }
  return clusters;
}

std::int64_t active_services(const World& world, std::int64_t cluster) {
  std::int64_t count = 0;
  for (const std::int64_t key : entry_or_empty(world.index().services_of_cluster, cluster)) {
    count += world->services.at(key).status == schemas::ServiceStatus::active ? 1 : 0;
  }
  return count;
}

/// What containerInsights is about. Hosts are written without the pool's.
void write_clusters(const World& world, std::string& text) {
  const auto clusters = observed(world, schemas::ContainerInsights::enabled);
  if (clusters.empty()) {
    return;
  }
  write_help("stowage_cluster_tasks", "gauge", "Tasks of a cluster that have not stopped.", text);
  for (const schemas::Cluster* cluster : clusters) {
    const TaskTally& tasks = entry_or_empty(world.index().tally_of_cluster, cluster->key);
    write_gauge("stowage_cluster_tasks", labels_of(*cluster, ",state=\"pending\""),
                tasks.pending_on_hosts + tasks.pending_on_pool, text);
    write_gauge("stowage_cluster_tasks", labels_of(*cluster, ",state=\"running\""),
                tasks.running_on_hosts + tasks.running_on_pool, text);
  }
  write_help("stowage_cluster_services", "gauge", "Active services of a cluster.", text);
  for (const schemas::Cluster* cluster : clusters) {
    write_gauge("stowage_cluster_services", labels_of(*cluster, ""),
                active_services(world, cluster->key), text);
  }
  write_help("stowage_cluster_container_instances", "gauge", "Hosts of a cluster.", text);
  for (const schemas::Cluster* cluster : clusters) {
    const auto& hosts = entry_or_empty(world.index().instances_of_cluster, cluster->key);
    write_gauge("stowage_cluster_container_instances", labels_of(*cluster, ""),
                static_cast<std::int64_t>(hosts.size()), text);
  }
}

void write_services(const World& world, std::string& text) {
  const auto clusters = observed(world, schemas::ContainerInsights::enhanced);
  if (clusters.empty()) {
    return;
  }
  write_help("stowage_service_tasks", "gauge", "Tasks of a service: wanted, and by what they do.",
             text);
  for (const schemas::Cluster* cluster : clusters) {
    for (const std::int64_t key : entry_or_empty(world.index().services_of_cluster, cluster->key)) {
      const schemas::Service& service = world->services.at(key);
      std::int64_t running = 0;
      std::int64_t pending = 0;
      for (const std::int64_t task : entry_or_empty(world.index().live_tasks_of_service, key)) {
        const schemas::TaskStatus status = world->tasks.at(task).last_status;
        running += status == schemas::TaskStatus::running ? 1 : 0;
        pending += status < schemas::TaskStatus::running ? 1 : 0;
      }
      const auto write = [&](const std::string& state, std::int64_t count) {
        write_gauge(
            "stowage_service_tasks",
            labels_of(*cluster, ",service=\"" + service.name + "\",state=\"" + state + "\""), count,
            text);
      };
      if (service.status != schemas::ServiceStatus::inactive) {
        write("desired", service.desired_count);
        write("pending", pending);
        write("running", running);
      }
    }
  }
}

}  // namespace

std::string census(const World& world) {
  std::map<std::pair<std::string, std::string>, std::int64_t> tasks;
  for (const auto& [key, task] : world->tasks) {
    ++tasks[{std::string(wire::name_of(task.specification->launch_type)),
             std::string(wire::name_of(task.last_status))}];
  }
  std::map<std::pair<std::string, std::string>, std::int64_t> hosts;
  for (const auto& [id, instance] : world->instances) {
    ++hosts[{instance.pool() ? "pool" : "cluster",
             instance.connected ? "connected" : "disconnected"}];
  }
  std::string text;
  write_help("stowage_tasks", "gauge", "Tasks that can be described, by launch type and status.",
             text);
  for (const auto& [labels, count] : tasks) {
    write_gauge("stowage_tasks",
                "launch_type=\"" + labels.first + "\",last_status=\"" + labels.second + "\"", count,
                text);
  }
  write_help("stowage_container_instances", "gauge", "Hosts that have joined.", text);
  for (const auto& [labels, count] : hosts) {
    write_gauge("stowage_container_instances",
                "kind=\"" + labels.first + "\",state=\"" + labels.second + "\"", count, text);
  }
  write_help("stowage_services", "gauge", "Services that can be described.", text);
  write_gauge("stowage_services", "", static_cast<std::int64_t>(world->services.size()), text);
  write_help("stowage_network_interfaces", "gauge", "Interfaces that hold an address.", text);
  write_gauge("stowage_network_interfaces", "", static_cast<std::int64_t>(world->enis.size()),
              text);
  write_clusters(world, text);
  write_services(world, text);
  return text;
}

}  // namespace control::edge

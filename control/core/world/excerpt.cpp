#include "control/core/world/excerpt.h"

#include "control/core/world/parts.h"

namespace control {

using schemas::ContainerInstance;
using schemas::Eni;
using schemas::Service;
using schemas::Task;
using schemas::TaskStatus;

namespace {

/// Copies entry by entry what the whole of would be too much.
class Excerpting {
 public:
  Excerpting(const WorldParts& from, WorldParts& to) : from_(from), to_(to) {}

  void definitions(const schemas::Scope& scope) {
    const auto& families = from_.index.revisions_by_family;
    for (auto at = families.lower_bound({scope, ""});
         at != families.end() && at->first.first == scope; ++at) {
      to_.index.revisions_by_family.insert(to_.index.revisions_by_family.end(), *at);
      for (const auto& [revision, key] : at->second) {
        to_.tables.definitions.emplace(key, from_.tables.definitions.at(key));
      }
    }
  }

  /// The hosts of a cluster, with what is left of them.
  void fleet(std::int64_t cluster) {
    const auto fleet = from_.fleets.find(cluster);
    if (fleet != from_.fleets.end()) {
      to_.fleets.insert(*fleet);
    }
    const auto hosts = from_.index.instances_of_cluster.find(cluster);
    if (hosts == from_.index.instances_of_cluster.end()) {
      return;
    }
    to_.index.instances_of_cluster.insert(*hosts);
    for (const schemas::InstanceId& id : hosts->second) {
      const ContainerInstance& host = from_.tables.instances.at(id);
      to_.tables.instances.emplace(id, host);
      to_.index.instance_by_identity.emplace(host.identity_hash, id);
      const std::pair lease(host.lease_until, id);
      if (from_.index.leases.contains(lease)) {
        to_.index.leases.insert(lease);
      } else if (from_.index.absent.contains(lease)) {
        to_.index.absent.insert(lease);
      }
    }
  }

  void service(std::int64_t key) {
    const auto at = from_.tables.services.find(key);
    if (at == from_.tables.services.end()) {
      return;
    }
    const Service& service = at->second;
    to_.tables.services.insert(*at);
    to_.index.services_of_cluster[service.cluster].insert(key);
    const auto name = from_.index.service_by_name.find({service.cluster, service.name});
    if (name != from_.index.service_by_name.end() && name->second == key) {
      to_.index.service_by_name.insert(*name);
    }
    copy_entry(from_.index.event_keys_of_service, to_.index.event_keys_of_service, key);
    copy_entry(from_.index.deployments_of_service, to_.index.deployments_of_service, key);
    for (const std::int64_t record : to_.index.deployments_of_service[key]) {
      const schemas::ServiceDeployment& kept = from_.tables.service_deployments.at(record);
      to_.tables.service_deployments.emplace(record, kept);
      to_.index.service_deployment_by_id.emplace(kept.id, record);
    }
    if (from_.news.services.contains(key)) {
      to_.news.services.insert(key);
    }
    const auto tasks = from_.index.live_tasks_of_service.find(key);
    if (tasks != from_.index.live_tasks_of_service.end()) {
      for (const std::int64_t each : tasks->second) {
        task(each);
      }
    }
  }

  void task(std::int64_t key) {
    const auto at = from_.tables.tasks.find(key);
    if (at == from_.tables.tasks.end() || !to_.tables.tasks.insert(*at).second) {
      return;
    }
    const Task& task = at->second;
    to_.index.task_by_id.emplace(task.id, key);
    to_.index.tasks_of_cluster[task.cluster].insert(key);
    if (task.instance) {  // wherever it is, also where it was deregistered: a task shows its host
      copy_entry(from_.tables.instances, to_.tables.instances, *task.instance);
    }
    const bool stopped = task.last_status == TaskStatus::stopped;
    if (stopped) {
      to_.index.stopped_tasks.insert({*task.stopped_at, key});
    } else if (task.instance) {
      to_.index.live_tasks_of_instance[*task.instance].insert(key);
    }
    if (task.service != 0) {
      Index& index = to_.index;
      (stopped ? index.stopped_tasks_of_service : index.live_tasks_of_service)[task.service].insert(
          key);
    }
    if (task.eni) {
      interface(*task.eni);
    }
  }

  void token(const schemas::Scope& scope, const std::string& name) {
    const auto at = from_.index.token_by_name.find({scope, name});
    if (name.empty() || at == from_.index.token_by_name.end()) {
      return;
    }
    to_.index.token_by_name.insert(*at);
    to_.tables.tokens.emplace(at->second, from_.tables.tokens.at(at->second));
  }

 private:
  template <class Map>
  static void copy_entry(const Map& from, Map& to, const typename Map::key_type& key) {
    const auto at = from.find(key);
    if (at != from.end()) {
      to.insert(*at);
    }
  }

  void interface(const schemas::EniId& id) {
    copy_entry(from_.tables.released_enis, to_.tables.released_enis, id);
    const auto held = from_.tables.enis.find(id);
    if (held == from_.tables.enis.end()) {
      return;
    }
    const Eni& eni = held->second;
    to_.tables.enis.emplace(id, eni);
    for (const schemas::SecurityGroupId& group : eni.security_groups) {
      to_.index.enis_of_group[group].insert(eni.id);
    }
    if (!eni.instance) {
      return;
    }
    to_.index.enis_of_instance[*eni.instance].insert(eni.id);
    if (from_.index.enis_assigned.contains(eni.id)) {
      to_.index.enis_assigned.insert(eni.id);
      to_.assignments.eni_placed(eni, *eni.instance);
    }
  }

  const WorldParts& from_;
  WorldParts& to_;
};

// The next three name every member of what they copy, whether they copy it or not: a new member
// does not compile before it is decided on.

void copy_tables(const Tables& from, Tables& to) {
  const auto& [clusters, capacity_providers, account_settings, definitions, services, tasks,
               instances, vpcs, subnets, security_groups, enis, released_enis, usage, tokens, users,
               access_keys, roles, join_tokens, sessions, service_deployments] = from;
  to.clusters = clusters;
  to.capacity_providers = capacity_providers;
  to.account_settings = account_settings;
  to.vpcs = vpcs;
  to.subnets = subnets;
  to.security_groups = security_groups;
  to.roles = roles;
}

void copy_index(const Index& from, Index& to) {
  const auto& [cluster_by_name, capacity_provider_by_name, account_setting_by_name,
               revisions_by_family, definitions_leaving, service_by_name, services_of_cluster,
               event_keys_of_service, deployments_of_service, service_deployment_by_id, task_by_id,
               tasks_of_cluster, tally_of_cluster, live_tasks_of_service, stopped_tasks_of_service,
               live_tasks_of_instance, stopped_tasks, instance_by_identity, instances_of_cluster,
               leases, absent, deregistered, default_vpc, subnets_of_vpc, groups_of_vpc,
               enis_of_group, addresses, public_addresses, enis_of_instance, enis_assigned,
               token_by_name, user_by_name, access_keys_of_user, access_key_by_id, role_by_name,
               join_token_by_hash, join_tokens_by_end, session_by_hash, sessions_by_end,
               access_version] = from;
  to.cluster_by_name = cluster_by_name;
  to.capacity_provider_by_name = capacity_provider_by_name;
  to.account_setting_by_name = account_setting_by_name;
  to.tally_of_cluster = tally_of_cluster;
  to.default_vpc = default_vpc;
  to.subnets_of_vpc = subnets_of_vpc;
  to.groups_of_vpc = groups_of_vpc;
  to.addresses = addresses;
  to.public_addresses = public_addresses;
  to.role_by_name = role_by_name;
  to.access_version = access_version;
}

void copy_parts(const WorldParts& from, WorldParts& to) {
  const auto& [tables, index, fleets, assignments, news, last_key, epoch] = from;
  copy_tables(tables, to.tables);
  copy_index(index, to.index);
  to.assignments = Assignments(epoch);
  to.last_key = last_key;
  to.epoch = epoch;
}

}  // namespace

World excerpt(const World& world, const ExcerptWish& wish) {
  World copy;
  WorldParts& to = WorldAccess::parts(copy);
  copy_parts(WorldAccess::parts(world), to);
  Excerpting copying(WorldAccess::parts(world), to);
  copying.definitions(wish.scope);
  for (const std::int64_t cluster : wish.fleets) {
    copying.fleet(cluster);
  }
  for (const std::int64_t service : wish.services) {
    copying.service(service);
  }
  for (const std::int64_t task : wish.tasks) {
    copying.task(task);
  }
  copying.token(wish.scope, wish.token);
  return copy;
}

}  // namespace control

#include "control/core/world/lookups.h"

#include <algorithm>

namespace control {

using schemas::Cluster;
using schemas::ContainerInstance;
using schemas::Eni;
using schemas::EniId;
using schemas::InstanceId;
using schemas::Scope;
using schemas::Service;
using schemas::Task;
using schemas::TaskId;

namespace {

template <class Map>
const typename Map::mapped_type* look(const Map& map, const typename Map::key_type& key) {
  const auto at = map.find(key);
  return at == map.end() ? nullptr : &at->second;
}

const Cluster& cluster_behind(const World& world, std::int64_t key) {
  const Cluster* cluster = cluster_of(world, key);
  schemas::require(cluster != nullptr, "something of a cluster that does not exist");
  return *cluster;
}

}  // namespace

const Cluster* cluster_of(const World& world, std::int64_t key) {
  return look(world->clusters, key);
}

const Cluster* find_cluster(const World& world, const Scope& scope, const std::string& name) {
  const std::int64_t* key = look(world.index().cluster_by_name, {scope, name});
  return key == nullptr ? nullptr : cluster_of(world, *key);
}

const schemas::CapacityProvider* find_capacity_provider(const World& world, const Scope& scope,
                                                        const std::string& name) {
  const std::int64_t* key = look(world.index().capacity_provider_by_name, {scope, name});
  return key == nullptr ? nullptr : look(world->capacity_providers, *key);
}

const schemas::AccountSetting* find_account_setting(const World& world, const Scope& scope,
                                                    const std::string& principal,
                                                    const std::string& name) {
  const std::int64_t* key = look(world.index().account_setting_by_name, {scope, principal, name});
  return key == nullptr ? nullptr : look(world->account_settings, *key);
}

const Service* service_of(const World& world, std::int64_t key) {
  return look(world->services, key);
}

const Service* find_service(const World& world, std::int64_t cluster, const std::string& name) {
  const std::int64_t* key = look(world.index().service_by_name, {cluster, name});
  return key == nullptr ? nullptr : service_of(world, *key);
}

const schemas::ServiceDeployment* find_service_deployment(const World& world,
                                                          schemas::DeploymentId id) {
  const auto key = world.index().service_deployment_by_id.find(id);
  return key == world.index().service_deployment_by_id.end()
             ? nullptr
             : &world->service_deployments.at(key->second);
}

const Task* task_of(const World& world, std::int64_t key) { return look(world->tasks, key); }

const Task* find_task(const World& world, TaskId id) {
  const std::int64_t* key = look(world.index().task_by_id, id);
  return key == nullptr ? nullptr : task_of(world, *key);
}

const ContainerInstance* find_instance(const World& world, InstanceId id) {
  return look(world->instances, id);
}

const ContainerInstance* find_identity(const World& world, const std::string& hash) {
  const InstanceId* id = look(world.index().instance_by_identity, hash);
  return id == nullptr ? nullptr : find_instance(world, *id);
}

const Eni* find_eni(const World& world, EniId id) {
  if (const Eni* held = look(world->enis, id)) {
    return held;
  }
  const ReleasedEni* released = look(world->released_enis, id);
  return released == nullptr ? nullptr : &released->eni;
}

bool is_deleted(const schemas::TaskDefinition& definition) { return definition.containers.empty(); }

const OwnedDefinition* find_definition(const World& world, const Scope& scope,
                                       const std::string& family, std::int64_t revision) {
  const auto* revisions = look(world.index().revisions_by_family, {scope, family});
  const std::int64_t* key = revisions == nullptr ? nullptr : look(*revisions, revision);
  const OwnedDefinition* owned = key == nullptr ? nullptr : look(world->definitions, *key);
  return owned == nullptr || is_deleted(*owned->definition) ? nullptr : owned;
}

const OwnedDefinition* latest_definition(const World& world, const Scope& scope,
                                         const std::string& family) {
  const auto* revisions = look(world.index().revisions_by_family, {scope, family});
  if (revisions == nullptr) {
    return nullptr;
  }
  for (auto at = revisions->rbegin(); at != revisions->rend(); ++at) {
    const OwnedDefinition& owned = world->definitions.at(at->second);
    if (owned.definition->status == schemas::TaskDefinitionStatus::active) {
      return &owned;
    }
  }
  return nullptr;
}

const Token* find_token(const World& world, const Scope& scope, const std::string& token) {
  const std::int64_t* key = look(world.index().token_by_name, {scope, token});
  return key == nullptr ? nullptr : look(world->tokens, *key);
}

const schemas::User* find_user(const World& world, const std::string& account,
                               const std::string& name) {
  const std::int64_t* key = look(world.index().user_by_name, {account, name});
  return key == nullptr ? nullptr : look(world->users, *key);
}

const schemas::AccessKey* find_access_key(const World& world, const std::string& id) {
  const std::int64_t* key = look(world.index().access_key_by_id, id);
  return key == nullptr ? nullptr : look(world->access_keys, *key);
}

const schemas::Role* find_role(const World& world, const std::string& account,
                               const std::string& name) {
  const std::int64_t* key = look(world.index().role_by_name, {account, name});
  return key == nullptr ? nullptr : look(world->roles, *key);
}

const schemas::JoinToken* find_join_token(const World& world, const std::string& hash) {
  const std::int64_t* key = look(world.index().join_token_by_hash, hash);
  return key == nullptr ? nullptr : look(world->join_tokens, *key);
}

const schemas::Session* find_session(const World& world, const std::string& hash) {
  const std::int64_t* key = look(world.index().session_by_hash, hash);
  return key == nullptr ? nullptr : look(world->sessions, *key);
}

std::string arn(const Scope& scope, std::string_view kind, std::string_view rest) {
  std::string text = "arn:aws:ecs:";
  text += scope.region;
  text += ':';
  text += scope.account;
  text += ':';
  text += kind;
  text += '/';
  text += rest;
  return text;
}

std::string cluster_arn(const Cluster& cluster) {
  return arn(cluster.scope, "cluster", cluster.name);
}

std::string service_arn(const World& world, const Service& service) {
  const Cluster& cluster = cluster_behind(world, service.cluster);
  return arn(cluster.scope, "service", cluster.name + "/" + service.name);
}

std::string service_deployment_arn(const World& world, const Service& service,
                                   schemas::DeploymentId id) {
  const Cluster& cluster = cluster_behind(world, service.cluster);
  return arn(cluster.scope, "service-deployment",
             cluster.name + "/" + service.name + "/" + std::to_string(id.number));
}

std::string service_revision_arn(const World& world, const Service& service,
                                 schemas::DeploymentId id) {
  const Cluster& cluster = cluster_behind(world, service.cluster);
  return arn(cluster.scope, "service-revision",
             cluster.name + "/" + service.name + "/" + std::to_string(id.number));
}

std::string task_set_arn(const World& world, const Service& service, schemas::DeploymentId id) {
  const Cluster& cluster = cluster_behind(world, service.cluster);
  return arn(cluster.scope, "task-set", cluster.name + "/" + service.name + "/" + id.text());
}

const schemas::Deployment* find_task_set(const World& world, const Task& task) {
  const Service* service = service_of(world, task.service);
  if (service == nullptr) {
    return nullptr;
  }
  const auto at = std::find_if(service->deployments.begin(), service->deployments.end(),
                               [&task](const auto& each) {
                                 return each.id == task.deployment && each.task_set.has_value();
                               });
  return at == service->deployments.end() ? nullptr : &*at;
}

const schemas::ImageDigests* image_digests_of(const World& world, const Task& task) {
  if (const auto* record = find_service_deployment(world, task.deployment)) {
    return &record->image_digests;
  }
  const schemas::Deployment* set = find_task_set(world, task);
  return set == nullptr ? nullptr : &set->task_set->image_digests;
}

std::string task_arn(const World& world, const Task& task) {
  const Cluster& cluster = cluster_behind(world, task.cluster);
  return arn(cluster.scope, "task", cluster.name + "/" + task.id.text());
}

std::string instance_arn(const World& world, const ContainerInstance& instance) {
  if (instance.pool()) {
    return arn(instance.scope, "container-instance", "pool/" + instance.id.text());
  }
  const Cluster& cluster = cluster_behind(world, instance.cluster);
  return arn(cluster.scope, "container-instance", cluster.name + "/" + instance.id.text());
}

std::string container_arn(const World& world, const Task& task,
                          const schemas::Container& container) {
  const Cluster& cluster = cluster_behind(world, task.cluster);
  return arn(cluster.scope, "container",
             cluster.name + "/" + task.id.text() + "/" + container.id.text());
}

std::string definition_arn(const Scope& scope, const schemas::TaskDefinition& definition) {
  return arn(scope, "task-definition",
             definition.family + ":" + std::to_string(definition.revision));
}

std::string user_arn(const schemas::User& user) {
  return "arn:aws:iam::" + user.account + ":user/" + user.name;
}

std::string role_arn(const schemas::Role& role) {
  return "arn:aws:iam::" + role.account + ":role" + role.path + role.name;
}

}  // namespace control

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "control/core/world/world.h"

namespace control {

// Look-ups that answer null when there is no such thing.

const schemas::Cluster* cluster_of(const World& world, std::int64_t key);
const schemas::Cluster* find_cluster(const World& world, const schemas::Scope& scope,
                                     const std::string& name);

const schemas::CapacityProvider* find_capacity_provider(const World& world,
                                                        const schemas::Scope& scope,
                                                        const std::string& name);

/// What a principal has set; the account itself is the empty principal.
const schemas::AccountSetting* find_account_setting(const World& world, const schemas::Scope& scope,
                                                    const std::string& principal,
                                                    const std::string& name);

const schemas::Service* service_of(const World& world, std::int64_t key);
const schemas::Service* find_service(const World& world, std::int64_t cluster,
                                     const std::string& name);

/// The record of a change of what a service runs.
const schemas::ServiceDeployment* find_service_deployment(const World& world,
                                                          schemas::DeploymentId id);

const schemas::Task* task_of(const World& world, std::int64_t key);
const schemas::Task* find_task(const World& world, schemas::TaskId id);

const schemas::ContainerInstance* find_instance(const World& world, schemas::InstanceId id);
const schemas::ContainerInstance* find_identity(const World& world, const std::string& hash);

/// The interface, held or released.
const schemas::Eni* find_eni(const World& world, schemas::EniId id);

/// Whether nothing is left of a definition but its number, which stays taken.
bool is_deleted(const schemas::TaskDefinition& definition);

/// Null for one that is deleted, too.
const OwnedDefinition* find_definition(const World& world, const schemas::Scope& scope,
                                       const std::string& family, std::int64_t revision);
/// The newest ACTIVE revision of a family.
const OwnedDefinition* latest_definition(const World& world, const schemas::Scope& scope,
                                         const std::string& family);

const Token* find_token(const World& world, const schemas::Scope& scope, const std::string& token);

const schemas::User* find_user(const World& world, const std::string& account,
                               const std::string& name);
/// By its public id ("AKIA…").
const schemas::AccessKey* find_access_key(const World& world, const std::string& id);
const schemas::Role* find_role(const World& world, const std::string& account,
                               const std::string& name);
/// By SHA-256 (hex) of the token.
const schemas::JoinToken* find_join_token(const World& world, const std::string& hash);
const schemas::Session* find_session(const World& world, const std::string& hash);

/// The members of an index entry, empty when there is none.
template <class Map>
const typename Map::mapped_type& entry_or_empty(const Map& map, const typename Map::key_type& key) {
  static const typename Map::mapped_type empty;
  const auto at = map.find(key);
  return at == map.end() ? empty : at->second;
}

// ARNs, in the long forms.
std::string cluster_arn(const schemas::Cluster& cluster);
std::string service_arn(const World& world, const schemas::Service& service);
std::string service_deployment_arn(const World& world, const schemas::Service& service,
                                   schemas::DeploymentId id);
std::string service_revision_arn(const World& world, const schemas::Service& service,
                                 schemas::DeploymentId id);
std::string task_set_arn(const World& world, const schemas::Service& service,
                         schemas::DeploymentId id);
/// The task set that the task is of; null when it is of none.
const schemas::Deployment* find_task_set(const World& world, const schemas::Task& task);
/// What is known of the images of the task's deployment, or task set; null when it has neither.
const schemas::ImageDigests* image_digests_of(const World& world, const schemas::Task& task);
std::string task_arn(const World& world, const schemas::Task& task);
std::string instance_arn(const World& world, const schemas::ContainerInstance& instance);
std::string container_arn(const World& world, const schemas::Task& task,
                          const schemas::Container& container);
std::string definition_arn(const schemas::Scope& scope, const schemas::TaskDefinition& definition);
/// `arn:aws:ecs:REGION:ACCOUNT:KIND/…`.
std::string arn(const schemas::Scope& scope, std::string_view kind, std::string_view rest);
/// `arn:aws:iam::ACCOUNT:user/NAME`.
std::string user_arn(const schemas::User& user);
/// `arn:aws:iam::ACCOUNT:role/PATH/NAME`.
std::string role_arn(const schemas::Role& role);

}  // namespace control

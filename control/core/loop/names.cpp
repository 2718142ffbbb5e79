#include "control/core/loop/names.h"

#include <charconv>

#include "control/core/world/lookups.h"

namespace control {

using schemas::Cluster;
using schemas::Error;
using schemas::ErrorCode;
using schemas::Result;
using schemas::Scope;

namespace {

constexpr std::string_view arn_prefix = "arn:";

/// What follows the last slash: services, tasks and instances are named within their cluster.
std::string last_part(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? path : path.substr(slash + 1);
}

/// The name of something in a cluster, or nothing when the text is an ARN of another cluster.
std::optional<std::string> name_in(const Cluster& cluster, std::string_view kind,
                                   const std::string& text) {
  const std::optional<std::string> path = local_name(cluster.scope, kind, text);
  if (!path) {
    return std::nullopt;
  }
  const std::size_t slash = path->find('/');
  if (slash != std::string::npos && path->substr(0, slash) != cluster.name) {
    return std::nullopt;
  }
  return last_part(*path);
}

}  // namespace

std::optional<std::string> local_name(const Scope& scope, std::string_view kind,
                                      std::string_view text) {
  if (!text.starts_with(arn_prefix)) {
    return std::string(text);
  }
  const std::string prefix = arn(scope, kind, "");
  if (!text.starts_with(prefix)) {
    return std::nullopt;
  }
  return std::string(text.substr(prefix.size()));
}

Result<const Cluster*> cluster_named(const World& world, const Scope& scope,
                                     const std::string& text) {
  const std::optional<std::string> name =
      local_name(scope, "cluster", text.empty() ? "default" : text);
  const Cluster* cluster = name ? find_cluster(world, scope, *name) : nullptr;
  if (cluster == nullptr) {
    return Error{ErrorCode::cluster_not_found, "Cluster not found."};
  }
  if (cluster->status != schemas::ClusterStatus::active) {
    return Error{ErrorCode::cluster_not_found, "The referenced cluster was inactive."};
  }
  return cluster;
}

const schemas::Service* service_in(const World& world, const Cluster& cluster,
                                   const std::string& text) {
  const std::optional<std::string> name = name_in(cluster, "service", text);
  return name ? find_service(world, cluster.key, *name) : nullptr;
}

Result<const schemas::Service*> service_named(const World& world, const Scope& scope,
                                              const std::string& cluster, const std::string& text) {
  const Result<const Cluster*> found = cluster_named(world, scope, cluster);
  if (!found.ok()) {
    return found.error();
  }
  const schemas::Service* service = service_in(world, *found.value(), text);
  if (service == nullptr) {
    return Error{ErrorCode::service_not_found, "Service not found."};
  }
  return service;
}

Result<const schemas::ServiceDeployment*> service_deployment_named(const World& world,
                                                                   const Scope& scope,
                                                                   std::string_view kind,
                                                                   const std::string& text) {
  const std::string part = ":" + std::string(kind) + "/";
  const std::size_t at = text.find(part);
  const std::size_t digits = text.rfind('/');
  if (!text.starts_with(arn_prefix) || at == std::string::npos) {
    return Error{ErrorCode::invalid_parameter,
                 "Invalid arn syntax: '" + text + "' is no ARN of a " + std::string(kind) + "."};
  }
  const auto id = schemas::DeploymentId::parse("ecs-svc/" + text.substr(digits + 1));
  const schemas::ServiceDeployment* found = id ? find_service_deployment(world, *id) : nullptr;
  if (found == nullptr) {
    return nullptr;
  }
  const schemas::Service& service = *service_of(world, found->service);
  const bool same_kind = kind == "service-deployment";
  const std::string known = same_kind ? service_deployment_arn(world, service, *id)
                                      : service_revision_arn(world, service, *id);
  const bool own = cluster_of(world, service.cluster)->scope == scope;
  return own && known == text ? found : nullptr;
}

Result<const schemas::ServiceDeployment*> known_service_deployment(const World& world,
                                                                   const Scope& scope,
                                                                   const std::string& arn) {
  auto found = service_deployment_named(world, scope, "service-deployment", arn);
  if (found.ok() && found.value() == nullptr) {
    return Error{ErrorCode::service_deployment_not_found, "Service deployment not found."};
  }
  return found;
}

const schemas::Task* task_in(const World& world, const Cluster& cluster, const std::string& text) {
  const std::optional<std::string> name = name_in(cluster, "task", text);
  const std::optional<schemas::TaskId> id = name ? schemas::TaskId::parse(*name) : std::nullopt;
  const schemas::Task* task = id ? find_task(world, *id) : nullptr;
  return task != nullptr && task->cluster == cluster.key ? task : nullptr;
}

Result<const schemas::Task*> task_named(const World& world, const Scope& scope,
                                        const std::string& cluster, const std::string& text) {
  const Result<const Cluster*> found = cluster_named(world, scope, cluster);
  if (!found.ok()) {
    return found.error();
  }
  const schemas::Task* task = task_in(world, *found.value(), text);
  if (task == nullptr) {
    return Error{ErrorCode::invalid_parameter, "The referenced task was not found."};
  }
  return task;
}

const schemas::ContainerInstance* instance_in(const World& world, const Cluster& cluster,
                                              const std::string& text) {
  const std::optional<std::string> name = name_in(cluster, "container-instance", text);
  const auto id = name ? schemas::InstanceId::parse(*name) : std::nullopt;
  const schemas::ContainerInstance* instance = id ? find_instance(world, *id) : nullptr;
  return instance != nullptr && instance->cluster == cluster.key ? instance : nullptr;
}

const OwnedDefinition* definition_named(const World& world, const Scope& scope,
                                        const std::string& text) {
  const std::optional<std::string> name = local_name(scope, "task-definition", text);
  if (!name) {
    return nullptr;
  }
  const std::size_t colon = name->rfind(':');
  if (colon == std::string::npos) {
    return latest_definition(world, scope, *name);
  }
  std::int64_t revision = 0;
  const char* end = name->data() + name->size();
  const auto [stop, failure] = std::from_chars(name->data() + colon + 1, end, revision);
  if (failure != std::errc() || stop != end) {
    return nullptr;
  }
  return find_definition(world, scope, name->substr(0, colon), revision);
}

Result<schemas::TaskDefinitionRef> launchable_definition(const World& world, const Scope& scope,
                                                         const std::string& text) {
  const OwnedDefinition* owned = definition_named(world, scope, text);
  if (owned == nullptr) {
    return Error{ErrorCode::client, "TaskDefinition not found."};
  }
  if (owned->definition->status != schemas::TaskDefinitionStatus::active) {
    return Error{ErrorCode::client, "TaskDefinition is inactive."};
  }
  return owned->definition;
}

}  // namespace control

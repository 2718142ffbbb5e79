#include "control/core/loop/operations/tagged.h"

#include <algorithm>

#include "control/core/loop/details.h"
#include "control/core/loop/names.h"
#include "control/core/loop/operations/task_set_request.h"
#include "control/core/world/lookups.h"
#include "schemas/wire/wire.h"

namespace control {

using schemas::Cluster;
using schemas::Error;
using schemas::ErrorCode;
using schemas::Result;
using schemas::Scope;
using schemas::Tag;

namespace {

/// The kind of an ARN of this account and region, "task" for example; empty for any other text.
std::string kind_of(const Scope& scope, const std::string& text) {
  const std::string prefix = "arn:aws:ecs:" + scope.region + ":" + scope.account + ":";
  const std::size_t slash = text.find('/');
  return text.starts_with(prefix) && slash != std::string::npos
             ? text.substr(prefix.size(), slash - prefix.size())
             : std::string();
}

Error no_such(ErrorCode absent, const std::string& arn) {
  return {absent, "The specified resource '" + arn + "' was not found."};
}

/// A task set, whose ARN ends with its cluster, its service and its id.
Result<Tagged> task_set_of(const World& world, const Scope& scope, const std::string& text,
                           ErrorCode absent) {
  const std::string path = local_name(scope, "task-set", text).value_or("");
  const std::size_t cluster = path.find('/');
  const std::size_t service = path.find('/', cluster + 1);
  if (cluster == std::string::npos || service == std::string::npos) {
    return no_such(absent, text);
  }
  const auto found = service_named(world, scope, path.substr(0, cluster),
                                   path.substr(cluster + 1, service - cluster - 1));
  if (!found.ok()) {
    return found.error().code == ErrorCode::service_not_found ? no_such(absent, text)
                                                              : found.error();
  }
  const schemas::Deployment* set = task_set_in(world, *found.value(), text);
  return set == nullptr || !set->task_set ? Result<Tagged>(no_such(absent, text))
                                          : Result<Tagged>(Tagged{.kind = Tagged::Kind::task_set,
                                                                  .key = found.value()->key,
                                                                  .instance = {},
                                                                  .set = set->id});
}

schemas::Deployment& set_in(schemas::Service& service, schemas::DeploymentId id) {
  return *std::find_if(service.deployments.begin(), service.deployments.end(),
                       [id](const schemas::Deployment& each) { return each.id == id; });
}

/// Something that stands in a cluster, whose name is the second part of its ARN.
Result<Tagged> in_cluster(const World& world, const Scope& scope, const std::string& kind,
                          const std::string& text, ErrorCode absent) {
  const std::string path = local_name(scope, kind, text).value_or("");
  const auto found = cluster_named(world, scope, path.substr(0, path.find('/')));
  if (!found.ok()) {
    return found.error();
  }
  const Cluster& cluster = *found.value();
  if (kind == "service") {
    const schemas::Service* service = service_in(world, cluster, text);
    if (service != nullptr && service->status != schemas::ServiceStatus::inactive) {
      return Tagged{.kind = Tagged::Kind::service, .key = service->key, .instance = {}};
    }
  } else if (kind == "task") {
    if (const schemas::Task* task = task_in(world, cluster, text)) {
      return Tagged{.kind = Tagged::Kind::task, .key = task->key, .instance = {}};
    }
  } else if (const auto* instance = instance_in(world, cluster, text);
             instance != nullptr && instance->status != schemas::InstanceStatus::inactive) {
    return Tagged{.kind = Tagged::Kind::instance, .key = instance->key, .instance = instance->id};
  }
  return no_such(absent, text);
}

}  // namespace

Result<Tagged> tagged_by(const World& world, const Scope& scope, const std::string& arn,
                         ErrorCode absent) {
  const std::string kind = kind_of(scope, arn);
  if (kind == "cluster") {
    const auto found = cluster_named(world, scope, arn);
    return found.ok()
               ? Result<Tagged>(Tagged{
                     .kind = Tagged::Kind::cluster, .key = found.value()->key, .instance = {}})
               : Result<Tagged>(found.error());
  }
  if (kind == "service" || kind == "task" || kind == "container-instance") {
    return in_cluster(world, scope, kind, arn, absent);
  }
  if (kind == "task-set") {
    return task_set_of(world, scope, arn, absent);
  }
  if (kind == "task-definition") {
    const OwnedDefinition* owned = arn.find(':', arn.find('/')) == std::string::npos
                                       ? nullptr
                                       : definition_named(world, scope, arn);
    return owned == nullptr ? Result<Tagged>(no_such(absent, arn))
                            : Result<Tagged>(Tagged{.kind = Tagged::Kind::definition,
                                                    .key = owned->definition->key,
                                                    .instance = {}});
  }
  if (kind == "capacity-provider") {
    const schemas::CapacityProvider* provider =
        find_capacity_provider(world, scope, local_name(scope, kind, arn).value_or(""));
    return provider == nullptr ? Result<Tagged>(no_such(absent, arn))
                               : Result<Tagged>(Tagged{.kind = Tagged::Kind::capacity_provider,
                                                       .key = provider->key,
                                                       .instance = {}});
  }
  return Error{ErrorCode::invalid_parameter,
               "Invalid arn syntax: '" + arn +
                   "' is no ARN of a cluster, service, task, task-definition, task-set, "
                   "container-instance or capacity-provider of this account and region."};
}

const std::vector<Tag>& tags_of(const World& world, const Tagged& tagged) {
  switch (tagged.kind) {
    case Tagged::Kind::cluster:
      return world->clusters.at(tagged.key).tags;
    case Tagged::Kind::service:
      return world->services.at(tagged.key).tags;
    case Tagged::Kind::task_set: {
      const std::vector<schemas::Deployment>& sets = world->services.at(tagged.key).deployments;
      return std::find_if(sets.begin(), sets.end(),
                          [&](const schemas::Deployment& each) { return each.id == tagged.set; })
          ->task_set->tags;
    }
    case Tagged::Kind::task:
      return world->tasks.at(tagged.key).specification->tags;
    case Tagged::Kind::definition:
      return world->definitions.at(tagged.key).definition->tags;
    case Tagged::Kind::capacity_provider:
      return world->capacity_providers.at(tagged.key).tags;
    case Tagged::Kind::instance:
      break;
  }
  return world->instances.at(tagged.instance).tags;
}

void put_tags(Context& context, const Scope& scope, const Tagged& tagged, const std::string& arn,
              std::vector<Tag> tags) {
  const std::string message = std::to_string(tags.size()) + " tags";
  switch (tagged.kind) {
    case Tagged::Kind::cluster:
      apply(context.world, ClusterTagged{tagged.key, std::move(tags)});
      break;
    case Tagged::Kind::service: {
      schemas::Service service = context.world->services.at(tagged.key);
      service.tags = std::move(tags);
      apply(context.world, ServiceChanged{std::move(service)});
      break;
    }
    case Tagged::Kind::task_set: {
      schemas::Service service = context.world->services.at(tagged.key);
      set_in(service, tagged.set).task_set->tags = std::move(tags);
      apply(context.world, ServiceChanged{std::move(service)});
      break;
    }
    case Tagged::Kind::task:
      apply(context.world, TaskTagged{tagged.key, std::move(tags)});
      break;
    case Tagged::Kind::definition:
      apply(context.world, DefinitionTagged{tagged.key, std::move(tags)});
      break;
    case Tagged::Kind::capacity_provider: {
      schemas::CapacityProvider provider = context.world->capacity_providers.at(tagged.key);
      provider.tags = std::move(tags);
      apply(context.world, CapacityProviderChanged{std::move(provider)});
      break;
    }
    case Tagged::Kind::instance: {
      schemas::ContainerInstance instance = context.world->instances.at(tagged.instance);
      instance.tags = std::move(tags);
      apply(context.world, InstanceChanged{std::move(instance)});
      break;
    }
  }
  log_event(context, scope, "tags.changed", arn, wire::encode(MessageDetail{.message = message}));
}

}  // namespace control

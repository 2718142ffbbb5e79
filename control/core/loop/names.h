#pragma once

// What callers call things: names, ids and ARNs, in either form wherever ECS takes them.

#include <optional>
#include <string>
#include <string_view>

#include "control/core/world/world.h"
#include "schemas/base/result.h"

namespace control {

/// The part of an ARN of this kind after `kind/`; the text itself when it is no ARN at all; nothing
/// when it is an ARN of another kind, account or region.
std::optional<std::string> local_name(const schemas::Scope& scope, std::string_view kind,
                                      std::string_view text);

/// The active cluster; empty = "default". ClusterNotFoundException otherwise.
schemas::Result<const schemas::Cluster*> cluster_named(const World& world,
                                                       const schemas::Scope& scope,
                                                       const std::string& text);

/// The service of an active cluster, whatever its status. ServiceNotFoundException otherwise.
schemas::Result<const schemas::Service*> service_named(const World& world,
                                                       const schemas::Scope& scope,
                                                       const std::string& cluster,
                                                       const std::string& text);
/// The same within a cluster; null when there is none.
const schemas::Service* service_in(const World& world, const schemas::Cluster& cluster,
                                   const std::string& text);

/// What an ARN of a service deployment (`kind` "service-deployment") or of its revision
/// ("service-revision") names; null when there is none in this account and region.
/// InvalidParameterException for a text that is no ARN of that kind.
schemas::Result<const schemas::ServiceDeployment*> service_deployment_named(
    const World& world, const schemas::Scope& scope, std::string_view kind,
    const std::string& text);

/// A service deployment to be changed. ServiceDeploymentNotFoundException when there is none.
schemas::Result<const schemas::ServiceDeployment*> known_service_deployment(
    const World& world, const schemas::Scope& scope, const std::string& arn);

/// A task of an active cluster. InvalidParameterException otherwise.
schemas::Result<const schemas::Task*> task_named(const World& world, const schemas::Scope& scope,
                                                 const std::string& cluster,
                                                 const std::string& text);
const schemas::Task* task_in(const World& world, const schemas::Cluster& cluster,
                             const std::string& text);

const schemas::ContainerInstance* instance_in(const World& world, const schemas::Cluster& cluster,
                                              const std::string& text);

/// `family` (its newest active revision), `family:revision` or ARN; null when there is none.
const OwnedDefinition* definition_named(const World& world, const schemas::Scope& scope,
                                        const std::string& text);

/// The same for launching: ClientException when there is none or it is not active.
schemas::Result<schemas::TaskDefinitionRef> launchable_definition(const World& world,
                                                                  const schemas::Scope& scope,
                                                                  const std::string& text);

}  // namespace control

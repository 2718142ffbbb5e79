#pragma once

#include <optional>
#include <vector>

#include "api/task_definitions.h"
#include "schemas/base/result.h"
#include "schemas/model/task_definition.h"

namespace control {

/// The definition that a registration asks for, with ECS's defaults filled in and everything
/// checked that the shape alone does not say: names, essential containers, dependencies, ports,
/// memory, and the pool's rules where FARGATE is required. ClientException with the container and
/// the setting named. Family, revision and instants are the caller's.
schemas::Result<schemas::TaskDefinition> read_definition(
    const api::RegisterTaskDefinitionRequest& input);

/// The rules among the containers, as `read_definition` applies them.
schemas::Outcome check_containers(const schemas::TaskDefinition& definition);

/// What a registration says of how a container is kept: its health check, restart policy, mounts,
/// limits, rights and devices, with ECS's defaults.
void read_runtime(const api::ContainerDefinition& wanted, schemas::ContainerDefinition& container);
std::vector<schemas::Volume> read_volumes(const std::optional<std::vector<api::Volume>>& wanted);

/// Their rules. ClientException with the container and the setting named.
schemas::Outcome check_runtime(const schemas::TaskDefinition& definition);

}  // namespace control

#pragma once

#include "api/task_definitions.h"
#include "schemas/model/cluster.h"
#include "schemas/model/task_definition.h"

namespace control {

/// How a container is kept: health check, restart policy, mounts, limits, rights and devices.
void show_runtime(const schemas::ContainerDefinition& container, api::ContainerDefinition& shown);

/// The definition with its defaults, as ECS shows it: Terraform compares what it sent with this.
api::TaskDefinition show_definition(const schemas::Scope& scope,
                                    const schemas::TaskDefinition& definition);

}  // namespace control

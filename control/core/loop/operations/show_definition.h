#pragma once

#include "api/task_definitions.h"
#include "schemas/model/cluster.h"
#include "schemas/model/task_definition.h"

namespace control {

/// The definition with its defaults, as ECS shows it: Terraform compares what it sent with this.
api::TaskDefinition show_definition(const schemas::Scope& scope,
                                    const schemas::TaskDefinition& definition);

}  // namespace control

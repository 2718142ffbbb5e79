#pragma once

#include <string>
#include <vector>

#include "schemas/model/task_definition.h"

namespace control {

/// What a host's agent must be able to do for tasks of this definition, as ECS derives it from the
/// members that are used: names of attributes, sorted.
std::vector<std::string> required_attributes(const schemas::TaskDefinition& definition);

}  // namespace control

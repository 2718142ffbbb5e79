#pragma once

#include <string>
#include <utility>

#include "schemas/base/result.h"
#include "schemas/model/task_definition.h"

// The errors that several operations give in the same words.
namespace control {

/// InvalidParameterException: a member has a value that the operation does not take.
inline schemas::Error invalid(std::string message) {
  return {schemas::ErrorCode::invalid_parameter, std::move(message)};
}

/// ClientException for a container definition, worded as ECS words it.
inline schemas::Error invalid(const schemas::ContainerDefinition& container,
                              const std::string& why) {
  return {schemas::ErrorCode::client,
          "Invalid setting for container '" + container.name + "'. " + why};
}

}  // namespace control

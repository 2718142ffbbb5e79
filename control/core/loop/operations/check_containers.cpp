#include <algorithm>
#include <set>
#include <tuple>

#include "control/core/loop/operations/definition_rules.h"
#include "control/core/loop/operations/refusals.h"

namespace control {

using schemas::ContainerDefinition;
using schemas::ContainerDependency;
using schemas::DependencyCondition;
using schemas::Done;
using schemas::Error;
using schemas::ErrorCode;
using schemas::NetworkMode;
using schemas::Outcome;
using schemas::TaskDefinition;

namespace {

const ContainerDefinition* container_named(const TaskDefinition& definition,
                                           const std::string& name) {
  const auto at = std::find_if(
      definition.containers.begin(), definition.containers.end(),
      [&name](const ContainerDefinition& container) { return container.name == name; });
  return at == definition.containers.end() ? nullptr : &*at;
}

Outcome check_names(const TaskDefinition& definition) {
  std::set<std::string> names;
  for (const ContainerDefinition& container : definition.containers) {
    if (!names.insert(container.name).second) {
      return Error{ErrorCode::client,
                   "Container names must be unique: '" + container.name + "' is used twice."};
    }
    const auto unfit = std::find_if(container.image.begin(), container.image.end(),
                                    [](char letter) { return letter <= ' ' || letter > '~'; });
    if (unfit != container.image.end()) {
      return Error{ErrorCode::client, "Container.image contains invalid characters: '" +
                                          container.image + "' of container '" + container.name +
                                          "'."};
    }
  }
  const bool essential =
      std::any_of(definition.containers.begin(), definition.containers.end(),
                  [](const ContainerDefinition& container) { return container.essential; });
  if (!essential) {
    return Error{ErrorCode::client,
                 "At least one container must be essential, or the task would have no end."};
  }
  return Done{};
}

Outcome check_memory(const TaskDefinition& definition) {
  std::int64_t reserved = 0;
  std::int64_t cpu = 0;
  for (const ContainerDefinition& container : definition.containers) {
    if (!container.memory && !container.memory_reservation && !definition.memory) {
      return invalid(container,
                     "At least one of 'memory' or 'memoryReservation' must be "
                     "specified, or 'memory' of the task.");
    }
    if (container.memory && container.memory_reservation &&
        *container.memory < *container.memory_reservation) {
      return invalid(container, "'memory' (" + std::to_string(container.memory->count) +
                                    ") must not be below 'memoryReservation' (" +
                                    std::to_string(container.memory_reservation->count) + ").");
    }
    if (definition.memory && container.memory && *container.memory > *definition.memory) {
      return invalid(container, "'memory' (" + std::to_string(container.memory->count) +
                                    ") exceeds the task's memory (" +
                                    std::to_string(definition.memory->count) + ").");
    }
    reserved +=
        container.memory_reservation.value_or(container.memory.value_or(schemas::MemoryMib{}))
            .count;
    cpu += container.cpu.count;
  }
  if (definition.memory && reserved > definition.memory->count) {
    return Error{ErrorCode::client, "The containers' memory (" + std::to_string(reserved) +
                                        " MiB) exceeds the task's memory (" +
                                        std::to_string(definition.memory->count) + " MiB)."};
  }
  if (definition.cpu && cpu > definition.cpu->count) {
    return Error{ErrorCode::client, "The containers' CPU (" + std::to_string(cpu) +
                                        " units) exceeds the task's CPU (" +
                                        std::to_string(definition.cpu->count) + " units)."};
  }
  return Done{};
}

Outcome check_port(const ContainerDefinition& container, const schemas::PortMapping& port,
                   NetworkMode mode) {
  if (port.container_port == 0) {
    return invalid(container, "Each port mapping must state its 'containerPort'.");
  }
  if (mode == NetworkMode::none) {
    return invalid(container,
                   "Port mappings are not supported when networkMode=none: nobody can reach the "
                   "container. Leave 'portMappings' out.");
  }
  if (mode != NetworkMode::bridge && port.host_port != port.container_port) {
    return Error{ErrorCode::client,
                 std::string("When networkMode=") +
                     (mode == NetworkMode::host ? "host" : "awsvpc") +
                     ", the host ports and container ports in port mappings must match; "
                     "container '" +
                     container.name + "' maps " + std::to_string(port.container_port) + " to " +
                     std::to_string(port.host_port) + "."};
  }
  return Done{};
}

/// In awsvpc mode containers share one interface, in the others the host's ports: either way a
/// port belongs to one container. What the host picks is one nobody has.
Outcome check_ports(const TaskDefinition& definition) {
  std::set<std::tuple<std::int64_t, schemas::TransportProtocol>> taken;
  for (const ContainerDefinition& container : definition.containers) {
    for (const schemas::PortMapping& port : container.port_mappings) {
      Outcome valid = check_port(container, port, definition.network_mode);
      if (!valid.ok()) {
        return valid;
      }
      if (port.host_port != 0 && !taken.insert({port.host_port, port.protocol}).second) {
        return invalid(container, "The host port " + std::to_string(port.host_port) +
                                      " is mapped twice in this task.");
      }
    }
  }
  return Done{};
}

Outcome check_dependency(const TaskDefinition& definition, const ContainerDefinition& container,
                         const ContainerDependency& dependency) {
  const ContainerDefinition* other = container_named(definition, dependency.container_name);
  if (other == nullptr) {
    return invalid(container, "It depends on container '" + dependency.container_name +
                                  "', which is not in the task definition.");
  }
  const bool waits_for_end = dependency.condition == DependencyCondition::complete ||
                             dependency.condition == DependencyCondition::success;
  if (waits_for_end && other->essential) {
    return invalid(container, "It waits for the end of container '" + other->name +
                                  "', which is essential: when that ends, the task ends. Make '" +
                                  other->name + "' not essential.");
  }
  if (dependency.condition == DependencyCondition::healthy && !other->health_check) {
    return invalid(container, "It waits for container '" + other->name +
                                  "' to be HEALTHY, which has no 'healthCheck' to tell. Give '" +
                                  other->name + "' one.");
  }
  return Done{};
}

/// Takes out, again and again, the containers that wait for nobody left: what remains waits in a
/// circle.
Outcome check_cycles(const TaskDefinition& definition) {
  std::set<std::string> waiting;
  for (const ContainerDefinition& container : definition.containers) {
    waiting.insert(container.name);
  }
  for (bool progress = true; progress;) {
    progress = false;
    for (const ContainerDefinition& container : definition.containers) {
      const bool free = std::none_of(container.depends_on.begin(), container.depends_on.end(),
                                     [&waiting](const ContainerDependency& dependency) {
                                       return waiting.contains(dependency.container_name);
                                     });
      progress = (free && waiting.erase(container.name) > 0) || progress;
    }
  }
  if (!waiting.empty()) {
    std::string names;
    for (const std::string& name : waiting) {
      names += (names.empty() ? "'" : ", '") + name + "'";
    }
    return Error{ErrorCode::client,
                 "The containers' dependencies form a cycle among " + names + "."};
  }
  return Done{};
}

Outcome check_dependencies(const TaskDefinition& definition) {
  for (const ContainerDefinition& container : definition.containers) {
    for (const ContainerDependency& dependency : container.depends_on) {
      Outcome valid = check_dependency(definition, container, dependency);
      if (!valid.ok()) {
        return valid;
      }
    }
  }
  return check_cycles(definition);
}

Outcome check_environment(const TaskDefinition& definition) {
  for (const ContainerDefinition& container : definition.containers) {
    for (const schemas::KeyValue& variable : container.environment) {
      if (variable.name.empty() || variable.name.find('=') != std::string::npos) {
        return invalid(container, "The environment variable name '" + variable.name +
                                      "' must not be empty or contain '='.");
      }
    }
  }
  return Done{};
}

}  // namespace

Outcome check_containers(const TaskDefinition& definition) {
  for (const auto check :
       {check_names, check_memory, check_ports, check_dependencies, check_environment}) {
    Outcome valid = check(definition);
    if (!valid.ok()) {
      return valid;
    }
  }
  return Done{};
}

}  // namespace control

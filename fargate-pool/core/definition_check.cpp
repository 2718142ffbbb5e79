#include "fargate-pool/core/definition_check.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "fargate-pool/core/task_size.h"

namespace fargate_pool {
namespace {

using schemas::ContainerDefinition;
using schemas::Duration;
using schemas::Error;
using schemas::ErrorCode;
using schemas::LaunchType;
using schemas::TaskDefinition;

constexpr Duration timeout_min{2'000};
constexpr Duration timeout_max{120'000};

Error refused(std::string message) { return {ErrorCode::client, std::move(message)}; }

bool bad_timeout(const std::optional<Duration>& timeout) {
  return timeout && (*timeout < timeout_min || *timeout > timeout_max);
}

std::string seconds(Duration duration) { return std::to_string(duration.count() / 1000); }

/// What would reach the host that other customers' tasks run on.
std::optional<Error> check_reach(const ContainerDefinition& container, const std::string& who) {
  if (container.privileged) {
    return refused(who + "Fargate does not support 'privileged'.");
  }
  for (const schemas::Ulimit& limit : container.ulimits) {
    if (limit.name != "nofile") {
      return refused(who + "Fargate only supports the ulimit 'nofile', not '" + limit.name + "'.");
    }
  }
  if (!container.linux_parameters) {
    return std::nullopt;
  }
  const schemas::LinuxParameters& parameters = *container.linux_parameters;
  for (const std::string& name : parameters.capabilities_add) {
    if (name != "SYS_PTRACE") {
      return refused(std::string(who)
                         .append("Fargate only supports adding the capability SYS_PTRACE, not ")
                         .append(name)
                         .append("."));
    }
  }
  const std::array<std::pair<bool, const char*>, 5> unsupported{{
      {!parameters.devices.empty(), "devices"},
      {parameters.shared_memory_size.has_value(), "sharedMemorySize"},
      {!parameters.tmpfs.empty(), "tmpfs"},
      {parameters.max_swap.has_value(), "maxSwap"},
      {parameters.swappiness.has_value(), "swappiness"},
  }};
  for (const auto& [stated, name] : unsupported) {
    if (stated) {
      return refused(who + "Fargate does not support 'linuxParameters." + name + "'.");
    }
  }
  return std::nullopt;
}

std::optional<Error> check_container(const ContainerDefinition& container,
                                     const TaskDefinition& definition) {
  const std::string who = "Container '" + container.name + "': ";
  if (bad_timeout(container.stop_timeout)) {
    return refused(who + "stopTimeout is " + seconds(*container.stop_timeout) +
                   " s. On Fargate it is 2 to 120 s.");
  }
  if (bad_timeout(container.start_timeout)) {
    return refused(who + "startTimeout is " + seconds(*container.start_timeout) +
                   " s. On Fargate it is 2 to 120 s.");
  }
  for (const schemas::MemoryMib limit :
       {container.memory.value_or(schemas::MemoryMib{}),
        container.memory_reservation.value_or(schemas::MemoryMib{})}) {
    if (limit > *definition.memory) {
      return refused(who + "it wants " + std::to_string(limit.count) +
                     " MiB of memory, more than the task's " +
                     std::to_string(definition.memory->count) + ".");
    }
  }
  for (const schemas::PortMapping& mapping : container.port_mappings) {
    if (mapping.host_port != 0 && mapping.host_port != mapping.container_port) {
      return refused(who + "hostPort " + std::to_string(mapping.host_port) +
                     " is not containerPort " + std::to_string(mapping.container_port) +
                     ". With awsvpc they are the same; leave hostPort out.");
    }
  }
  return check_reach(container, who);
}

}  // namespace

schemas::Outcome check_definition(const TaskDefinition& definition) {
  if (definition.network_mode != schemas::NetworkMode::awsvpc) {
    return refused("Fargate only supports network mode 'awsvpc'.");
  }
  if (!definition.cpu || !definition.memory) {
    return refused("Fargate requires that 'cpu' and 'memory' are defined at the task level.");
  }
  if (schemas::Outcome size = check_size(*definition.cpu, *definition.memory); !size.ok()) {
    return size;
  }
  if (!definition.placement_constraints.empty()) {
    return refused(
        "Fargate does not support placement constraints. Leave 'placementConstraints' "
        "out: the pool spreads tasks over its zones.");
  }
  for (const schemas::Volume& volume : definition.volumes) {
    if (!volume.source_path.empty()) {
      return refused("Volume '" + volume.name +
                     "': Fargate does not support 'host.sourcePath'. Leave it out: the volume is "
                     "then the task's own.");
    }
  }
  schemas::CpuUnits cpu;
  for (const ContainerDefinition& container : definition.containers) {
    cpu += container.cpu;
    if (std::optional<Error> error = check_container(container, definition)) {
      return *std::move(error);
    }
  }
  if (cpu > *definition.cpu) {
    return refused("The containers' cpu adds up to " + std::to_string(cpu.count) +
                   " units, more than the task's " + std::to_string(definition.cpu->count) + ".");
  }
  return schemas::Done{};
}

schemas::Outcome check_launch(const TaskDefinition& definition) {
  const auto& compatible = definition.compatibilities;
  if (std::find(compatible.begin(), compatible.end(), LaunchType::fargate) != compatible.end()) {
    return schemas::Done{};
  }
  std::string why;
  if (const schemas::Outcome outcome = check_definition(definition); !outcome.ok()) {
    why = " " + outcome.error().message;
  }
  return Error{ErrorCode::invalid_parameter,
               "Task definition does not support launch_type FARGATE." + why};
}

}  // namespace fargate_pool

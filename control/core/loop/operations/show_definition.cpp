#include "control/core/loop/operations/show_definition.h"

#include "control/core/loop/operations/shapes.h"
#include "control/core/world/lookups.h"

namespace control {

using schemas::ContainerDefinition;
using schemas::LaunchType;

namespace {

api::NetworkMode show_mode(schemas::NetworkMode mode) {
  switch (mode) {
    case schemas::NetworkMode::awsvpc:
      return api::NetworkMode::awsvpc;
    case schemas::NetworkMode::bridge:
      return api::NetworkMode::bridge;
    case schemas::NetworkMode::host:
      return api::NetworkMode::host;
    case schemas::NetworkMode::none:
      return api::NetworkMode::none;
  }
  return api::NetworkMode::bridge;
}

api::ContainerCondition show_condition(schemas::DependencyCondition condition) {
  switch (condition) {
    case schemas::DependencyCondition::start:
      return api::ContainerCondition::start;
    case schemas::DependencyCondition::complete:
      return api::ContainerCondition::complete;
    case schemas::DependencyCondition::success:
      return api::ContainerCondition::success;
    case schemas::DependencyCondition::healthy:
      return api::ContainerCondition::healthy;
  }
  return api::ContainerCondition::start;
}

api::PortMapping show_port(const schemas::PortMapping& port) {
  api::PortMapping shown;
  shown.container_port = port.container_port;
  shown.host_port = port.host_port;
  shown.protocol = port.protocol == schemas::TransportProtocol::udp ? api::TransportProtocol::udp
                                                                    : api::TransportProtocol::tcp;
  shown.name = unless_empty(port.name);
  if (!port.app_protocol.empty()) {
    shown.app_protocol = codec::named<api::ApplicationProtocol>(port.app_protocol);
  }
  return shown;
}

std::optional<std::int64_t> seconds(const std::optional<schemas::Duration>& duration) {
  return duration
             ? std::optional(std::chrono::duration_cast<std::chrono::seconds>(*duration).count())
             : std::nullopt;
}

/// What ECS fills in where nothing was said: zero, true and empty lists.
api::ContainerDefinition show_container(const ContainerDefinition& container) {
  api::ContainerDefinition shown;
  shown.name = container.name;
  shown.image = container.image;
  shown.cpu = container.cpu.count;
  if (container.memory) {
    shown.memory = container.memory->count;
  }
  if (container.memory_reservation) {
    shown.memory_reservation = container.memory_reservation->count;
  }
  shown.port_mappings.emplace();
  for (const schemas::PortMapping& port : container.port_mappings) {
    shown.port_mappings->push_back(show_port(port));
  }
  shown.essential = container.essential;
  shown.entry_point = container.entry_point;
  shown.command = container.command;
  shown.environment = show_pairs(container.environment);
  show_runtime(container, shown);
  shown.system_controls.emplace();
  if (!container.depends_on.empty()) {
    shown.depends_on.emplace();
    for (const schemas::ContainerDependency& dependency : container.depends_on) {
      shown.depends_on->push_back({.container_name = dependency.container_name,
                                   .condition = show_condition(dependency.condition)});
    }
  }
  shown.start_timeout = seconds(container.start_timeout);
  shown.stop_timeout = seconds(container.stop_timeout);
  shown.user = unless_empty(container.user);
  shown.working_directory = unless_empty(container.working_directory);
  if (container.readonly_root_filesystem) {
    shown.readonly_root_filesystem = true;
  }
  if (!container.docker_labels.empty()) {
    shown.docker_labels = container.docker_labels;
  }
  if (container.version_consistency) {
    shown.version_consistency =
        *container.version_consistency == schemas::VersionConsistency::disabled
            ? api::VersionConsistency::disabled
            : api::VersionConsistency::enabled;
  }
  return shown;
}

std::vector<api::Compatibility> show_types(const std::vector<LaunchType>& types) {
  std::vector<api::Compatibility> shown;
  shown.reserve(types.size());
  for (const LaunchType type : types) {
    shown.push_back(type == LaunchType::fargate ? api::Compatibility::fargate
                                                : api::Compatibility::ec2);
  }
  return shown;
}

api::TaskDefinitionStatus show_status(schemas::TaskDefinitionStatus status) {
  switch (status) {
    case schemas::TaskDefinitionStatus::active:
      return api::TaskDefinitionStatus::active;
    case schemas::TaskDefinitionStatus::inactive:
      return api::TaskDefinitionStatus::inactive;
    case schemas::TaskDefinitionStatus::delete_in_progress:
      return api::TaskDefinitionStatus::delete_in_progress;
  }
  return api::TaskDefinitionStatus::active;
}

}  // namespace

api::TaskDefinition show_definition(const schemas::Scope& scope,
                                    const schemas::TaskDefinition& definition) {
  api::TaskDefinition shown;
  shown.task_definition_arn = definition_arn(scope, definition);
  shown.container_definitions.emplace();
  for (const ContainerDefinition& container : definition.containers) {
    shown.container_definitions->push_back(show_container(container));
  }
  shown.family = definition.family;
  shown.task_role_arn = unless_empty(definition.task_role_arn);
  shown.execution_role_arn = unless_empty(definition.execution_role_arn);
  shown.network_mode = show_mode(definition.network_mode);
  shown.revision = definition.revision;
  shown.volumes.emplace();
  for (const schemas::Volume& volume : definition.volumes) {
    shown.volumes->emplace_back();
    shown.volumes->back().name = volume.name;
    shown.volumes->back().host.emplace().source_path = unless_empty(volume.source_path);
  }
  shown.status = show_status(definition.status);
  shown.placement_constraints.emplace();
  for (const schemas::PlacementConstraint& constraint : definition.placement_constraints) {
    shown.placement_constraints->push_back(
        {.type = api::TaskDefinitionPlacementConstraintType::member_of,
         .expression = constraint.expression});
  }
  shown.compatibilities = show_types(definition.compatibilities);
  if (!definition.requires_attributes.empty()) {
    shown.requires_attributes.emplace();
    for (const std::string& name : definition.requires_attributes) {
      shown.requires_attributes->push_back(
          {.name = name, .value = {}, .target_type = {}, .target_id = {}});
    }
  }
  if (!definition.requires_compatibilities.empty()) {
    shown.requires_compatibilities = show_types(definition.requires_compatibilities);
  }
  if (definition.cpu) {
    shown.cpu = std::to_string(definition.cpu->count);
  }
  if (definition.memory) {
    shown.memory = std::to_string(definition.memory->count);
  }
  if (!definition.cpu_architecture.empty() || !definition.operating_system_family.empty()) {
    shown.runtime_platform = {
        .cpu_architecture = codec::named<api::CPUArchitecture>(definition.cpu_architecture),
        .operating_system_family = codec::named<api::OSFamily>(definition.operating_system_family)};
  }
  shown.registered_at = definition.registered_at;
  shown.deregistered_at = definition.deregistered_at;
  shown.registered_by = unless_empty(definition.registered_by);
  return shown;
}

}  // namespace control

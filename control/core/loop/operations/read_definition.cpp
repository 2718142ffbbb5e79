#include "control/core/loop/operations/definition_rules.h"
#include "control/core/loop/operations/shapes.h"
#include "control/core/place/query/expression.h"
#include "fargate-pool/core/definition_check.h"
#include "fargate-pool/core/task_size.h"

namespace control {

using schemas::ContainerDefinition;
using schemas::Error;
using schemas::ErrorCode;
using schemas::LaunchType;
using schemas::NetworkMode;
using schemas::Outcome;
using schemas::Result;
using schemas::TaskDefinition;

namespace {

constexpr std::int64_t ec2_cpu_min = 128;
constexpr std::int64_t ec2_cpu_max = 196'608;

NetworkMode read_network_mode(const std::optional<api::NetworkMode>& mode) {
  switch (mode.value_or(api::NetworkMode::bridge)) {
    case api::NetworkMode::awsvpc:
      return NetworkMode::awsvpc;
    case api::NetworkMode::bridge:
      return NetworkMode::bridge;
    case api::NetworkMode::host:
      return NetworkMode::host;
    case api::NetworkMode::none:
      return NetworkMode::none;
  }
  return NetworkMode::bridge;
}

schemas::PortMapping read_port(const api::PortMapping& wanted, NetworkMode mode) {
  schemas::PortMapping port;
  port.container_port = wanted.container_port.value_or(0);
  port.host_port = wanted.host_port.value_or(mode == NetworkMode::bridge ? 0 : port.container_port);
  port.protocol = wanted.protocol == api::TransportProtocol::udp ? schemas::TransportProtocol::udp
                                                                 : schemas::TransportProtocol::tcp;
  port.name = wanted.name.value_or("");
  if (wanted.app_protocol) {
    port.app_protocol = std::string(codec::name_of(*wanted.app_protocol));
  }
  return port;
}

schemas::DependencyCondition read_condition(api::ContainerCondition condition) {
  switch (condition) {
    case api::ContainerCondition::start:
      return schemas::DependencyCondition::start;
    case api::ContainerCondition::complete:
      return schemas::DependencyCondition::complete;
    case api::ContainerCondition::success:
      return schemas::DependencyCondition::success;
    case api::ContainerCondition::healthy:
      return schemas::DependencyCondition::healthy;
  }
  return schemas::DependencyCondition::start;
}

template <class Unit>
std::optional<Unit> read_unit(const std::optional<std::int64_t>& count) {
  return count ? std::optional(Unit{*count}) : std::nullopt;
}

std::optional<schemas::Duration> read_seconds(const std::optional<std::int64_t>& seconds) {
  return seconds ? std::optional<schemas::Duration>(std::chrono::seconds(*seconds)) : std::nullopt;
}

ContainerDefinition read_container(const api::ContainerDefinition& wanted, NetworkMode mode) {
  ContainerDefinition container;
  container.name = wanted.name;
  container.image = wanted.image;
  container.command = wanted.command;
  container.entry_point = wanted.entry_point;
  container.environment = read_pairs(wanted.environment);
  container.working_directory = wanted.working_directory.value_or("");
  container.user = wanted.user.value_or("");
  container.cpu = {wanted.cpu.value_or(0)};
  container.memory = read_unit<schemas::MemoryMib>(wanted.memory);
  container.memory_reservation = read_unit<schemas::MemoryMib>(wanted.memory_reservation);
  container.essential = wanted.essential.value_or(true);
  for (const api::ContainerDependency& dependency :
       wanted.depends_on.value_or(std::vector<api::ContainerDependency>{})) {
    container.depends_on.push_back({.container_name = dependency.container_name,
                                    .condition = read_condition(dependency.condition)});
  }
  for (const api::PortMapping& port :
       wanted.port_mappings.value_or(std::vector<api::PortMapping>{})) {
    container.port_mappings.push_back(read_port(port, mode));
  }
  container.start_timeout = read_seconds(wanted.start_timeout);
  container.stop_timeout = read_seconds(wanted.stop_timeout);
  container.readonly_root_filesystem = wanted.readonly_root_filesystem.value_or(false);
  container.docker_labels = wanted.docker_labels.value_or(std::map<std::string, std::string>{});
  if (wanted.version_consistency) {
    container.version_consistency = *wanted.version_consistency == api::VersionConsistency::disabled
                                        ? schemas::VersionConsistency::disabled
                                        : schemas::VersionConsistency::enabled;
  }
  read_runtime(wanted, container);
  return container;
}

/// Task-level CPU and memory, in either way of writing them.
Outcome read_size(const api::RegisterTaskDefinitionRequest& input, TaskDefinition& definition) {
  if (input.cpu && !input.cpu->empty()) {
    const auto cpu = fargate_pool::parse_cpu(*input.cpu);
    if (!cpu.ok()) {
      return cpu.error();
    }
    if (cpu.value().count < ec2_cpu_min || cpu.value().count > ec2_cpu_max) {
      return Error{ErrorCode::client, "Invalid 'cpu' setting for task: " + *input.cpu +
                                          " is not between 128 and 196608 CPU units."};
    }
    definition.cpu = cpu.value();
  }
  if (input.memory && !input.memory->empty()) {
    const auto memory = fargate_pool::parse_memory(*input.memory);
    if (!memory.ok()) {
      return memory.error();
    }
    definition.memory = memory.value();
  }
  return schemas::Done{};
}

/// ClientException for an expression that is none.
Outcome read_constraints_of(const api::RegisterTaskDefinitionRequest& input,
                            TaskDefinition& definition) {
  using Wanted = api::TaskDefinitionPlacementConstraint;
  for (const Wanted& wanted : input.placement_constraints.value_or(std::vector<Wanted>{})) {
    const std::string expression = wanted.expression.value_or("");
    const auto parsed = query::Expression::parse(expression);
    if (!parsed.ok()) {
      return Error{ErrorCode::client,
                   "Invalid 'placementConstraints' setting. " + parsed.error().message};
    }
    definition.placement_constraints.push_back(
        {.type = schemas::PlacementConstraint::Type::member_of, .expression = expression});
  }
  return schemas::Done{};
}

template <class Enum>
std::string name_or_empty(const std::optional<Enum>& value) {
  return value ? std::string(codec::name_of(*value)) : std::string();
}

std::vector<LaunchType> read_compatibilities(
    const std::optional<std::vector<api::Compatibility>>& wanted) {
  std::vector<LaunchType> read;
  for (const api::Compatibility each : wanted.value_or(std::vector<api::Compatibility>{})) {
    read.push_back(each == api::Compatibility::fargate ? LaunchType::fargate : LaunchType::ec2);
  }
  return read;
}

}  // namespace

Result<TaskDefinition> read_definition(const api::RegisterTaskDefinitionRequest& input) {
  TaskDefinition definition;
  definition.family = input.family;
  definition.network_mode = read_network_mode(input.network_mode);
  const Outcome size = read_size(input, definition);
  if (!size.ok()) {
    return size.error();
  }
  for (const api::ContainerDefinition& container : input.container_definitions) {
    definition.containers.push_back(read_container(container, definition.network_mode));
  }
  definition.volumes = read_volumes(input.volumes);
  const Outcome constraints = read_constraints_of(input, definition);
  if (!constraints.ok()) {
    return constraints.error();
  }
  for (const auto check : {check_containers, check_runtime}) {
    if (const Outcome valid = check(definition); !valid.ok()) {
      return valid.error();
    }
  }
  const auto tags = read_tags(input.tags);
  if (!tags.ok()) {
    return tags.error();
  }
  definition.tags = tags.value();
  if (input.runtime_platform) {
    const api::RuntimePlatform& platform = *input.runtime_platform;
    definition.cpu_architecture = name_or_empty(platform.cpu_architecture);
    definition.operating_system_family = name_or_empty(platform.operating_system_family);
  }
  definition.requires_compatibilities = read_compatibilities(input.requires_compatibilities);
  definition.compatibilities = {LaunchType::ec2};
  const Outcome fargate = fargate_pool::check_definition(definition);
  if (fargate.ok()) {
    definition.compatibilities.push_back(LaunchType::fargate);
  } else {
    for (const LaunchType required : definition.requires_compatibilities) {
      if (required == LaunchType::fargate) {
        return fargate.error();
      }
    }
  }
  return definition;
}

}  // namespace control

#include "control/core/loop/operations/specification.h"

#include <algorithm>

#include "control/core/loop/network.h"
#include "control/core/loop/operations/refusals.h"
#include "control/core/loop/operations/shapes.h"
#include "fargate-pool/core/definition_check.h"
#include "fargate-pool/core/platform_version.h"

namespace control {

using schemas::Done;
using schemas::Error;
using schemas::ErrorCode;
using schemas::LaunchType;
using schemas::NetworkMode;
using schemas::Outcome;
using schemas::Result;
using schemas::Scope;
using schemas::TaskSpecification;

namespace {

constexpr std::size_t constraints_max = 10;

Outcome read_network_of(Context& context, const Scope& scope, const LaunchWish& wish,
                        TaskSpecification& specification) {
  const bool stated = wish.network && wish.network->awsvpc_configuration;
  if (wish.definition->network_mode != NetworkMode::awsvpc) {
    return stated ? Outcome(invalid("Network Configuration is not valid for the given networkMode "
                                    "of this task definition."))
                  : Outcome(Done{});
  }
  if (!stated) {
    return invalid(
        "Network Configuration must be provided when networkMode 'awsvpc' is "
        "specified. The default subnets of this account are " +
        default_subnets_hint(context, scope) + ".");
  }
  auto network = read_network(*wish.network->awsvpc_configuration);
  if (!network.ok()) {
    return network.error();
  }
  if (network.value().assign_public_ip && wish.launch_type == LaunchType::ec2) {
    return invalid("Assign public IP is not supported for this launch type.");
  }
  Outcome complete = complete_network(context, scope, network.value());
  if (!complete.ok()) {
    return complete;
  }
  specification.network = std::move(network).value();
  return Done{};
}

Outcome read_fargate(const LaunchWish& wish, TaskSpecification& specification) {
  Outcome launch = fargate_pool::check_launch(*wish.definition);
  if (!launch.ok()) {
    return launch;
  }
  if (wish.constraints && !wish.constraints->empty()) {
    return invalid("Placement constraints are not supported with FARGATE launch type.");
  }
  if (wish.strategy && !wish.strategy->empty()) {
    return invalid("Placement strategies are not supported with FARGATE launch type.");
  }
  const auto version = fargate_pool::effective_platform_version(wish.platform_version.value_or(""));
  if (!version.ok()) {
    return version.error();
  }
  specification.platform_version = version.value();
  return Done{};
}

Outcome read_ec2(const LaunchWish& wish, TaskSpecification& specification) {
  if (wish.platform_version && !wish.platform_version->empty()) {
    return invalid("The platform version must be null when specifying an EC2 launch type.");
  }
  auto strategy = read_strategy(wish.strategy);
  if (!strategy.ok()) {
    return strategy.error();
  }
  specification.placement_strategy = std::move(strategy).value();
  auto constraints = read_constraints(wish.constraints);
  if (!constraints.ok()) {
    return constraints.error();
  }
  // Those of the definition are not copied: `request_for` asks for both.
  const std::size_t count =
      constraints.value().size() + wish.definition->placement_constraints.size();
  if (count > constraints_max) {
    return invalid("A task may have " + std::to_string(constraints_max) +
                   " placement constraints, those of its definition included; found " +
                   std::to_string(count) + ".");
  }
  specification.placement_constraints = std::move(constraints).value();
  return Done{};
}

}  // namespace

Result<TaskSpecification> read_specification(Context& context, const Scope& scope,
                                             const LaunchWish& wish) {
  TaskSpecification specification;
  specification.definition = wish.definition;
  specification.launch_type = wish.launch_type;
  specification.capacity_provider_strategy = wish.capacity_provider_strategy;
  const Outcome type = wish.launch_type == LaunchType::fargate ? read_fargate(wish, specification)
                                                               : read_ec2(wish, specification);
  if (!type.ok()) {
    return type.error();
  }
  const Outcome network = read_network_of(context, scope, wish, specification);
  if (!network.ok()) {
    return network.error();
  }
  return specification;
}

void reserve(TaskSpecification& specification) {
  schemas::TaskDefinition effective = *specification.definition;
  for (const schemas::ContainerOverride& over : specification.overrides.containers) {
    const auto container = std::find_if(
        effective.containers.begin(), effective.containers.end(),
        [&over](const schemas::ContainerDefinition& each) { return each.name == over.name; });
    if (container == effective.containers.end()) {
      continue;
    }
    container->cpu = over.cpu.value_or(container->cpu);
    container->memory = over.memory ? over.memory : container->memory;
    container->memory_reservation =
        over.memory_reservation ? over.memory_reservation : container->memory_reservation;
  }
  effective.cpu = specification.overrides.cpu ? specification.overrides.cpu : effective.cpu;
  effective.memory =
      specification.overrides.memory ? specification.overrides.memory : effective.memory;
  specification.cpu = schemas::reserved_cpu(effective);
  specification.memory = schemas::reserved_memory(effective);
}

void add_managed_tags(TaskSpecification& specification, const std::string& cluster,
                      const std::string& service) {
  if (!specification.enable_ecs_managed_tags) {
    return;
  }
  specification.tags.push_back({.key = "aws:ecs:clusterName", .value = cluster});
  if (!service.empty()) {
    specification.tags.push_back({.key = "aws:ecs:serviceName", .value = service});
  }
}

void add_tags(std::vector<schemas::Tag>& tags, const std::vector<schemas::Tag>& more) {
  for (const schemas::Tag& tag : more) {
    const bool there = std::any_of(
        tags.begin(), tags.end(), [&tag](const schemas::Tag& each) { return each.key == tag.key; });
    if (!there) {
      tags.push_back(tag);
    }
  }
}

}  // namespace control

#include "control/core/loop/operations/task_request.h"

#include <algorithm>

#include "control/core/loop/names.h"
#include "control/core/loop/operations/refusals.h"
#include "control/core/loop/operations/shapes.h"
#include "control/core/loop/operations/specification.h"
#include "control/core/loop/operations/strategy_request.h"
#include "control/core/loop/roles.h"
#include "fargate-pool/core/task_size.h"

namespace control {

using schemas::Error;
using schemas::ErrorCode;
using schemas::LaunchType;
using schemas::Outcome;
using schemas::Result;
using schemas::TaskSpecification;

namespace {

template <class Unit>
std::optional<Unit> unit(const std::optional<std::int64_t>& count) {
  return count ? std::optional(Unit{*count}) : std::nullopt;
}

Outcome read_container_overrides(const api::TaskOverride& wanted, TaskSpecification& made) {
  for (const api::ContainerOverride& over :
       wanted.container_overrides.value_or(std::vector<api::ContainerOverride>{})) {
    const auto& containers = made.definition->containers;
    const bool known = std::any_of(
        containers.begin(), containers.end(),
        [&over](const schemas::ContainerDefinition& each) { return each.name == over.name; });
    if (!known) {
      return invalid("Override for container named " + over.name +
                     " is not a container in the TaskDefinition.");
    }
    schemas::ContainerOverride read;
    read.name = over.name;
    read.command = over.command;
    read.environment = read_pairs(over.environment);
    read.cpu = unit<schemas::CpuUnits>(over.cpu);
    read.memory = unit<schemas::MemoryMib>(over.memory);
    read.memory_reservation = unit<schemas::MemoryMib>(over.memory_reservation);
    made.overrides.containers.push_back(std::move(read));
  }
  return schemas::Done{};
}

/// The roles of the override, and that all roles of the task are there.
Outcome read_roles(const World& world, const ApiCall& call, const api::RunTaskRequest& input,
                   TaskSpecification& made) {
  if (input.overrides) {
    const auto task =
        role_for_tasks(world, call, input.overrides->task_role_arn, ErrorCode::invalid_parameter);
    if (!task.ok()) {
      return task.error();
    }
    const auto execution = role_for_tasks(world, call, input.overrides->execution_role_arn,
                                          ErrorCode::invalid_parameter);
    if (!execution.ok()) {
      return execution.error();
    }
    const Outcome mode =
        check_mode(made.definition->network_mode, task.value(), ErrorCode::invalid_parameter);
    if (!mode.ok()) {
      return mode.error();
    }
    made.overrides.task_role_arn = task.value();
    made.overrides.execution_role_arn = execution.value();
  }
  return check_roles(world, call, made);
}

Outcome read_overrides(const api::RunTaskRequest& input, TaskSpecification& made) {
  if (!input.overrides) {
    return schemas::Done{};
  }
  if (input.overrides->cpu) {
    const auto cpu = fargate_pool::parse_cpu(*input.overrides->cpu);
    if (!cpu.ok()) {
      return cpu.error();
    }
    made.overrides.cpu = cpu.value();
  }
  if (input.overrides->memory) {
    const auto memory = fargate_pool::parse_memory(*input.overrides->memory);
    if (!memory.ok()) {
      return memory.error();
    }
    made.overrides.memory = memory.value();
  }
  return read_container_overrides(*input.overrides, made);
}

}  // namespace

Result<TaskSpecification> read_task_request(Context& context, const ApiCall& call,
                                            const api::RunTaskRequest& input,
                                            const schemas::Cluster& cluster) {
  const auto definition = launchable_definition(context.world, call.scope, input.task_definition);
  if (!definition.ok()) {
    return definition.error();
  }
  const auto choice = choose_launch(cluster, input.launch_type, input.capacity_provider_strategy);
  if (!choice.ok()) {
    return choice.error();
  }
  auto read = read_specification(context, call.scope,
                                 {.definition = definition.value(),
                                  .launch_type = choice.value().launch_type,
                                  .capacity_provider_strategy = choice.value().strategy,
                                  .network = input.network_configuration,
                                  .platform_version = input.platform_version,
                                  .constraints = input.placement_constraints,
                                  .strategy = input.placement_strategy});
  if (!read.ok()) {
    return read.error();
  }
  TaskSpecification& made = read.value();
  const Outcome overrides = read_overrides(input, made);
  if (!overrides.ok()) {
    return overrides.error();
  }
  const Outcome roles = read_roles(context.world, call, input, made);
  if (!roles.ok()) {
    return roles.error();
  }
  const auto tags = read_tags(input.tags);
  if (!tags.ok()) {
    return tags.error();
  }
  if (input.propagate_tags == api::PropagateTags::service) {
    return invalid("A standalone task belongs to no service that it could take tags from.");
  }
  made.tags = tags.value();
  if (input.propagate_tags == api::PropagateTags::task_definition) {
    add_tags(made.tags, made.definition->tags);
  }
  made.enable_ecs_managed_tags = input.enable_ecs_managed_tags.value_or(false);
  add_managed_tags(made, cluster.name, "");
  made.group = input.group.value_or("");
  if (made.group.empty()) {
    made.group = "family:" + made.definition->family;
  } else if (made.group.starts_with("service:")) {
    return invalid("The group '" + made.group + "' is invalid: 'service:' is reserved.");
  }
  made.started_by = input.started_by.value_or("");
  reserve(made);
  if (made.launch_type == LaunchType::fargate) {
    const Outcome size = fargate_pool::check_size(made.cpu, made.memory);
    if (!size.ok()) {
      return size.error();
    }
  }
  return read;
}

}  // namespace control

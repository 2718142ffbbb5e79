#include <algorithm>

#include "control/core/loop/launch.h"
#include "control/core/loop/names.h"
#include "control/core/loop/operations/operations.h"
#include "control/core/loop/operations/page.h"
#include "control/core/loop/operations/show_task.h"
#include "control/core/loop/operations/specification.h"
#include "control/core/world/lookups.h"
#include "fargate-pool/core/task_size.h"

namespace control {

using schemas::Error;
using schemas::ErrorCode;
using schemas::LaunchType;
using schemas::Outcome;
using schemas::Result;
using schemas::TaskSpecification;

namespace {

Error invalid(std::string message) { return {ErrorCode::invalid_parameter, std::move(message)}; }

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

Result<TaskSpecification> read_request(Context& context, const ApiCall& call,
                                       const api::RunTaskRequest& input,
                                       const schemas::Cluster& cluster) {
  const auto definition = launchable_definition(context.world, call.scope, input.task_definition);
  if (!definition.ok()) {
    return definition.error();
  }
  auto read = read_specification(context, call.scope,
                                 {.definition = definition.value(),
                                  .launch_type = read_launch_type(input.launch_type),
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

/// Everything in the request but its token.
std::string request_hash(const api::RunTaskRequest& input) {
  api::RunTaskRequest rest = input;
  rest.client_token.reset();
  const std::string text = api::encode(rest);
  return fingerprint(text) + fingerprint("again " + text);
}

/// The answer of an earlier call with the same token, if there was one.
std::optional<Answer> repeated(const World& world, const ApiCall& call,
                               const api::RunTaskRequest& input) {
  const Token* token =
      input.client_token ? find_token(world, call.scope, *input.client_token) : nullptr;
  if (token == nullptr) {
    return std::nullopt;
  }
  api::RunTaskResponse output;
  output.tasks.emplace();
  output.failures.emplace();
  std::string arns;
  for (const schemas::TaskId& id : token->tasks) {
    if (const schemas::Task* task = find_task(world, id)) {
      output.tasks->push_back(show_task(world, *task, TagView::shown));
      arns += (arns.empty() ? "" : ", ") + task_arn(world, *task);
    }
  }
  if (token->request_hash != request_hash(input)) {
    return Answer(Error{ErrorCode::conflict,
                        "The clientToken was used before with other parameters; that call "
                        "started " +
                            arns + "."});
  }
  return Answer(api::Value::of(std::move(output)));
}

void remember(Context& context, const ApiCall& call, const api::RunTaskRequest& input,
              std::vector<schemas::TaskId> tasks) {
  if (!input.client_token || tasks.empty()) {
    return;
  }
  apply(context.world, TokenRemembered{Token{.key = context.world.next_key(Table::token),
                                             .scope = call.scope,
                                             .token = *input.client_token,
                                             .request_hash = request_hash(input),
                                             .tasks = std::move(tasks),
                                             .created_at = context.now}});
}

}  // namespace

/// Tasks that find no host are listed under `failures`; the others run.
Answer run_task(Context& context, const ApiCall& call) {
  const auto& input = call.input.as<api::RunTaskRequest>();
  const auto cluster = cluster_named(context.world, call.scope, input.cluster.value_or(""));
  if (!cluster.ok()) {
    return cluster.error();
  }
  if (std::optional<Answer> earlier = repeated(context.world, call, input)) {
    return *std::move(earlier);
  }
  auto read = read_request(context, call, input, *cluster.value());
  if (!read.ok()) {
    return read.error();
  }
  const std::int64_t key = cluster.value()->key;
  if (read.value().launch_type == LaunchType::ec2 && context.world.fleet(key).size() == 0) {
    return invalid("No Container Instances were found in your cluster.");
  }
  const LaunchOrder order{
      .cluster = key,
      .service = 0,
      .deployment = {},
      .specification = std::make_shared<const TaskSpecification>(std::move(read).value())};
  api::RunTaskResponse output;
  output.tasks.emplace();
  output.failures.emplace();
  std::vector<schemas::TaskId> started;
  for (std::int64_t count = 0; count < input.count.value_or(1); ++count) {
    const Launch launched = launch(context, order);
    if (const auto* id = std::get_if<schemas::TaskId>(&launched)) {
      started.push_back(*id);
      output.tasks->push_back(
          show_task(context.world, *find_task(context.world, *id), TagView::shown));
    } else {
      const auto& refusal = *std::get_if<LaunchRefusal>(&launched);
      output.failures->push_back(
          {.arn = unless_empty(refusal.arn), .reason = refusal.reason, .detail = refusal.detail});
    }
  }
  remember(context, call, input, std::move(started));
  return api::Value::of(std::move(output));
}

}  // namespace control

#include "control/core/loop/agents.h"
#include "control/core/loop/names.h"
#include "control/core/loop/operations/operations.h"
#include "control/core/loop/operations/show_instance.h"
#include "control/core/loop/polls.h"
#include "control/core/world/lookups.h"

namespace control {

using schemas::ContainerInstance;
using schemas::Error;
using schemas::ErrorCode;

namespace {

constexpr const char* forced = "Container instance deregistration forced by user.";

void stop_tasks_of(Context& context, schemas::InstanceId id) {
  const std::set<std::int64_t> tasks =
      entry_or_empty(context.world.index().live_tasks_of_instance, id);
  for (const std::int64_t key : tasks) {
    stop_task(context, context.world->tasks.at(key), schemas::StopCode::user_initiated, forced);
  }
}

}  // namespace

/// Its tasks count as stopped at once: nobody hears from them again. What really runs there ends
/// when a person cleans the host up, as with ECS.
Answer deregister_container_instance(Context& context, const ApiCall& call) {
  const auto& input = call.input.as<api::DeregisterContainerInstanceRequest>();
  const auto cluster = cluster_named(context.world, call.scope, input.cluster.value_or(""));
  if (!cluster.ok()) {
    return cluster.error();
  }
  const ContainerInstance* instance =
      instance_in(context.world, *cluster.value(), input.container_instance);
  if (instance == nullptr || instance->status == schemas::InstanceStatus::inactive) {
    return Error{ErrorCode::invalid_parameter,
                 "Referenced container instance " + input.container_instance + " not found."};
  }
  const schemas::InstanceId id = instance->id;
  const auto running = entry_or_empty(context.world.index().live_tasks_of_instance, id).size();
  if (running > 0 && !input.force.value_or(false)) {
    return Error{ErrorCode::invalid_parameter,
                 "Found running tasks on the instance: " + std::to_string(running) +
                     ". Drain it and wait, or say force."};
  }
  stop_tasks_of(context, id);
  static_cast<void>(lose_tasks(context, id));
  apply(context.world, InstanceDeregistered{id, context.now});
  dismiss(context, id);
  log_instance(context, *instance, "instance.deregistered",
               running == 0 ? "" : std::to_string(running) + " tasks were given up");
  api::DeregisterContainerInstanceResponse output;
  output.container_instance = show_instance(context.world, *instance);
  return api::Value::of(std::move(output));
}

}  // namespace control

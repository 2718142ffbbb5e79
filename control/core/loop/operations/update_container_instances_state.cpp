#include "control/core/loop/agents.h"
#include "control/core/loop/names.h"
#include "control/core/loop/operations/operations.h"
#include "control/core/loop/operations/shapes.h"
#include "control/core/loop/operations/show_instance.h"
#include "control/core/world/lookups.h"

namespace control {

using schemas::ContainerInstance;
using schemas::InstanceStatus;

namespace {

void set_status(Context& context, const ContainerInstance& instance, InstanceStatus status) {
  if (instance.status == status) {
    return;
  }
  ContainerInstance changed = instance;
  changed.status = status;
  changed.version += 1;
  apply(context.world, InstanceChanged{changed});
  log_instance(context, changed,
               status == InstanceStatus::draining ? "instance.draining" : "instance.active", "");
}

}  // namespace

/// Draining is a word to the planners: placement passes the host by, and services replace their
/// tasks there within their percentages. Tasks of no service are left alone. ACTIVE ends it at any
/// time.
Answer update_container_instances_state(Context& context, const ApiCall& call) {
  const auto& input = call.input.as<api::UpdateContainerInstancesStateRequest>();
  const auto cluster = cluster_named(context.world, call.scope, input.cluster.value_or(""));
  if (!cluster.ok()) {
    return cluster.error();
  }
  if (input.status != api::ContainerInstanceStatus::active &&
      input.status != api::ContainerInstanceStatus::draining) {
    return schemas::Error{schemas::ErrorCode::invalid_parameter,
                          "Container instances cannot be set to " +
                              std::string(codec::name_of(input.status)) +
                              ": status is ACTIVE or DRAINING."};
  }
  const InstanceStatus wanted = input.status == api::ContainerInstanceStatus::draining
                                    ? InstanceStatus::draining
                                    : InstanceStatus::active;
  api::UpdateContainerInstancesStateResponse output;
  output.container_instances.emplace();
  output.failures.emplace();
  for (const std::string& sent : input.container_instances) {
    const ContainerInstance* instance = instance_in(context.world, *cluster.value(), sent);
    if (instance == nullptr) {
      output.failures->push_back(
          missing(meant_arn(call.scope, "container-instance", cluster.value()->name + "/", sent)));
      continue;
    }
    if (instance->status == InstanceStatus::inactive) {
      output.failures->push_back({.arn = instance_arn(context.world, *instance),
                                  .reason = "INACTIVE",
                                  .detail = "The host was deregistered."});
      continue;
    }
    set_status(context, *instance, wanted);
    output.container_instances->push_back(show_instance(context.world, *instance));
  }
  return api::Value::of(std::move(output));
}

}  // namespace control

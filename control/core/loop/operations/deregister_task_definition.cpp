#include "control/core/loop/names.h"
#include "control/core/loop/operations/operations.h"
#include "control/core/loop/operations/show_definition.h"
#include "control/core/world/lookups.h"

namespace control {

using schemas::Error;
using schemas::ErrorCode;

/// The revision must be named: a family alone would retire whatever happens to be newest. Tasks
/// and services that use it run on.
Answer deregister_task_definition(Context& context, const ApiCall& call) {
  const auto& input = call.input.as<api::DeregisterTaskDefinitionRequest>();
  const auto name = local_name(call.scope, "task-definition", input.task_definition);
  if (!name || name->find(':') == std::string::npos) {
    return Error{ErrorCode::client,
                 "Revision is missing: name the task definition as "
                 "family:revision or by its ARN."};
  }
  const OwnedDefinition* owned = definition_named(context.world, call.scope, input.task_definition);
  if (owned == nullptr) {
    return Error{ErrorCode::client, "The specified task definition does not exist."};
  }
  if (owned->definition->status == schemas::TaskDefinitionStatus::active) {
    apply(context.world, DefinitionDeregistered{owned->definition->key, context.now});
    log_event(context, call.scope, "definition.deregistered",
              definition_arn(call.scope, *owned->definition), "{}");
  }
  api::DeregisterTaskDefinitionResponse output;
  output.task_definition = show_definition(call.scope, *owned->definition);
  return api::Value::of(std::move(output));
}

}  // namespace control

#include "control/core/loop/names.h"
#include "control/core/loop/operations/operations.h"
#include "control/core/loop/operations/shapes.h"
#include "control/core/loop/operations/show_definition.h"
#include "control/core/world/lookups.h"

namespace control {

using schemas::TaskDefinitionStatus;

/// Tasks and services that refer to a revision keep it; the sweep takes it when the last has gone.
Answer delete_task_definitions(Context& context, const ApiCall& call) {
  const auto& input = call.input.as<api::DeleteTaskDefinitionsRequest>();
  api::DeleteTaskDefinitionsResponse output;
  output.task_definitions.emplace();
  output.failures.emplace();
  for (const std::string& sent : input.task_definitions) {
    const std::string arn = meant_arn(call.scope, "task-definition", "", sent);
    const auto name = local_name(call.scope, "task-definition", sent);
    if (!name) {  // another account's, which does not exist for this one
      output.failures->push_back(missing(arn));
      continue;
    }
    if (name->find(':') == std::string::npos) {
      output.failures->push_back(
          {.arn = arn,
           .reason = "INVALID",
           .detail = "Revision is missing: name the task definition as family:revision or by its "
                     "ARN."});
      continue;
    }
    const OwnedDefinition* owned = definition_named(context.world, call.scope, sent);
    if (owned == nullptr) {
      output.failures->push_back(missing(arn));
      continue;
    }
    if (owned->definition->status == TaskDefinitionStatus::active) {
      output.failures->push_back(
          {.arn = arn,
           .reason = "ACTIVE",
           .detail = "The specified task definition is still in ACTIVE status. Please deregister "
                     "the target and try again."});
      continue;
    }
    if (owned->definition->status == TaskDefinitionStatus::inactive) {
      apply(context.world, DefinitionDeletionBegun{owned->definition->key});
      log_event(context, call.scope, "definition.deleting", arn, "{}");
    }
    output.task_definitions->push_back(show_definition(call.scope, *owned->definition));
  }
  return api::Value::of(std::move(output));
}

}  // namespace control

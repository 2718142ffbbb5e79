#include "control/core/loop/operations/definition_rules.h"
#include "control/core/loop/operations/operations.h"
#include "control/core/loop/operations/required_attributes.h"
#include "control/core/loop/operations/shapes.h"
#include "control/core/loop/operations/show_definition.h"
#include "control/core/loop/roles.h"
#include "control/core/world/lookups.h"

namespace control {

/// Every registration is a new revision, the same text again included, and numbers are never used
/// twice: a deregistered revision keeps its own.
Answer register_task_definition(Context& context, const ApiCall& call) {
  const auto& input = call.input.as<api::RegisterTaskDefinitionRequest>();
  auto read = read_definition(input);
  if (!read.ok()) {
    return read.error();
  }
  auto definition = std::move(read).value();
  const auto task_role =
      role_for_tasks(context.world, call, input.task_role_arn, schemas::ErrorCode::client);
  if (!task_role.ok()) {
    return task_role.error();
  }
  const auto execution_role =
      role_for_tasks(context.world, call, input.execution_role_arn, schemas::ErrorCode::client);
  if (!execution_role.ok()) {
    return execution_role.error();
  }
  const schemas::Outcome mode =
      check_mode(definition.network_mode, task_role.value(), schemas::ErrorCode::client);
  if (!mode.ok()) {
    return mode.error();
  }
  definition.task_role_arn = task_role.value();
  definition.execution_role_arn = execution_role.value();
  definition.requires_attributes = required_attributes(definition);
  const auto& revisions =
      entry_or_empty(context.world.index().revisions_by_family, {call.scope, definition.family});
  const std::int64_t before = revisions.empty() ? 0 : revisions.rbegin()->second;
  definition.key = context.world.next_key(Table::task_definition);
  definition.revision = revisions.empty() ? 1 : revisions.rbegin()->first + 1;
  definition.registered_at = context.now;
  definition.registered_by = call.principal;
  const auto registered = std::make_shared<const schemas::TaskDefinition>(std::move(definition));
  apply(context.world, DefinitionRegistered{call.scope, registered});
  if (before != 0 && is_deleted(*context.world->definitions.at(before).definition)) {
    apply(context.world, DefinitionForgotten{before});  // the number has a keeper again
  }
  log_event(context, call.scope, "definition.registered", definition_arn(call.scope, *registered),
            "{}");
  api::RegisterTaskDefinitionResponse output;
  output.task_definition = show_definition(call.scope, *registered);
  if (!registered->tags.empty()) {
    output.tags = show_tags(registered->tags);
  }
  return api::Value::of(std::move(output));
}

}  // namespace control

#include "control/core/loop/operations/definition_rules.h"
#include "control/core/loop/operations/operations.h"
#include "control/core/loop/operations/shapes.h"
#include "control/core/loop/operations/show_definition.h"
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
  const auto& revisions =
      entry_or_empty(context.world.index().revisions_by_family, {call.scope, definition.family});
  definition.key = context.world.next_key(Table::task_definition);
  definition.revision = revisions.empty() ? 1 : revisions.rbegin()->first + 1;
  definition.registered_at = context.now;
  definition.registered_by = call.principal;
  const auto registered = std::make_shared<const schemas::TaskDefinition>(std::move(definition));
  apply(context.world, DefinitionRegistered{call.scope, registered});
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

#include "control/core/loop/names.h"
#include "control/core/loop/operations/operations.h"
#include "control/core/loop/operations/shapes.h"
#include "control/core/loop/operations/show_definition.h"

namespace control {

Answer describe_task_definition(Context& context, const ApiCall& call) {
  const auto& input = call.input.as<api::DescribeTaskDefinitionRequest>();
  const OwnedDefinition* owned = definition_named(context.world, call.scope, input.task_definition);
  if (owned == nullptr) {
    return schemas::Error{schemas::ErrorCode::client, "Unable to describe task definition."};
  }
  api::DescribeTaskDefinitionResponse output;
  output.task_definition = show_definition(owned->scope, *owned->definition);
  output.tags.emplace();
  if (tag_view(input.include) == TagView::shown) {
    output.tags = show_tags(owned->definition->tags);
  }
  return api::Value::of(std::move(output));
}

}  // namespace control

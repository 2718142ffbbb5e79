#include "api/tags.h"
#include "control/core/loop/operations/operations.h"
#include "control/core/loop/operations/shapes.h"
#include "control/core/loop/operations/tagged.h"

namespace control {

Answer list_tags_for_resource(Context& context, const ApiCall& call) {
  const auto& input = call.input.as<api::ListTagsForResourceRequest>();
  const auto tagged = tagged_by(context.world, call.scope, input.resource_arn,
                                schemas::ErrorCode::invalid_parameter);
  if (!tagged.ok()) {
    return tagged.error();
  }
  api::ListTagsForResourceResponse output;
  output.tags = show_tags(tags_of(context.world, tagged.value()));
  return api::Value::of(std::move(output));
}

}  // namespace control

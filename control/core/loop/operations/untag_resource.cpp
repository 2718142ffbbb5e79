#include <algorithm>

#include "api/tags.h"
#include "control/core/loop/operations/operations.h"
#include "control/core/loop/operations/tagged.h"

namespace control {

using schemas::Error;
using schemas::ErrorCode;
using schemas::Tag;

Answer untag_resource(Context& context, const ApiCall& call) {
  const auto& input = call.input.as<api::UntagResourceRequest>();
  const auto tagged =
      tagged_by(context.world, call.scope, input.resource_arn, ErrorCode::resource_not_found);
  if (!tagged.ok()) {
    return tagged.error();
  }
  for (const std::string& key : input.tag_keys) {
    if (key.starts_with("aws:")) {
      return Error{ErrorCode::invalid_parameter,
                   "The tag key '" + key + "' is invalid: 'aws:' is reserved."};
    }
  }
  std::vector<Tag> tags = tags_of(context.world, tagged.value());
  const auto removed = std::erase_if(tags, [&input](const Tag& tag) {
    return std::find(input.tag_keys.begin(), input.tag_keys.end(), tag.key) != input.tag_keys.end();
  });
  if (removed > 0) {
    put_tags(context, call.scope, tagged.value(), input.resource_arn, std::move(tags));
  }
  return api::Value::of(api::UntagResourceResponse{});
}

}  // namespace control

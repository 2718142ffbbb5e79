#include <algorithm>

#include "api/tags.h"
#include "control/core/loop/operations/operations.h"
#include "control/core/loop/operations/shapes.h"
#include "control/core/loop/operations/tagged.h"

namespace control {

using schemas::Error;
using schemas::ErrorCode;
using schemas::Tag;

namespace {

constexpr std::int64_t tags_max = 50;

/// The tags with `more` over them.
std::vector<Tag> laid_over(std::vector<Tag> tags, const std::vector<Tag>& more) {
  for (const Tag& tag : more) {
    const auto same = std::find_if(tags.begin(), tags.end(),
                                   [&tag](const Tag& each) { return each.key == tag.key; });
    if (same == tags.end()) {
      tags.push_back(tag);
    } else {
      same->value = tag.value;
    }
  }
  return tags;
}

}  // namespace

Answer tag_resource(Context& context, const ApiCall& call) {
  const auto& input = call.input.as<api::TagResourceRequest>();
  const auto tagged =
      tagged_by(context.world, call.scope, input.resource_arn, ErrorCode::resource_not_found);
  if (!tagged.ok()) {
    return tagged.error();
  }
  const auto wanted = read_tags(input.tags);
  if (!wanted.ok()) {
    return wanted.error();
  }
  std::vector<Tag> tags = laid_over(tags_of(context.world, tagged.value()), wanted.value());
  // Those that the service itself has hung there do not count.
  const auto count = std::count_if(tags.begin(), tags.end(),
                                   [](const Tag& tag) { return !tag.key.starts_with("aws:"); });
  if (count > tags_max) {
    return Error{ErrorCode::limit_exceeded, "A resource may have 50 tags; " + input.resource_arn +
                                                " would have " + std::to_string(count) + "."};
  }
  if (tags != tags_of(context.world, tagged.value())) {
    put_tags(context, call.scope, tagged.value(), input.resource_arn, std::move(tags));
  }
  return api::Value::of(api::TagResourceResponse{});
}

}  // namespace control

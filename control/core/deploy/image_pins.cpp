#include "control/core/deploy/image_pins.h"

#include <algorithm>
#include <string_view>

namespace control {

using schemas::ContainerDefinition;
using schemas::ImageDigests;

namespace {

/// What a host says is checked before other hosts are told to run it.
bool is_digest(std::string_view text) {
  constexpr std::string_view prefix = "sha256:";
  constexpr std::size_t digits = 64;
  return text.size() == prefix.size() + digits && text.starts_with(prefix) &&
         text.find_first_not_of("0123456789abcdef", prefix.size()) == std::string_view::npos;
}

bool follows_tag(const ContainerDefinition& container) {
  return container.version_consistency == schemas::VersionConsistency::disabled ||
         !stated_digest(container).empty();
}

const ContainerDefinition* defined(const schemas::Task& task, const std::string& container) {
  const auto& containers = task.specification->definition->containers;
  const auto at =
      std::find_if(containers.begin(), containers.end(),
                   [&](const ContainerDefinition& each) { return each.name == container; });
  return at == containers.end() ? nullptr : &*at;
}

}  // namespace

std::string stated_digest(const ContainerDefinition& container) {
  const std::size_t at = container.image.find('@');
  return at == std::string::npos ? std::string() : container.image.substr(at + 1);
}

std::optional<ImageDigests> pin_images(const ImageDigests& known, const schemas::Task& task) {
  std::optional<ImageDigests> next;
  for (const schemas::Container& container : task.containers) {
    if (known.contains(container.name) || !is_digest(container.image_digest)) {
      continue;
    }
    const ContainerDefinition* definition = defined(task, container.name);
    if (definition == nullptr || follows_tag(*definition)) {
      continue;
    }
    next = next ? next : known;
    (*next)[container.name] = container.image_digest;
  }
  return next;
}

std::string pinned_digest(const ImageDigests& known, const ContainerDefinition& container) {
  const auto at = known.find(container.name);
  return at == known.end() || follows_tag(container) ? std::string() : at->second;
}

}  // namespace control

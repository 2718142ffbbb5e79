#include "control/core/deploy/image_pins.h"

#include <algorithm>
#include <string_view>

#include "schemas/base/require.h"

namespace control {

using schemas::ContainerDefinition;
using schemas::ServiceDeployment;

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

std::optional<ServiceDeployment> pin_images(const ServiceDeployment& record,
                                            const schemas::Task& task) {
  schemas::require(task.deployment == record.id,
                   "a task decided the images of another deployment than its own");
  std::optional<ServiceDeployment> next;
  for (const schemas::Container& container : task.containers) {
    if (record.image_digests.contains(container.name) || !is_digest(container.image_digest)) {
      continue;
    }
    const ContainerDefinition* definition = defined(task, container.name);
    if (definition == nullptr || follows_tag(*definition)) {
      continue;
    }
    next = next ? next : record;
    next->image_digests[container.name] = container.image_digest;
  }
  return next;
}

std::string pinned_digest(const ServiceDeployment& record, const ContainerDefinition& container) {
  const auto at = record.image_digests.find(container.name);
  return at == record.image_digests.end() || follows_tag(container) ? std::string() : at->second;
}

}  // namespace control

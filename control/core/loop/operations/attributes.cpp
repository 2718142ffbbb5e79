#include "control/core/loop/operations/attributes.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "control/core/loop/agents.h"
#include "control/core/loop/names.h"
#include "control/core/loop/operations/refusals.h"
#include "control/core/loop/operations/shapes.h"
#include "control/core/world/lookups.h"

namespace control {

using schemas::ContainerInstance;
using schemas::Done;
using schemas::Error;
using schemas::ErrorCode;
using schemas::Outcome;
using schemas::Result;

namespace {

constexpr std::size_t attribute_name_bytes_max = 128;

/// What hosts say of themselves, and what follows from it, is nobody's to say.
constexpr std::array<std::string_view, 4> kept_prefixes{"ecs.", "com.amazonaws.", "aws.",
                                                        "stowage."};

bool is_name_sign(char sign) {
  return (sign >= 'a' && sign <= 'z') || (sign >= 'A' && sign <= 'Z') ||
         (sign >= '0' && sign <= '9') || std::string_view("-_/.").find(sign) != std::string::npos;
}

}  // namespace

Result<const ContainerInstance*> target_of(const World& world, const schemas::Cluster& cluster,
                                           const api::Attribute& attribute) {
  const std::string sent = attribute.target_id.value_or("");
  if (sent.empty()) {
    return invalid("The attribute '" + attribute.name +
                   "' needs a targetId: the id or ARN of the container instance.");
  }
  const ContainerInstance* host = instance_in(world, cluster, sent);
  if (host == nullptr || host->status == schemas::InstanceStatus::inactive) {
    return Error{
        ErrorCode::target_not_found,
        "The target " + sent + " is not a container instance of the cluster " + cluster.name + "."};
  }
  return host;
}

Outcome check_attribute_name(const std::string& name) {
  const bool spelled = !name.empty() && name.size() <= attribute_name_bytes_max &&
                       std::all_of(name.begin(), name.end(), is_name_sign);
  if (!spelled) {
    return invalid("The attribute name '" + name +
                   "' is invalid: it is 1 to 128 letters, digits and -_/. long.");
  }
  const bool kept = std::any_of(kept_prefixes.begin(), kept_prefixes.end(),
                                [&](std::string_view prefix) { return name.starts_with(prefix); });
  if (kept) {
    return invalid("The attribute '" + name +
                   "' is the service's own: what begins with ecs., com.amazonaws., aws. or "
                   "stowage. cannot be changed.");
  }
  return Done{};
}

void put_on_hosts(Context& context, const HostAttributes& wanted) {
  for (const auto& [id, attributes] : wanted) {
    const ContainerInstance& known = context.world->instances.at(id);
    if (known.attributes == attributes) {
      continue;
    }
    ContainerInstance changed = known;
    changed.attributes = attributes;
    changed.version += 1;
    apply(context.world, InstanceChanged{changed});
    log_instance(context, changed, "instance.attributes", "");
  }
}

api::Attribute show_attribute(const World& world, const ContainerInstance& host,
                              const std::string& name, const std::string& value) {
  return {.name = name,
          .value = unless_empty(value),
          .target_type = api::TargetType::container_instance,
          .target_id = instance_arn(world, host)};
}

}  // namespace control

#include "control/core/loop/names.h"
#include "control/core/loop/operations/attributes.h"
#include "control/core/loop/operations/operations.h"
#include "control/core/loop/operations/refusals.h"

namespace control {

/// Answers those that were there. What a host says of itself cannot be taken off: it would say it
/// again.
Answer delete_attributes(Context& context, const ApiCall& call) {
  const auto& input = call.input.as<api::DeleteAttributesRequest>();
  const auto cluster = cluster_named(context.world, call.scope, input.cluster.value_or(""));
  if (!cluster.ok()) {
    return cluster.error();
  }
  HostAttributes wanted;
  api::DeleteAttributesResponse output;
  output.attributes.emplace();
  for (const api::Attribute& attribute : input.attributes) {
    const schemas::Outcome name = check_attribute_name(attribute.name);
    if (!name.ok()) {
      return name.error();
    }
    const auto host = target_of(context.world, *cluster.value(), attribute);
    if (!host.ok()) {
      return host.error();
    }
    auto& attributes = wanted.try_emplace(host.value()->id, host.value()->attributes).first->second;
    const auto found = attributes.find(attribute.name);
    if (found == attributes.end()) {
      if (host.value()->inventory.attributes.contains(attribute.name)) {
        return invalid("The attribute '" + attribute.name +
                       "' is what the host says of itself: change it where its agent is started.");
      }
      continue;
    }
    if (!attribute.value || *attribute.value == found->second) {
      output.attributes->push_back(
          show_attribute(context.world, *host.value(), found->first, found->second));
      attributes.erase(found);
    }
  }
  put_on_hosts(context, wanted);
  return api::Value::of(std::move(output));
}

}  // namespace control

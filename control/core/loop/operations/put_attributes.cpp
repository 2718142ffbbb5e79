#include <algorithm>

#include "control/core/loop/names.h"
#include "control/core/loop/operations/attributes.h"
#include "control/core/loop/operations/operations.h"
#include "control/core/loop/operations/refusals.h"

namespace control {

using schemas::ContainerInstance;
using schemas::Error;
using schemas::ErrorCode;
using schemas::Outcome;

namespace {

constexpr std::int64_t attributes_a_host = 10;
constexpr std::size_t attribute_value_bytes_max = 128;

bool is_value_sign(char sign) {
  return (sign >= 'a' && sign <= 'z') || (sign >= 'A' && sign <= 'Z') ||
         (sign >= '0' && sign <= '9') ||
         std::string_view("-_.@/:\\ ").find(sign) != std::string_view::npos;
}

Outcome check_attribute_value(const api::Attribute& attribute) {
  const std::string value = attribute.value.value_or("");
  const bool spelled = value.size() <= attribute_value_bytes_max &&
                       std::all_of(value.begin(), value.end(), is_value_sign);
  const bool padded = value.starts_with(' ') || value.ends_with(' ');
  if (spelled && !padded) {
    return schemas::Done{};
  }
  return invalid("The value of the attribute '" + attribute.name +
                 "' is invalid: it is up to 128 letters, digits, spaces and -_.@/:\\ long, and "
                 "neither begins nor ends with a space.");
}

}  // namespace

/// What one of them cannot be done for is done for none.
Answer put_attributes(Context& context, const ApiCall& call) {
  const auto& input = call.input.as<api::PutAttributesRequest>();
  const auto cluster = cluster_named(context.world, call.scope, input.cluster.value_or(""));
  if (!cluster.ok()) {
    return cluster.error();
  }
  HostAttributes wanted;
  api::PutAttributesResponse output;
  output.attributes.emplace();
  for (const api::Attribute& attribute : input.attributes) {
    for (const Outcome& valid :
         {check_attribute_name(attribute.name), check_attribute_value(attribute)}) {
      if (!valid.ok()) {
        return valid.error();
      }
    }
    const auto host = target_of(context.world, *cluster.value(), attribute);
    if (!host.ok()) {
      return host.error();
    }
    auto& attributes = wanted.try_emplace(host.value()->id, host.value()->attributes).first->second;
    attributes[attribute.name] = attribute.value.value_or("");
    const auto own = std::count_if(attributes.begin(), attributes.end(), [](const auto& each) {
      return check_attribute_name(each.first).ok();  // not those that the service keeps there
    });
    if (own > attributes_a_host) {
      return Error{ErrorCode::attribute_limit_exceeded,
                   "A container instance may have 10 attributes of callers' own; " +
                       *attribute.target_id + " would have " + std::to_string(own) + "."};
    }
    output.attributes->push_back(
        show_attribute(context.world, *host.value(), attribute.name, attribute.value.value_or("")));
  }
  put_on_hosts(context, wanted);
  return api::Value::of(std::move(output));
}

}  // namespace control

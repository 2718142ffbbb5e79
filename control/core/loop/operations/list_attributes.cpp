#include "control/core/loop/names.h"
#include "control/core/loop/operations/attributes.h"
#include "control/core/loop/operations/operations.h"
#include "control/core/loop/operations/page.h"
#include "control/core/loop/operations/refusals.h"
#include "control/core/world/lookups.h"

namespace control {

using schemas::ContainerInstance;

namespace {

/// The attributes of a host that are asked for, until the page is full.
bool list_host(const World& world, const ContainerInstance& host,
               const api::ListAttributesRequest& input, Page& page,
               std::vector<api::Attribute>& list) {
  for (const auto& [name, value] : attributes_of(host)) {
    const bool asked =
        (!input.attribute_name || input.attribute_name->empty() || *input.attribute_name == name) &&
        (!input.attribute_value || *input.attribute_value == value);
    const std::string mark = host.id.text() + " " + name;
    if (!asked || mark <= page.after()) {
      continue;
    }
    if (!page.add(mark, "")) {
      return false;
    }
    list.push_back(show_attribute(world, host, name, value));
  }
  return true;
}

}  // namespace

/// By host, then by name.
Answer list_attributes(Context& context, const ApiCall& call) {
  const auto& input = call.input.as<api::ListAttributesRequest>();
  const auto cluster = cluster_named(context.world, call.scope, input.cluster.value_or(""));
  if (!cluster.ok()) {
    return cluster.error();
  }
  const std::string name = input.attribute_name.value_or("");
  if (input.attribute_value && name.empty()) {
    return invalid("attributeValue says which value of attributeName is listed: give both.");
  }
  auto page = open_page(context, call, input,
                        std::to_string(cluster.value()->key) + "\n" + name + "\n" +
                            input.attribute_value.value_or("\n"));
  if (!page.ok()) {
    return page.error();
  }
  api::ListAttributesResponse output;
  output.attributes.emplace();
  const auto& hosts =
      entry_or_empty(context.world.index().instances_of_cluster, cluster.value()->key);
  const std::string after = page.value().after().substr(0, page.value().after().find(' '));
  for (const schemas::InstanceId& id : hosts) {
    if (id.text() < after) {
      continue;
    }
    if (!list_host(context.world, context.world->instances.at(id), input, page.value(),
                   *output.attributes)) {
      break;
    }
  }
  output.next_token = page.value().next_token();
  return api::Value::of(std::move(output));
}

}  // namespace control

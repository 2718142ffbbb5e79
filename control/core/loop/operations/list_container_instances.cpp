#include "control/core/loop/names.h"
#include "control/core/loop/operations/operations.h"
#include "control/core/loop/operations/page.h"
#include "control/core/loop/operations/show_instance.h"
#include "control/core/place/query/expression.h"
#include "control/core/world/lookups.h"

namespace control {

/// Hosts that were deregistered are not listed; of the states only ACTIVE and DRAINING exist here.
Answer list_container_instances(Context& context, const ApiCall& call) {
  const auto& input = call.input.as<api::ListContainerInstancesRequest>();
  const auto cluster = cluster_named(context.world, call.scope, input.cluster.value_or(""));
  if (!cluster.ok()) {
    return cluster.error();
  }
  const std::string status = input.status ? std::string(codec::name_of(*input.status)) : "";
  std::optional<query::Expression> filter;
  if (const std::string text = input.filter.value_or(""); !text.empty()) {
    auto parsed = query::Expression::parse(text);
    if (!parsed.ok()) {
      return parsed.error();
    }
    filter = std::move(parsed).value();
  }
  const Fleet& fleet = context.world.fleet(cluster.value()->key);
  auto page = open_page(
      context, call, input,
      std::to_string(cluster.value()->key) + "\n" + status + "\n" + input.filter.value_or(""));
  if (!page.ok()) {
    return page.error();
  }
  const auto& ids =
      entry_or_empty(context.world.index().instances_of_cluster, cluster.value()->key);
  for (const schemas::InstanceId& id : ids) {
    const schemas::ContainerInstance& instance = context.world->instances.at(id);
    const bool listed = instance.status != schemas::InstanceStatus::inactive &&
                        (status.empty() || status == status_text(instance.status)) &&
                        (!filter || filter->holds(fleet.host(id)->facts()));
    const std::string mark = id.text();
    if (listed && mark > page.value().after() &&
        !page.value().add(mark, instance_arn(context.world, instance))) {
      break;
    }
  }
  api::ListContainerInstancesResponse output;
  output.next_token = page.value().next_token();
  output.container_instance_arns = std::move(page).value().entries();
  return api::Value::of(std::move(output));
}

}  // namespace control

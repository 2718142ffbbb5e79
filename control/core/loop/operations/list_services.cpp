#include "api/services.h"
#include "control/core/loop/names.h"
#include "control/core/loop/operations/operations.h"
#include "control/core/loop/operations/page.h"
#include "control/core/loop/operations/shapes.h"
#include "control/core/world/lookups.h"

namespace control {

namespace {

constexpr std::int64_t services_a_page = 10;

}  // namespace

/// Services that drain or have ended are not listed.
Answer list_services(Context& context, const ApiCall& call) {
  const auto& input = call.input.as<api::ListServicesRequest>();
  const auto cluster = cluster_named(context.world, call.scope, input.cluster.value_or(""));
  if (!cluster.ok()) {
    return cluster.error();
  }
  const std::string type = input.launch_type ? std::string(codec::name_of(*input.launch_type)) : "";
  auto page = open_page(context, call, input, std::to_string(cluster.value()->key) + "\n" + type,
                        services_a_page);
  if (!page.ok()) {
    return page.error();
  }
  const Keys& keys =
      entry_or_empty(context.world.index().services_of_cluster, cluster.value()->key);
  for (auto at = keys.upper_bound(page.value().after_key()); at != keys.end(); ++at) {
    const schemas::Service& service = context.world->services.at(*at);
    const bool listed =
        service.status == schemas::ServiceStatus::active &&
        (!input.launch_type || service.deployments.front().specification->launch_type ==
                                   read_launch_type(input.launch_type));
    if (listed && !page.value().add(std::to_string(*at), service_arn(context.world, service))) {
      break;
    }
  }
  api::ListServicesResponse output;
  output.next_token = page.value().next_token();
  output.service_arns = std::move(page).value().entries();
  return api::Value::of(std::move(output));
}

}  // namespace control

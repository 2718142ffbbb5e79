#include "api/services.h"
#include "control/core/loop/names.h"
#include "control/core/loop/operations/operations.h"
#include "control/core/loop/operations/page.h"
#include "control/core/loop/operations/service_request.h"
#include "control/core/loop/operations/shapes.h"
#include "control/core/world/lookups.h"

namespace control {

namespace {

constexpr std::int64_t services_a_page = 10;

bool is_asked_for(const schemas::Service& service, const api::ListServicesRequest& input) {
  // One with the EXTERNAL controller is of none as long as it has no task set.
  const bool of_type =
      !input.launch_type ||
      (!service.deployments.empty() && service.deployments.front().specification->launch_type ==
                                           read_launch_type(input.launch_type));
  return of_type && (!input.scheduling_strategy ||
                     service.scheduling_strategy == read_scheduling(input.scheduling_strategy));
}

}  // namespace

/// Services that drain or have ended are not listed.
Answer list_services(Context& context, const ApiCall& call) {
  const auto& input = call.input.as<api::ListServicesRequest>();
  const auto cluster = cluster_named(context.world, call.scope, input.cluster.value_or(""));
  if (!cluster.ok()) {
    return cluster.error();
  }
  std::string filter = std::to_string(cluster.value()->key) + "\n";
  filter += input.launch_type ? codec::name_of(*input.launch_type) : "";
  filter += "\n";
  filter += input.scheduling_strategy ? codec::name_of(*input.scheduling_strategy) : "";
  auto page = open_page(context, call, input, filter, services_a_page);
  if (!page.ok()) {
    return page.error();
  }
  const Keys& keys =
      entry_or_empty(context.world.index().services_of_cluster, cluster.value()->key);
  for (auto at = keys.upper_bound(page.value().after_key()); at != keys.end(); ++at) {
    const schemas::Service& service = context.world->services.at(*at);
    if (service.status == schemas::ServiceStatus::active && is_asked_for(service, input) &&
        !page.value().add(std::to_string(*at), service_arn(context.world, service))) {
      break;
    }
  }
  api::ListServicesResponse output;
  output.next_token = page.value().next_token();
  output.service_arns = std::move(page).value().entries();
  return api::Value::of(std::move(output));
}

}  // namespace control

#include "control/core/loop/names.h"
#include "control/core/loop/operations/operations.h"
#include "control/core/loop/operations/page.h"
#include "control/core/loop/operations/show_deployment.h"
#include "control/core/world/lookups.h"

namespace control {

namespace {

constexpr std::int64_t deployments_a_page = 20;

std::string instant_text(const std::optional<schemas::Instant>& at) {
  return at ? std::to_string(at->time_since_epoch().count()) : "";
}

std::string filter_of(const schemas::Service& service,
                      const api::ListServiceDeploymentsRequest& input) {
  std::string filter = std::to_string(service.key);
  for (const api::ServiceDeploymentStatus status :
       input.status.value_or(std::vector<api::ServiceDeploymentStatus>{})) {
    filter += "\n" + std::string(codec::name_of(status));
  }
  if (input.created_at) {
    filter += "\n" + instant_text(input.created_at->after) + "\n" +
              instant_text(input.created_at->before);
  }
  return filter;
}

bool passes(const schemas::ServiceDeployment& record,
            const api::ListServiceDeploymentsRequest& input) {
  if (input.created_at) {
    const auto& [before, after] = *input.created_at;
    if ((before && record.created_at > *before) || (after && record.created_at < *after)) {
      return false;
    }
  }
  return !input.status || input.status->empty() ||
         std::find(input.status->begin(), input.status->end(), show_status(record.status)) !=
             input.status->end();
}

}  // namespace

/// The newest first.
Answer list_service_deployments(Context& context, const ApiCall& call) {
  const auto& input = call.input.as<api::ListServiceDeploymentsRequest>();
  const auto service =
      service_named(context.world, call.scope, input.cluster.value_or(""), input.service);
  if (!service.ok()) {
    return service.error();
  }
  auto page =
      open_page(context, call, input, filter_of(*service.value(), input), deployments_a_page);
  if (!page.ok()) {
    return page.error();
  }
  const Keys& keys =
      entry_or_empty(context.world.index().deployments_of_service, service.value()->key);
  const std::int64_t last = page.value().after_key();
  api::ListServiceDeploymentsResponse output;
  output.service_deployments.emplace();
  for (auto at = keys.rbegin(); at != keys.rend(); ++at) {
    const schemas::ServiceDeployment& record = context.world->service_deployments.at(*at);
    if ((last != 0 && *at >= last) || !passes(record, input)) {
      continue;
    }
    if (!page.value().add(std::to_string(*at), "")) {
      break;
    }
    output.service_deployments->push_back(show_brief(context.world, record));
  }
  output.next_token = page.value().next_token();
  return api::Value::of(std::move(output));
}

}  // namespace control

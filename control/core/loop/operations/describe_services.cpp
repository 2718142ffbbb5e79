#include "control/core/loop/names.h"
#include "control/core/loop/operations/operations.h"
#include "control/core/loop/operations/show_service.h"

namespace control {

Answer describe_services(Context& context, const ApiCall& call) {
  const auto& input = call.input.as<api::DescribeServicesRequest>();
  const auto cluster = cluster_named(context.world, call.scope, input.cluster.value_or(""));
  if (!cluster.ok()) {
    return cluster.error();
  }
  api::DescribeServicesResponse output;
  output.services.emplace();
  output.failures.emplace();
  for (const std::string& sent : input.services) {
    if (const schemas::Service* service = service_in(context.world, *cluster.value(), sent)) {
      output.services->push_back(
          show_service(context.world, *service, tag_view(input.include), context.now));
    } else {
      output.failures->push_back(
          missing(meant_arn(call.scope, "service", cluster.value()->name + "/", sent)));
    }
  }
  return api::Value::of(std::move(output));
}

}  // namespace control

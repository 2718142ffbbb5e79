#include "control/core/loop/names.h"
#include "control/core/loop/operations/operations.h"
#include "control/core/loop/operations/show_deployment.h"

namespace control {

Answer describe_service_deployments(Context& context, const ApiCall& call) {
  const auto& input = call.input.as<api::DescribeServiceDeploymentsRequest>();
  api::DescribeServiceDeploymentsResponse output;
  output.service_deployments.emplace();
  output.failures.emplace();
  for (const std::string& sent : input.service_deployment_arns) {
    const auto found =
        service_deployment_named(context.world, call.scope, "service-deployment", sent);
    if (!found.ok()) {
      return found.error();
    }
    if (found.value() == nullptr) {
      output.failures->push_back(missing(sent));
    } else {
      output.service_deployments->push_back(show_service_deployment(context.world, *found.value()));
    }
  }
  return api::Value::of(std::move(output));
}

}  // namespace control

#include "api/services.h"
#include "control/core/loop/names.h"
#include "control/core/loop/operations/operations.h"
#include "control/core/loop/rollouts.h"
#include "control/core/world/lookups.h"

namespace control {

using schemas::Error;
using schemas::ErrorCode;
using schemas::Service;
using schemas::ServiceDeployment;
using schemas::ServiceDeploymentStatus;

namespace {

/// Why the deployment cannot be stopped, if it cannot.
std::optional<Error> not_stoppable(const Service& service, const ServiceDeployment& record,
                                   const ServiceDeployment* target, bool back) {
  const bool moves = record.id == service.current &&
                     service.status == schemas::ServiceStatus::active &&
                     record.status == ServiceDeploymentStatus::in_progress;
  if (!moves) {
    return Error{ErrorCode::conflict,
                 "Service deployment " + record.id.text() +
                     " is not in progress: only what is in progress can be stopped. "
                     "DescribeServiceDeployments shows how it ended."};
  }
  if (back && (target == nullptr || target->id == record.id)) {
    return Error{ErrorCode::conflict,
                 "No rollback candidate was found to run the rollback: no deployment of the "
                 "service was completed. Stop it with ABORT, or update the service."};
  }
  return std::nullopt;
}

}  // namespace

Answer stop_service_deployment(Context& context, const ApiCall& call) {
  const auto& input = call.input.as<api::StopServiceDeploymentRequest>();
  const auto found =
      known_service_deployment(context.world, call.scope, input.service_deployment_arn);
  if (!found.ok()) {
    return found.error();
  }
  const ServiceDeployment record = *found.value();
  const Service& service = *service_of(context.world, record.service);
  const ServiceDeployment* target = find_service_deployment(context.world, service.last_completed);
  const bool back = input.stop_type != api::StopServiceDeploymentStopType::abort;
  if (const std::optional<Error> refused = not_stoppable(service, record, target, back)) {
    return *refused;
  }
  end_deployment(context, record,
                 {.why = "StopServiceDeployment was called by " + call.principal + ".",
                  .target = back ? target : nullptr});
  api::StopServiceDeploymentResponse output;
  output.service_deployment_arn = input.service_deployment_arn;
  return api::Value::of(std::move(output));
}

}  // namespace control

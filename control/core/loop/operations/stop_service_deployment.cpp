#include "api/services.h"
#include "control/core/deploy/deployment.h"
#include "control/core/deploy/service_deployment.h"
#include "control/core/deploy/service_events.h"
#include "control/core/loop/details.h"
#include "control/core/loop/names.h"
#include "control/core/loop/operations/operations.h"
#include "control/core/world/lookups.h"
#include "schemas/wire/wire.h"

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
  const auto found = service_deployment_named(context.world, call.scope, "service-deployment",
                                              input.service_deployment_arn);
  if (!found.ok()) {
    return found.error();
  }
  if (found.value() == nullptr) {
    return Error{ErrorCode::service_deployment_not_found, "Service deployment not found."};
  }
  ServiceDeployment record = *found.value();
  Service service = *service_of(context.world, record.service);
  const ServiceDeployment* target = find_service_deployment(context.world, service.last_completed);
  const bool back = input.stop_type != api::StopServiceDeploymentStopType::abort;
  if (const std::optional<Error> refused = not_stoppable(service, record, target, back)) {
    return *refused;
  }
  const std::string stopped = "ECS deployment " + record.id.text() + " was stopped.";
  const std::string why = "StopServiceDeployment was called by " + call.principal + ".";
  abandon(service, stopped, context.now);
  if (back) {
    return_to(service, target->id, target->specification,
              stopped + " Rolling back to deploymentId " + target->id.text() + ".", context.now);
    record = roll_back(std::move(record), target->id, why, context.now);
  } else {
    record = stop_record(std::move(record), why, context.now);
  }
  apply(context.world, ServiceChanged{service});
  apply(context.world, ServiceDeploymentChanged{record});
  add_service_event(context, service.key, deployment_stopped_message(service.name, record.id));
  if (back) {
    add_service_event(context, service.key,
                      rolling_back_message(service.name, service.last_completed));
  }
  log_event(context, call.scope, "deployment.failed", service_arn(context.world, service),
            wire::encode(MessageDetail{.message = record.id.text(), .reason = stopped}));
  api::StopServiceDeploymentResponse output;
  output.service_deployment_arn = input.service_deployment_arn;
  return api::Value::of(std::move(output));
}

}  // namespace control

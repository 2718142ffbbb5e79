#include "control/core/loop/names.h"
#include "control/core/loop/operations/operations.h"
#include "control/core/loop/operations/show_service.h"
#include "control/core/loop/rollouts.h"
#include "control/core/world/lookups.h"

namespace control {

using schemas::Error;
using schemas::ErrorCode;
using schemas::Service;
using schemas::ServiceStatus;

/// ACTIVE to DRAINING; the planner makes it INACTIVE when its last task has stopped. Asked again
/// while it drains, the answer is the same.
Answer delete_service(Context& context, const ApiCall& call) {
  const auto& input = call.input.as<api::DeleteServiceRequest>();
  const auto found =
      service_named(context.world, call.scope, input.cluster.value_or(""), input.service);
  if (!found.ok()) {
    return found.error();
  }
  if (found.value()->status == ServiceStatus::inactive) {
    return Error{ErrorCode::service_not_found, "Service not found."};
  }
  const std::int64_t key = found.value()->key;
  if (found.value()->status == ServiceStatus::active) {
    Service service = *found.value();
    const bool counted = service.scheduling_strategy == schemas::SchedulingStrategy::replica;
    if (counted && service.desired_count > 0 && !input.force.value_or(false)) {
      return Error{ErrorCode::invalid_parameter,
                   "The service cannot be stopped while it is scaled above 0. Set desiredCount to "
                   "0 first, or use force."};
    }
    if (service.external && !service.deployments.empty() && !input.force.value_or(false)) {
      return Error{ErrorCode::invalid_parameter,
                   "The service cannot be deleted while it has task sets. Delete them first with "
                   "DeleteTaskSet, or use force."};
    }
    service.status = ServiceStatus::draining;
    service.desired_count = 0;
    apply(context.world, ServiceChanged{service});
    close_record(context, service.current, "The service was deleted.");
    log_event(context, call.scope, "service.draining", service_arn(context.world, service), "{}");
  }
  api::DeleteServiceResponse output;
  output.service =
      show_service(context.world, *service_of(context.world, key), TagView::shown, context.now);
  return api::Value::of(std::move(output));
}

}  // namespace control

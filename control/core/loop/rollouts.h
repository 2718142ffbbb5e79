#pragma once

// What changes of a service's deployments mean for the records that are kept of them.

#include <vector>

#include "control/core/deploy/service_plan.h"
#include "control/core/loop/context.h"

namespace control {

/// The service's newest deployment has just begun: a record of it is made, and the oldest records
/// go. To be called when World has the service.
void open_record(Context& context, std::int64_t service);

/// The record of a service deployment ends, if it has not come to rest yet: a newer one takes its
/// place, or the service is to end.
void close_record(Context& context, schemas::DeploymentId id, std::string reason);

/// How a deployment that moves its service is ended by a caller.
struct DeploymentEnd {
  std::string why;  ///< for the record: who called what
  /// What the service goes back to; null leaves its tasks as they are.
  const schemas::ServiceDeployment* target = nullptr;
};

/// Ends the deployment of `record`, which moves its service now.
void end_deployment(Context& context, const schemas::ServiceDeployment& record,
                    const DeploymentEnd& end);

/// Carries out in `service`, which the plan was settled into, what the plan means for its records:
/// above all the way back of a deployment that failed. Answers the records that change.
std::vector<schemas::ServiceDeployment> follow_plan(const Context& context,
                                                    schemas::Service& service,
                                                    const ServicePlan& plan);

}  // namespace control

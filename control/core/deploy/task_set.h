#pragma once

// A task set: so many percent of what its service wants, kept running by the same plan as any
// service's deployment. A service with the EXTERNAL controller has nothing but such sets.

#include <cstdint>
#include <span>
#include <string>

#include "control/core/deploy/service_plan.h"
#include "schemas/base/time.h"
#include "schemas/model/service.h"

namespace control {

/// Of the service's desired count what the set is scaled to, rounded up; none once it is deleted.
std::int64_t computed_count(const schemas::Service& service, const schemas::Deployment& set);

/// Whose message an event of a service is: the service's own, or one of its task sets' as ECS names
/// them, "NAME, taskSet ecs-svc/DIGITS".
std::string teller_of(const schemas::Service& service, const schemas::Deployment& deployment);

/// The service as it would be if the set were all of it.
schemas::Service alone(const schemas::Service& service, const schemas::Deployment& set);

/// Plans one set of an ACTIVE service, given all tasks of the service. A set that is deleted is
/// `removed` when its last task has stopped; until then its protected tasks stay, unless it was
/// deleted by force.
ServicePlan plan_task_set(const schemas::Service& service, const schemas::Deployment& set,
                          std::span<const ServiceTask> tasks, const DeploySettings& settings,
                          schemas::Instant now);

/// Whether it has come to rest: as many tasks as it wants run, none is on its way or on a host that
/// drains, and their checks say that they are healthy.
bool is_stable(const schemas::Service& service, const schemas::Deployment& set,
               std::span<const ServiceTask> tasks);

}  // namespace control

#pragma once

#include <vector>

#include "api/services.h"
#include "control/core/deploy/service_plan.h"
#include "control/core/loop/operations/shapes.h"
#include "control/core/world/world.h"

namespace control {

/// A task set as callers see it, `tasks` being all of its service.
api::TaskSet show_task_set(const World& world, const schemas::Service& service,
                           const schemas::Deployment& set, const std::vector<ServiceTask>& tasks,
                           TagView tags, schemas::Instant now);

/// The same as the answer to a request that made or changed the set.
api::TaskSet show_task_set(const World& world, std::int64_t service, schemas::DeploymentId set,
                           schemas::Instant now);

}  // namespace control

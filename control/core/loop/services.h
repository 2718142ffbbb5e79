#pragma once

#include <vector>

#include "control/core/deploy/service_plan.h"
#include "control/core/loop/context.h"

namespace control {

/// Plans every service that something happened to, or whose time has come, and carries the plans
/// out, until nothing is left to do.
void decide_services(Context& context);

/// The live tasks of a service as its planner wants them.
std::vector<ServiceTask> service_tasks(const World& world, std::int64_t service);

}  // namespace control

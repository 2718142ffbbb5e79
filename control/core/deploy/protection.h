#pragma once

// Whether tasks that their service may not stop are all that a service waits for.

#include <span>

#include "control/core/deploy/service_plan.h"
#include "schemas/base/time.h"
#include "schemas/model/service.h"

namespace control {

/// Whether protected tasks keep the service from what it wants: there are more of them than it
/// wants tasks, or they are all that an older deployment has left; with task sets, one of them has
/// more than it wants. As long as that is so, no task of the service is protected anew, or
/// somebody could hold a deployment up for ever.
bool blocked_by_protection(const schemas::Service& service, std::span<const ServiceTask> tasks,
                           schemas::Instant now);

}  // namespace control

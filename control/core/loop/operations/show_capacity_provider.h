#pragma once

#include "api/capacity_providers.h"
#include "control/core/loop/operations/shapes.h"
#include "control/core/world/world.h"

namespace control {

api::CapacityProvider show_capacity_provider(const schemas::CapacityProvider& provider,
                                             TagView tags);

/// FARGATE or FARGATE_SPOT: the pool, which is there for everybody.
api::CapacityProvider show_pool_provider(const schemas::Scope& scope, const std::string& name);

/// The words for a name that nobody has; Terraform takes them for a deletion that is done.
schemas::Error no_such_capacity_provider(const std::string& name);

}  // namespace control

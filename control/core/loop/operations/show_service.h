#pragma once

#include "api/services.h"
#include "control/core/loop/operations/shapes.h"
#include "control/core/world/world.h"

namespace control {

api::Service show_service(const World& world, const schemas::Service& service, TagView tags,
                          schemas::Instant now);

}  // namespace control

#pragma once

#include "api/container_instances.h"
#include "control/core/world/world.h"

namespace control {

api::ContainerInstance show_instance(const World& world,
                                     const schemas::ContainerInstance& instance);

std::string status_text(schemas::InstanceStatus status);

}  // namespace control

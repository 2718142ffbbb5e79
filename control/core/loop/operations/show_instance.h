#pragma once

#include "api/container_instances.h"
#include "control/core/loop/operations/shapes.h"
#include "control/core/world/world.h"

namespace control {

api::ContainerInstance show_instance(const World& world, const schemas::ContainerInstance& instance,
                                     TagView tags = TagView::hidden);

/// Whether every host keeps this port for itself, as its answers say.
bool is_reserved_port(const std::string& port);

std::string status_text(schemas::InstanceStatus status);

}  // namespace control

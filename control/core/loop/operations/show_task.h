#pragma once

#include "api/tasks.h"
#include "control/core/loop/operations/shapes.h"
#include "control/core/world/world.h"

namespace control {

api::Task show_task(const World& world, const schemas::Task& task, TagView tags);

/// The wire name of a status, for example "RUNNING".
std::string status_text(schemas::TaskStatus status);

}  // namespace control

#pragma once

#include "api/tasks.h"
#include "control/core/loop/operations/shapes.h"
#include "control/core/world/world.h"

namespace control {

api::Task show_task(const World& world, const schemas::Task& task, TagView tags);

/// What changes of a task, of one of which no more is known.
api::Task show_state(const schemas::Task& task);

/// Who started it: of a service's task its deployment, else what the caller of RunTask said.
std::string started_by(const schemas::Task& task);

/// The wire name of a status, for example "RUNNING".
std::string status_text(schemas::TaskStatus status);

}  // namespace control

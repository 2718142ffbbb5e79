#pragma once

#include "api/tasks.h"
#include "control/core/loop/context.h"

namespace control {

/// What the tasks of a RunTask or StartTask call are made from, checked in ECS's words. StartTask
/// asks as RunTask does, without a launch type, constraints and strategies.
schemas::Result<schemas::TaskSpecification> read_task_request(Context& context, const ApiCall& call,
                                                              const api::RunTaskRequest& input,
                                                              const schemas::Cluster& cluster);

}  // namespace control

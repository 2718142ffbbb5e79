#pragma once

// The steps that `advance` is made of; nobody else calls them.

#include <cstdint>

#include "agent/core/task_engine.h"

namespace agent {

/// Towards RUNNING: cgroup, sandboxes, pulls, creates and starts that may happen now. Decides that
/// the task must stop when an essential container has ended or a condition cannot come true.
void start_on(TaskState& task, const TaskPolicy& policy, const Moment& now, Advance& out);

/// Towards the end of all containers, dependents first.
void stop_on(TaskState& task, const TaskPolicy& policy, const Moment& now, Advance& out);

/// What is left to undo once all containers have ended, down to the logs.
void clean_up(TaskState& task, const TaskPolicy& policy, const Moment& now, Advance& out);

bool all_stopped(const TaskState& task);

/// True when the attempt may be asked for now; it then counts as asked.
bool ask_now(Attempt& attempt, const Moment& now);
/// The attempt is over: done, or to be asked again after a wait that doubles.
void settle(Attempt& attempt, const std::string& error, const Moment& now);

/// A reading is wanted now and none is under way.
bool meter_is_due(const TaskState& task, const Moment& now);

}  // namespace agent

#pragma once

// The steps that `advance` is made of; nobody else calls them.

#include <cstdint>
#include <optional>

#include "agent/core/task_engine.h"

namespace agent {

/// Towards RUNNING: cgroup, sandboxes, pulls, creates and starts that may happen now. Decides that
/// the task must stop when an essential container has ended or a condition cannot come true.
void start_on(TaskState& task, const TaskPolicy& policy, const Moment& now, Advance& out);

/// Health checks that are due, of containers that run.
void check_on(TaskState& task, const Moment& now, Advance& out);
/// When the next health check of a container is due; nothing while one is under way.
std::optional<std::int64_t> check_due_ns(const TaskState& task, std::int64_t container);
/// Folds what a health check said.
void fold_check(TaskState& task, const Finished& finished, const Moment& now);

/// The container's end is the end of one run only: another begins.
bool restarts(const TaskState& task, const Exited& exited, const Moment& now);
/// From the end of one run to the asking for the next.
void begin_restart(TaskState& task, const Exited& exited);
/// Asks for the runs that have begun and were not asked for.
void restart_on(TaskState& task, Advance& out);

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

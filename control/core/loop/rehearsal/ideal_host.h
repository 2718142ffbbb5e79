#pragma once

#include <span>

#include "control/core/loop/loop.h"

namespace control {

/// Whether a host that does at once what it is told has something to say of a task.
bool has_news(const schemas::Task& task);

/// What such a host says of tasks that it has news of: those that are to run do, and their checks
/// are content; those that are to stop have stopped, and their interfaces are gone.
AgentSync ideal_report(const World& world, const schemas::ContainerInstance& host,
                       std::span<const schemas::Task* const> tasks, std::int64_t sequence,
                       schemas::Instant now);

}  // namespace control

#pragma once

#include "agent/core/task_state.h"
#include "schemas/model/agent_channel.h"

namespace agent {

/// What this host says of a task: the whole, as it is now.
schemas::TaskReport report_of(const TaskState& task);

}  // namespace agent

#pragma once

#include "control/core/loop/context.h"

namespace control {

/// A host joins, or joins again with the identity it has.
void join(Context& context, const AgentJoin& request);

/// A host's report is folded in; its answer waits for the end of the turn, or for news.
void sync(Context& context, const AgentSync& request);

/// Hosts whose lease has ended are disconnected; those whose grace has ended are given up: their
/// tasks are stopped and their addresses freed.
void check_leases(Context& context);

}  // namespace control

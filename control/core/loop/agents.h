#pragma once

#include "control/core/loop/context.h"

namespace control {

/// A host joins, or joins again with the identity it has.
void join(Context& context, const AgentJoin& request);

/// A host's report is folded in; its answer waits for the end of the turn, or for news.
void sync(Context& context, const AgentSync& request);

/// The tasks of a host that will not come back are stopped, and its addresses freed. Answers how
/// many tasks there were.
std::int64_t lose_tasks(Context& context, schemas::InstanceId id);

/// Writes what happened to a host, and why, to the event log.
void log_instance(Context& context, const schemas::ContainerInstance& instance, std::string kind,
                  std::string why);

/// Hosts whose lease has ended are disconnected; those whose grace has ended are given up: their
/// tasks are stopped and their addresses freed.
void check_leases(Context& context);

}  // namespace control

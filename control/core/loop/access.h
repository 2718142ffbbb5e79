#pragma once

#include <optional>
#include <string>

#include "control/core/loop/context.h"

namespace control {

/// Makes the user and its key, if there is no user at all.
void make_first_user(Context& context, const FirstUserWanted& wanted);

/// Where a new host belongs, or why it may not join.
struct Entry {
  schemas::Scope scope;
  std::string cluster;     ///< as the host or its token names it; empty for the pool
  std::int64_t token = 0;  ///< to be spent when the host is registered; 0 = none
};
schemas::Result<Entry> admit(const Context& context, const AgentJoin& join);

/// Ends every session of a principal; how many those were.
std::int64_t end_sessions(Context& context, const std::string& principal);

}  // namespace control

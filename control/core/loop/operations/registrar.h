#pragma once

// Who may speak for a host that was registered by the API.

#include <string>
#include <string_view>

#include "control/core/loop/context.h"
#include "control/core/place/fleet.h"

namespace control {

/// The attribute of such a host that says what it said of its agent's build.
inline constexpr const char* agent_hash_attribute = "stowage.agent-hash";

/// Who a principal is beyond one session: a task's role without the task, else the principal.
std::string registrar_of(std::string_view principal);

/// Why the caller may not speak for this host, if so.
schemas::Outcome may_speak_for(const ApiCall& call, const schemas::ContainerInstance& instance);

}  // namespace control

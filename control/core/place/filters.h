#pragma once

// May this task go to this host? One question after the other; the first "no" is the reason.

#include <optional>
#include <string_view>

#include "control/core/place/lane.h"
#include "control/core/place/refusal.h"
#include "control/core/place/request.h"

namespace control {

/// Why the host, which is in `zone`, cannot take the task; nothing when it can.
std::optional<Refusal> refuse(const Host& host, std::string_view zone, const TaskRequest& request);

/// Whether a task that asks for `zones` may go to `zone`.
bool zone_allowed(std::string_view zone, const TaskRequest& request);

}  // namespace control

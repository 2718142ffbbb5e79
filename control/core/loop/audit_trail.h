#pragma once

// The audit trail: a row for every call that asked for a change, whatever it was answered.

#include <cstddef>

#include "control/core/loop/context.h"
#include "schemas/base/result.h"

namespace control {

/// Tells of a call that was decided. What it changed are the subjects of the events that this turn
/// has logged since it had logged `events_before`; `refused` is null when it was done.
void audit(Context& context, const ApiCall& call, std::size_t events_before,
           const schemas::Error* refused);

/// Tells of a call that never came to be decided.
void audit(Context& context, const CallRefused& call);

}  // namespace control

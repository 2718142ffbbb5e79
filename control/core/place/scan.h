#pragma once

// Placement by asking every host: for strategies that no tree answers (binpack, random, spread by
// other attributes, and chains of them).

#include <optional>

#include "control/core/place/fleet.h"
#include "control/core/place/request.h"
#include "schemas/base/id.h"
#include "schemas/base/random.h"

namespace control {

/// The host that the strategies like best, or nothing when no host can take the task.
std::optional<schemas::InstanceId> place_by_scan(const TaskRequest& request, const Fleet& fleet,
                                                 schemas::Random& random);

}  // namespace control

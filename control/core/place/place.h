#pragma once

// Which host a task goes to.

#include <optional>
#include <variant>
#include <vector>

#include "control/core/place/fleet.h"
#include "control/core/place/refusal.h"
#include "control/core/place/request.h"
#include "schemas/base/id.h"
#include "schemas/base/random.h"

namespace control {

/// The host, or every host's refusal in the order of instance ids (none = the fleet is empty).
using Placement = std::variant<schemas::InstanceId, std::vector<Refusal>>;

/// Chooses among the hosts that can take the task the one that its strategies like best, each
/// strategy deciding among what the earlier ones left equal; ties go to the lowest instance id.
/// `random` is drawn from only for the strategy "random". Does not take anything: the caller does,
/// before it places the next task.
Placement place(const TaskRequest& request, const Fleet& fleet, schemas::Random& random);

/// Why this host cannot take the task, or nothing when it can: StartTask names its hosts. A host of
/// another fleet is `missing`.
std::optional<Refusal> refusal_of(const schemas::InstanceId& instance, const TaskRequest& request,
                                  const Fleet& fleet);

}  // namespace control

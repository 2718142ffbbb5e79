#pragma once

#include "control/core/loop/rehearsal/rehearsal.h"

namespace control {

/// Whether a call of this operation can be rehearsed: RunTask, CreateService, UpdateService.
bool can_be_rehearsed(std::string_view operation);

/// The call as what is rehearsed. `call` is of an operation that can be.
RehearsalSubject rehearsed_call(const World& world, ApiCall call);

/// The loss of hosts, as one cluster sees it.
RehearsalSubject rehearsed_loss(const World& world, std::int64_t cluster,
                                std::set<schemas::InstanceId> hosts);

}  // namespace control

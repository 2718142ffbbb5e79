#pragma once

#include <cstdint>
#include <optional>

#include "control/core/world/world.h"
#include "schemas/model/agent_channel.h"

namespace control {

/// What a host must run and wire that it does not know yet: everything after the version it has, or
/// everything there is.
schemas::SyncAnswer assignment_answer(const World& world, schemas::InstanceId instance,
                                      std::optional<std::int64_t> have);

}  // namespace control

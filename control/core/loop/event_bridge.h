#pragma once

// Events as EventBridge delivers those of ECS, for programs that were written for it.

#include <optional>
#include <string>

#include "control/core/world/event.h"
#include "control/core/world/world.h"

namespace control {

/// An event of EventBridge: which kind, and all of it as a JSON object (version "0", id,
/// detail-type, source "aws.ecs", account, time, region, resources, detail).
struct BridgeEvent {
  std::string detail_type;  ///< for example "ECS Task State Change"
  std::string json;
};

/// What EventBridge would say of `event`; none where ECS says nothing there (networks, users, hosts
/// of the pool, …). What may change is told as of the event; what a task is comes from `world`, so
/// of one that is no longer described (an hour after its stop) only the changing part is told. The
/// id follows from the event: whoever reads twice can tell.
std::optional<BridgeEvent> event_bridge(const World& world, const Event& event);

}  // namespace control

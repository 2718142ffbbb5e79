#pragma once

#include "api/placement.h"
#include "control/core/loop/launch.h"

namespace control {

/// What hosts say to a task of the order, for the caller: of the shared pool he sees no host.
api::PlacementExplanation show_explanation(const World& world, const LaunchOrder& order);

}  // namespace control

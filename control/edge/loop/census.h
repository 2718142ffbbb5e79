#pragma once

#include <string>

#include "control/core/world/world.h"

namespace control::edge {

/// Gauges about World in Prometheus' text format: tasks by status, hosts by connection, services,
/// interfaces. Takes about a millisecond for ten thousand tasks.
std::string census(const World& world);

}  // namespace control::edge

#pragma once

#include <vector>

#include "control/core/world/rows.h"
#include "control/core/world/world.h"

namespace control {

/// The rows for everything that changed since the last call, each once, in the order of the
/// tables: what is no longer in World is erased.
std::vector<Row> take_rows(World& world);

/// All of World as rows, as a fresh store would hold it: two Worlds are the same when these are.
std::vector<Row> all_rows(const World& world);

}  // namespace control

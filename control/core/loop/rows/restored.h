#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "control/core/world/rows.h"
#include "control/core/world/world.h"
#include "schemas/base/time.h"

namespace control {

/// A backup is put in place: World goes back to what it was.
struct Restoration {
  schemas::Scope scope;  ///< the operator's, whose event log tells of it
  schemas::Instant now{};
  std::string message;  ///< for the event log
};

/// How far the events of a store that was restored must be moved up, so that their numbers end
/// where those to come begin: a reader that has seen one of them, or what came after them, is
/// behind the oldest and reads anew. `snapshot` is what the backup holds.
std::int64_t events_move_by(const Snapshot& snapshot, const Restoration& restoration);

/// The rows to add to a store that was restored, so that nobody who saw a later state takes what
/// comes now for what came then. The epoch and all row keys, event numbers among them, go on from
/// numbers that no earlier process can have reached: made of the clock, which has ticked more often
/// since than there were starts (seconds) and rows (microseconds). `snapshot` is what the store
/// holds, `world` was loaded from it.
std::vector<Row> restored_rows(const World& world, const Snapshot& snapshot,
                               const Restoration& restoration);

}  // namespace control

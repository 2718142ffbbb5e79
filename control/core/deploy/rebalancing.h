#pragma once

// Evening out a service over availability zones once it is at rest: a task starts in the zone that
// has fewest, and when it is healthy one stops in the zone that has most.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/base/time.h"
#include "schemas/model/service.h"
#include "schemas/model/task.h"

namespace control {

/// Whether a service of this kind can be evened out (ECS's rules): a REPLICA whose first strategy
/// spreads over zones, as it does where none is stated, and whose maximumPercent leaves room.
bool can_rebalance(const schemas::Service& service,
                   const std::vector<schemas::PlacementStrategy>& strategy);

/// The zone in which one task more would be one step towards balance: it has two fewer, at least,
/// than another zone with a task that may go. `zones` are those in which a task could start.
std::optional<std::string> zone_to_fill(std::span<const schemas::Task* const> tasks,
                                        std::span<const std::string> zones, schemas::Instant now);

/// "3 tasks in us-east-1a, 1 tasks in us-east-1b", of all zones that are named or have one.
std::string zone_counts(std::span<const schemas::Task* const> tasks,
                        std::span<const std::string> zones);

}  // namespace control

#pragma once

// Which tasks of a service go when it has more than it wants.

#include <cstdint>
#include <span>
#include <vector>

#include "schemas/base/time.h"
#include "schemas/model/task.h"

namespace control {

/// Chooses `count` of `tasks`, fewer when protected ones are in the way: they are never chosen, and
/// count where they are. Tasks that are not running go first, then running ones that do not count
/// as healthy yet, so that scaling in never costs a healthy task while another could go. Within
/// each of these: from the zone with the most tasks of the service, there from the host with the
/// most, there the newest.
std::vector<const schemas::Task*> choose_for_scale_in(std::span<const schemas::Task* const> tasks,
                                                      std::int64_t count,
                                                      schemas::Duration healthy_after,
                                                      schemas::Instant now);

}  // namespace control

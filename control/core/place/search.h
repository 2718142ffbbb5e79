#pragma once

// Finding the best host of a zone through its trees: whole branches that have no room, or nothing
// better than what was found already, are passed by.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "control/core/place/lane.h"
#include "control/core/place/request.h"

namespace control {

/// What a host is preferred by, less being better.
enum class Preference : std::uint8_t {
  none,          ///< the lowest instance id
  fewest_tasks,  ///< of the request's group
  least_load,
};

struct Found {
  std::int64_t rank = 0;  ///< what it was preferred by
  std::size_t index = 0;  ///< in the lane's hosts
};

/// The best host of the lane that can take the task: the lowest id among those of the lowest rank.
std::optional<Found> search(const Lane& lane, std::string_view zone, const TaskRequest& request,
                            Preference preference);

}  // namespace control

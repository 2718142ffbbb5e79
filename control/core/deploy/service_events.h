#pragma once

// The messages of a service's event list, in the words that ECS's users search for, and the rule
// that keeps a lasting condition from filling the list.

#include <deque>
#include <span>
#include <string>
#include <string_view>

#include "schemas/base/id.h"
#include "schemas/base/time.h"
#include "schemas/model/service.h"

namespace control {

std::string steady_state_message(std::string_view service);
std::string started_message(std::string_view service, std::span<const schemas::TaskId> tasks);
std::string stopped_message(std::string_view service, std::span<const schemas::TaskId> tasks);
std::string deployment_completed_message(std::string_view service, schemas::DeploymentId id);
/// `why` is a whole sentence, for example from `closest_match` of control/core/place.
std::string unable_to_place_message(std::string_view service, std::string_view why);
std::string failing_message(std::string_view service);
/// Percentages that leave neither room to start nor leave to stop.
std::string stuck_message(std::string_view service);

/// Whether `message` is news. It is not while the same message stands in `events` (newest first),
/// younger than `repeat_after`, with no steady state and, for a placement that failed, no started
/// task since.
bool is_news(const std::deque<schemas::ServiceEvent>& events, std::string_view message,
             schemas::Duration repeat_after, schemas::Instant now);

}  // namespace control

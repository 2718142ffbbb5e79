#pragma once

// The messages of a service's event list, in the words that ECS's users search for, and the rule
// that keeps a lasting condition from filling the list.

#include <optional>
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
std::string deployment_failed_message(std::string_view service, schemas::DeploymentId id);
/// Hooks hold it, and somebody has to say how to go on.
std::string deployment_paused_message(std::string_view service, schemas::DeploymentId id);
/// Nobody said so in time.
std::string deployment_expired_message(std::string_view service, schemas::DeploymentId id);
/// Somebody stopped it.
std::string deployment_stopped_message(std::string_view service, schemas::DeploymentId id);
std::string rolling_back_message(std::string_view service, schemas::DeploymentId id);
/// `why` is a whole sentence, for example from `closest_match` of control/core/place.
std::string unable_to_place_message(std::string_view service, std::string_view why);
std::string failing_message(std::string_view service);
/// Percentages that leave neither room to start nor leave to stop.
std::string stuck_message(std::string_view service);
/// A task starts to even the service out; `counts` as `zone_counts` has them.
std::string unbalanced_message(std::string_view service, std::string_view counts);
std::string balanced_message(std::string_view service, std::string_view counts);
/// Whether the last that the service said of its balance is that it has none: then news of the
/// contrary is due.
bool calls_itself_unbalanced(const schemas::Service& service);
/// More tasks are protected than the service wants.
std::string protected_scale_in_message(std::string_view service);
/// All that a deployment has left to replace is protected.
std::string protected_deployment_message(std::string_view service);

/// What a message of a service's list is to programs: type and name of an "ECS Service Action".
struct ServiceAction {
  std::string_view type;  ///< INFO, WARN or ERROR
  std::string_view name;  ///< for example SERVICE_STEADY_STATE
};

/// None for what ECS tells to people only.
std::optional<ServiceAction> action_of(std::string_view service, std::string_view message);

/// From when on `message` is worth an event of the service: at once (`now`), or later while the
/// same message stands in the list, younger than `repeat_after`. What resolves its cause makes it
/// news again: a new deployment, a steady state, for a failed placement a started task; and for
/// the steady state anything that has happened since.
schemas::Instant news_from(const schemas::Service& service, std::string_view message,
                           schemas::Duration repeat_after, schemas::Instant now);

/// Whether `message` is news now.
bool is_news(const schemas::Service& service, std::string_view message,
             schemas::Duration repeat_after, schemas::Instant now);

}  // namespace control

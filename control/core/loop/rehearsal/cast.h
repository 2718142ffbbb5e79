#pragma once

#include <set>

#include "control/core/loop/rehearsal/rehearsal.h"
#include "control/core/world/excerpt.h"

namespace control {

/// Who takes part in a rehearsal.
struct Cast {
  ExcerptWish wish;
  /// Services that move until the end. The others of `wish` do what this instant makes them do, for
  /// they may be first, and nothing afterwards.
  Keys players;
};

Cast cast_for(const World& world, const Parked& parked, const RehearsalSubject& subject,
              const Settings& settings, schemas::Instant now);

/// What is parked for the services of an excerpt, and nothing that waits for an answer.
Parked parked_for(const Parked& parked, const World& excerpt);

}  // namespace control

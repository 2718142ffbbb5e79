#pragma once

#include "api/plan.h"
#include "control/core/loop/launch.h"
#include "control/core/loop/rehearsal/rehearsal.h"

namespace control {

/// What a rehearsal came to, as its cluster's account may see it. `now` and `before` are those that
/// it began with. Tasks that a call itself could not place are the caller's to add.
api::PlanResponse show_plan(const World& before, const RehearsalSubject& subject,
                            const Rehearsal& rehearsal, const Settings& settings,
                            schemas::Instant now);

/// Adds tasks of an order that find no host in `after`, the World of the plan's end.
void add_unplaced(const World& after, const LaunchOrder& order, const LaunchRefusal& why,
                  std::int64_t count, api::PlanResponse& plan);

/// The answer in a few words, once all of it is known.
std::string plan_summary(const api::PlanResponse& plan);

}  // namespace control

#pragma once

// Hooks that hold a deployment at a stage of its life until somebody lets it go, or their time is
// out. All hooks of a stage wait together; it is passed when each of them has let go.

#include <optional>
#include <vector>

#include "schemas/base/id.h"
#include "schemas/base/time.h"
#include "schemas/model/service.h"

namespace control {

/// What a new deployment meets, in order. It reconciles if `several` revisions run as it begins.
std::vector<schemas::DeploymentHook> hooks_of(const schemas::DeploymentConfiguration& configuration,
                                              schemas::DeploymentId deployment, bool several);

/// The first stage that the deployment has not passed: it gets no further. Absent: nothing holds
/// it. A deployment that was given up passes nothing any more, and is not held either.
std::optional<schemas::LifecycleStage> stage_ahead(const schemas::Deployment& deployment);

/// Held before its first task: what the service ran before goes on running.
bool holds_start(const schemas::Deployment& deployment);

/// Held, now or later, before the last task of what it replaces is stopped.
bool holds_end(const schemas::Deployment& deployment);

/// Whether it waits for an action now.
bool is_paused(const schemas::Deployment& deployment);

/// The next instant at which a hook that waits runs out of time.
std::optional<schemas::Instant> next_expiry(const schemas::Deployment& deployment);

/// What the hooks that are out of time by `now` do with the deployment; rollback outweighs. Absent:
/// none is.
std::optional<schemas::HookAction> expired_action(const schemas::Deployment& deployment,
                                                  schemas::Instant now);

/// The deployment has reached the stage ahead: its hooks wait from now on.
void pause(schemas::Deployment& deployment, schemas::Instant now);

/// Those that are out of time say so, and hold it no longer.
void expire(schemas::Deployment& deployment, schemas::Instant now);

/// Whoever waits will never be told: the deployment ended otherwise.
void fail_waiting(std::vector<schemas::DeploymentHook>& hooks);

}  // namespace control

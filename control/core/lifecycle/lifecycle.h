#pragma once

// What happens to one task: the fold of its host's reports, the wish to stop it, the loss of its
// host. Each function answers the task as it is afterwards, or nothing when nothing changes.

#include <optional>
#include <string>

#include "schemas/base/time.h"
#include "schemas/model/agent_channel.h"
#include "schemas/model/task.h"

namespace control {

/// Folds a host's report into the task it is about. Statuses only move forward, facts once known
/// (exit codes, instants, stop code) stay, a stopped task never changes again: so late, repeated
/// and reordered reports are harmless. A task that its report says is ending by itself gets
/// `desired_status` stopped, with the report's stop code and reason or ECS's words for them.
/// Instants of a host whose clock is wrong are kept between the task's creation and `now`.
/// The caller has checked that the report comes from the host that the task is placed on.
std::optional<schemas::Task> observe(const schemas::Task& task, const schemas::TaskReport& report,
                                     schemas::Instant now);

/// The wish that a task stops: the one writer of `desired_status`. The first stop code and reason
/// stay. A task that no host has yet is stopped at once; any other when its host says so.
std::optional<schemas::Task> request_stop(const schemas::Task& task, schemas::StopCode code,
                                          std::string reason, schemas::Instant now);

/// The task's host is gone for good: the task is stopped, wherever it was in its life. A service
/// replaces it. What the host may report later changes nothing.
std::optional<schemas::Task> lose_host(const schemas::Task& task, schemas::Instant now);

/// Whether the task was given up with its host (`lose_host`), whatever it had been told before.
bool was_lost_with_host(const schemas::Task& task);

/// From when on the task counts as healthy towards a service's minimum, if nothing else happens:
/// `healthy_after` (ECS: 40 s) after it runs when no health check speaks for it, the earliest
/// instant when a check says healthy, and nothing while it is not running, must stop, is
/// unhealthy or waits for its first checks.
std::optional<schemas::Instant> healthy_from(const schemas::Task& task,
                                             schemas::Duration healthy_after);

/// Whether the task counts as healthy now.
bool counts_as_healthy(const schemas::Task& task, schemas::Duration healthy_after,
                       schemas::Instant now);

/// Whether neither a deployment nor scaling in may stop it now. Time alone ends it.
bool is_protected(const schemas::Task& task, schemas::Instant now);

}  // namespace control

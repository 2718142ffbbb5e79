#pragma once

// The service scheduler: what a service wants done next, given its tasks. A plan is data and says
// what, not how; the same state gives the same plan, and carrying out half of it is harmless,
// because the next plan asks for the rest.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/base/id.h"
#include "schemas/base/time.h"
#include "schemas/model/service.h"
#include "schemas/model/task.h"

namespace control {

struct DeploySettings {
  /// How long a task without health checks runs before it counts as healthy (ECS: 40 s). Too
  /// short and a rolling update replaces good tasks by ones that are about to crash.
  schemas::Duration healthy_after{40'000};
  /// Pause after the first round of tasks that failed, doubled by each further round. Too short
  /// and a thousand broken services keep the machine busy; too long and a mended one stays down.
  schemas::Duration throttle_first{1'000};
  /// Longest pause between attempts whose tasks never ran (ECS: 15 min).
  schemas::Duration throttle_max{900'000};
  /// Longest pause before replacing tasks that run, but end by themselves before they count as
  /// healthy. ECS's own slowness paces such a service; at our speed it would spin.
  schemas::Duration early_exit_max{60'000};
  /// How long a repeated service event is suppressed while its cause lasts (ECS: 6 h).
  schemas::Duration repeat_events_after{21'600'000};
};

/// Why a task stops whose container health checks fail.
inline constexpr std::string_view failed_checks_reason = "Task failed container health checks";

/// What the host of a task means for it. A lost host's tasks are stopped already (`lose_host`).
enum class HostCondition : std::uint8_t {
  in_service,  ///< or none yet, or merely disconnected
  leaving,     ///< draining: its tasks are replaced within the service's percentages
};

/// One task of the service and what else bears on it. Every task that has not stopped must be
/// given; stopped ones may be.
struct ServiceTask {
  const schemas::Task* task = nullptr;
  HostCondition host = HostCondition::in_service;
};

/// Make `count` tasks of the deployment's specification and place them. What cannot be placed is
/// not made: the next plan asks again.
struct TaskStart {
  schemas::DeploymentId deployment;
  std::int64_t count = 0;
  std::optional<schemas::InstanceId> host{};  ///< where it must go; absent = placement chooses
  std::string zone{};  ///< in which it must go, to even the service out; empty = any
  bool operator==(const TaskStart&) const = default;
};

struct TaskStop {
  schemas::TaskId task;
  schemas::StopCode code = schemas::StopCode::service_scheduler_initiated;
  std::string reason;
  bool operator==(const TaskStop&) const = default;
};

struct DeploymentChange {
  enum class Kind : std::uint8_t {
    completed,  ///< all its tasks are healthy and no other deployment has any
    removed,    ///< superseded and without tasks: it drops out of the service
    failed,     ///< its circuit breaker gave it up: no more of its tasks are started
    recovered,  ///< a task became healthy: the breaker's count begins anew
    paused,     ///< it has reached a stage whose hooks wait for an action
    released,   ///< hooks ran out of time, and it goes on
    expired,    ///< hooks ran out of time, and it is given up
  };
  schemas::DeploymentId deployment;
  Kind kind = Kind::completed;
  bool operator==(const DeploymentChange&) const = default;
};

struct ServicePlan {
  std::vector<TaskStart> starts;
  std::vector<TaskStop> stops;
  std::vector<DeploymentChange> deployments;
  std::optional<schemas::ServiceStatus> status;  ///< draining to inactive
  std::optional<std::int64_t> desired_count{};   ///< of a DAEMON, when it is another than before
  /// With a deployment that failed or expired: what the service goes back to (`return_to`).
  std::optional<schemas::DeploymentId> rollback_to;
  std::vector<std::string> events;  ///< messages, oldest first
  /// The earliest instant at which time alone changes the plan. Absent: nothing but a change of
  /// the service, its tasks or their hosts does.
  std::optional<schemas::Instant> next_wake;
  bool operator==(const ServicePlan&) const = default;
};

/// Plans a REPLICA service, or one of any kind that is being deleted, within ceil(desired x minimum
/// %) healthy and floor(desired x maximum %) wanted tasks (tasks told to stop count towards
/// neither). A protected task is not stopped to scale in, for a deployment or because its host
/// drains; it is when its checks fail or the service ends.
///
/// A deployment that hooks hold before it starts leaves the service as it was: what was completed
/// last is kept up to the service's count in its place. One that they hold before it ends stops no
/// task of what it replaces, unless the ceiling leaves no other room to start its own.
///
/// A service at rest that is to be evened out has one task more for a time (`rebalancing.h`);
/// `zones` are those in which its next task could start.
ServicePlan plan_service(const schemas::Service& service, std::span<const ServiceTask> tasks,
                         const DeploySettings& settings, schemas::Instant now,
                         std::span<const std::string> zones = {});

/// Writes the plan's `deployments`, `status` and `desired_count` into the service. Starts, stops
/// and events are the caller's: they need ids.
void settle(schemas::Service& service, const ServicePlan& plan, schemas::Instant now);

}  // namespace control

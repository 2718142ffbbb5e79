#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "schemas/base/id.h"
#include "schemas/base/time.h"
#include "schemas/model/task.h"

namespace schemas {

enum class ServiceStatus : std::uint8_t { active, draining, inactive };
enum class SchedulingStrategy : std::uint8_t { replica, daemon };
enum class DeploymentStatus : std::uint8_t { primary, active, inactive };
enum class RolloutState : std::uint8_t { in_progress, completed, failed };

/// How the circuit breaker's threshold follows from its value.
enum class ThresholdType : std::uint8_t { count, bounded_percent, unbounded_percent };

/// Gives a deployment up whose tasks keep failing.
struct CircuitBreaker {
  bool enable = false;
  bool rollback = false;  ///< and goes back to what was completed last
  bool reset_on_healthy_task = true;
  ThresholdType threshold_type = ThresholdType::bounded_percent;
  std::int64_t threshold_value = 50;
  bool operator==(const CircuitBreaker&) const = default;
};

/// Where a hook can hold a deployment, in the order in which it gets there.
enum class LifecycleStage : std::uint8_t {
  reconcile_service,  ///< before anything, when several revisions ran as it began
  pre_scale_up,       ///< before the first task of the new revision starts
  post_scale_up,      ///< when all of them are healthy, and before the last old task stops
};

/// How a hook lets a deployment go.
enum class HookAction : std::uint8_t { rollback, proceed };

/// A PAUSE hook: a deployment that reaches one of its stages waits there until somebody says how to
/// go on (ContinueServiceDeployment), or until its time is out.
struct LifecycleHook {
  std::vector<LifecycleStage> stages;
  std::int64_t timeout_min = 1440;
  HookAction timeout_action = HookAction::rollback;
  bool operator==(const LifecycleHook&) const = default;
};

enum class HookStatus : std::uint8_t { ahead, awaiting_action, succeeded, failed, timed_out };

/// A hook at one stage of one deployment.
struct DeploymentHook {
  std::string id;
  LifecycleStage stage = LifecycleStage::reconcile_service;
  std::int64_t timeout_min = 1440;
  HookAction timeout_action = HookAction::rollback;
  HookStatus status = HookStatus::ahead;
  std::optional<Instant> expires_at;  ///< since the stage was reached
  bool operator==(const DeploymentHook&) const = default;
};

struct DeploymentConfiguration {
  std::int64_t minimum_healthy_percent = 100;
  std::int64_t maximum_percent = 200;
  CircuitBreaker circuit_breaker{};
  std::vector<LifecycleHook> lifecycle_hooks{};
  bool operator==(const DeploymentConfiguration&) const = default;
};

/// By container, what the first task of a deployment found behind the tag of its image: what the
/// later ones run.
using ImageDigests = std::map<std::string, std::string>;

/// A task set of a service whose controller is EXTERNAL: what it is beyond a deployment.
struct TaskSet {
  /// Of the service's desired count: 100 percent are 100'000'000.
  std::int64_t scale_micro_percent = 0;
  std::string external_id;
  std::string client_token;
  std::vector<Tag> tags;
  bool draining = false;  ///< deleted: it goes when its last task has stopped
  bool forced = false;    ///< and protected tasks of it are stopped, too
  ImageDigests image_digests{};
};

/// One attempt to bring a service to one revision of what it runs, or a task set of it.
struct Deployment {
  DeploymentId id;
  DeploymentStatus status = DeploymentStatus::primary;
  TaskSpecificationRef specification;  ///< what each of its tasks is made from
  RolloutState rollout_state = RolloutState::in_progress;
  std::string rollout_state_reason;
  std::int64_t failed_tasks = 0;  ///< consecutive, reset when a task runs
  Instant created_at{};
  Instant updated_at{};
  /// Placement of failing tasks waits until then, longer after each failure.
  std::optional<Instant> throttled_until;
  Duration throttle_delay{};  ///< how long the last wait was; 0 = nothing has failed
  /// What the circuit breaker counts, from the deployment's beginning until it is completed.
  std::int64_t breaker_failures = 0;
  std::optional<Instant> last_failure_at;
  std::string last_failure;  ///< why the last of its tasks failed
  /// In the order in which it meets them. What it began with stays, whatever the service is told
  /// later.
  std::vector<DeploymentHook> hooks;
  std::optional<TaskSet> task_set;  ///< of a service whose controller is EXTERNAL
};

enum class ServiceDeploymentStatus : std::uint8_t {
  pending,
  in_progress,
  successful,
  stop_requested,
  stopped,
  rollback_requested,
  rollback_in_progress,
  rollback_successful,
  rollback_failed,
};

/// What became of a circuit breaker's watch.
enum class MonitorStatus : std::uint8_t { disabled, monitoring, monitoring_complete, triggered };

/// A service deployment that went back to what the service was before.
struct Rollback {
  std::string reason;
  Instant started_at{};
  DeploymentId revision;  ///< what it goes back to
  bool operator==(const Rollback&) const = default;
};

/// The record of one change of what a service runs: the revision that it leads to, frozen, and how
/// it went. It outlives the tasks; its id is its deployment's and its revision's.
struct ServiceDeployment {
  std::int64_t key = 0;
  std::int64_t service = 0;
  DeploymentId id;
  TaskSpecificationRef specification;
  Instant created_at{};
  // So far it never changes; from here on it is what became of it.
  ServiceDeploymentStatus status = ServiceDeploymentStatus::in_progress;
  std::string status_reason;
  DeploymentConfiguration configuration;
  std::vector<DeploymentId> sources;  ///< the revisions that ran when it began
  Instant updated_at{};
  std::optional<Instant> finished_at;
  std::optional<Instant> stopped_at;
  MonitorStatus breaker = MonitorStatus::disabled;
  std::int64_t breaker_failures = 0;
  std::int64_t breaker_threshold = 0;
  std::optional<Rollback> rollback;
  std::vector<DeploymentHook> hooks;  ///< as its deployment has them, or had them last
  ImageDigests image_digests{};
};

/// What a service keeps of which somebody else decides what it runs, task set by task set.
struct ExternalController {
  std::vector<PlacementConstraint> placement_constraints;
  std::vector<PlacementStrategy> placement_strategy;
  bool operator==(const ExternalController&) const = default;
};

struct ServiceEvent {
  EventId id;
  Instant created_at{};
  std::string message;
};

struct Service {
  std::int64_t key = 0;
  std::int64_t cluster = 0;
  std::string name;
  ServiceStatus status = ServiceStatus::active;
  SchedulingStrategy scheduling_strategy = SchedulingStrategy::replica;
  std::int64_t desired_count = 0;
  DeploymentConfiguration deployment_configuration;
  std::int64_t health_check_grace_period_s = 0;
  /// The primary first, older ones after it. With the EXTERNAL controller its task sets, the
  /// primary first, if there is one.
  std::vector<Deployment> deployments;
  std::deque<ServiceEvent> events;  ///< newest first, 100 at most
  std::vector<Tag> tags;
  bool enable_ecs_managed_tags = false;
  std::string propagate_tags;
  std::string client_token;
  std::string created_by;
  Instant created_at{};
  DeploymentId current;         ///< the service deployment that moves it, or moved it last
  DeploymentId last_completed;  ///< what a rollback goes back to; empty = nothing was completed yet
  bool availability_zone_rebalancing = false;  ///< tasks move to zones that have fewer
  std::optional<ExternalController> external;  ///< present: its deployment controller is EXTERNAL
};

}  // namespace schemas

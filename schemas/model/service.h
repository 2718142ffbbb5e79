#pragma once

#include <cstdint>
#include <deque>
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

struct DeploymentConfiguration {
  std::int64_t minimum_healthy_percent = 100;
  std::int64_t maximum_percent = 200;
  bool operator==(const DeploymentConfiguration&) const = default;
};

/// One attempt to bring a service to one revision of what it runs.
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
  std::vector<Deployment> deployments;  ///< the primary first, older ones after it
  std::deque<ServiceEvent> events;      ///< newest first, 100 at most
  std::vector<Tag> tags;
  bool enable_ecs_managed_tags = false;
  std::string propagate_tags;
  std::string client_token;
  std::string created_by;
  Instant created_at{};
};

}  // namespace schemas

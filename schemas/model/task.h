#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "schemas/base/address.h"
#include "schemas/base/id.h"
#include "schemas/base/time.h"
#include "schemas/base/units.h"
#include "schemas/model/capacity_provider.h"
#include "schemas/model/task_definition.h"

namespace schemas {

/// The order is the contract: a task only ever moves to a later status, so of two reports about
/// one task the later status is the newer truth, whatever order they arrived in.
enum class TaskStatus : std::uint8_t {
  provisioning,
  pending,
  activating,
  running,
  deactivating,
  stopping,
  deprovisioning,
  stopped,
};

enum class ContainerStatus : std::uint8_t { pending, running, stopped };

enum class HealthStatus : std::uint8_t { unknown, healthy, unhealthy };

enum class StopCode : std::uint8_t {
  none,
  task_failed_to_start,
  essential_container_exited,
  user_initiated,
  service_scheduler_initiated,
  spot_interruption,
  termination_notice,
  infrastructure_health,
};

struct NetworkBinding {
  Ipv4 bind_ip;
  std::int64_t container_port = 0;
  std::int64_t host_port = 0;
  TransportProtocol protocol = TransportProtocol::tcp;
  bool operator==(const NetworkBinding&) const = default;
};

/// What is known of one container of a task; folded from reports, forward only.
struct Container {
  ContainerId id;
  std::string name;
  ContainerStatus last_status = ContainerStatus::pending;
  std::optional<std::int64_t> exit_code;
  std::string reason;
  std::string runtime_id;
  std::string image_digest;
  HealthStatus health = HealthStatus::unknown;
  std::vector<NetworkBinding> network_bindings;
  bool operator==(const Container&) const = default;
};

/// What RunTask may change of one container.
struct ContainerOverride {
  std::string name;
  std::optional<std::vector<std::string>> command;
  std::vector<KeyValue> environment;
  std::optional<CpuUnits> cpu;
  std::optional<MemoryMib> memory;
  std::optional<MemoryMib> memory_reservation;
  bool operator==(const ContainerOverride&) const = default;
};

struct TaskOverride {
  std::vector<ContainerOverride> containers;
  std::optional<CpuUnits> cpu;
  std::optional<MemoryMib> memory;
  std::string task_role_arn;
  std::string execution_role_arn;
  bool operator==(const TaskOverride&) const = default;
};

/// Where an awsvpc task wants its network interface.
struct NetworkConfiguration {
  std::vector<SubnetId> subnets;
  std::vector<SecurityGroupId> security_groups;
  bool assign_public_ip = false;
  bool operator==(const NetworkConfiguration&) const = default;
};

/// What a task is, decided once when it is created and never changed.
struct TaskSpecification {
  TaskDefinitionRef definition;
  TaskOverride overrides;
  LaunchType launch_type = LaunchType::ec2;
  std::optional<NetworkConfiguration> network;  ///< awsvpc only
  std::string platform_version;                 ///< Fargate only
  std::string group;  ///< "service:NAME" or "family:FAMILY" or the caller's
  std::string started_by;
  std::vector<PlacementConstraint> placement_constraints;
  std::vector<PlacementStrategy> placement_strategy;
  std::vector<Tag> tags;
  CpuUnits cpu;      ///< taken from the host, overrides counted
  MemoryMib memory;  ///< taken from the host, overrides counted
  bool enable_ecs_managed_tags = false;
  /// Names own providers (`launch_type` ec2) or FARGATE and FARGATE_SPOT, never both. Empty = none.
  CapacityProviderStrategy capacity_provider_strategy;
};
using TaskSpecificationRef = std::shared_ptr<const TaskSpecification>;

/// A task. `desired_status` is written by control's decisions only, `last_status` and what follows
/// from it only by folding an agent's reports (`control/core/lifecycle`).
struct Task {
  std::int64_t key = 0;  ///< row key; also the order of creation
  TaskId id;
  std::int64_t cluster = 0;  ///< row key of its cluster
  std::int64_t service = 0;  ///< row key of its service, 0 = standalone
  DeploymentId deployment;   ///< empty = standalone
  TaskSpecificationRef specification;
  std::string capacity_provider;  ///< which of its strategy's; empty = it has none

  std::optional<InstanceId> instance;  ///< where it was placed
  std::optional<EniId> eni;
  TaskStatus last_status = TaskStatus::provisioning;
  TaskStatus desired_status = TaskStatus::running;
  HealthStatus health = HealthStatus::unknown;
  std::vector<Container> containers;
  StopCode stop_code = StopCode::none;
  std::string stopped_reason;
  std::string availability_zone;
  std::int64_t version = 1;  ///< counts event-worthy changes

  Instant created_at{};
  std::optional<Instant> placed_at;
  std::optional<Instant> pull_started_at;
  std::optional<Instant> pull_stopped_at;
  std::optional<Instant> connectivity_at;
  std::optional<Instant> started_at;
  std::optional<Instant> stopping_at;
  std::optional<Instant> execution_stopped_at;
  std::optional<Instant> stopped_at;
  /// Neither a deployment nor scaling in stops it before then. Absent: it was never protected, or
  /// the protection was taken from it.
  std::optional<Instant> protected_until{};
};

}  // namespace schemas

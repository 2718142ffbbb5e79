#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "schemas/base/time.h"
#include "schemas/base/units.h"
#include "schemas/model/tag.h"

namespace schemas {

enum class NetworkMode : std::uint8_t { awsvpc, bridge, host, none };
enum class LaunchType : std::uint8_t { ec2, fargate };
enum class TransportProtocol : std::uint8_t { tcp, udp };

struct PortMapping {
  std::int64_t container_port = 0;
  std::int64_t host_port = 0;  ///< 0 in bridge mode: the host picks one
  TransportProtocol protocol = TransportProtocol::tcp;
  std::string name;
  std::string app_protocol;
  bool operator==(const PortMapping&) const = default;
};

struct KeyValue {
  std::string name;
  std::string value;
  auto operator<=>(const KeyValue&) const = default;
};

/// What must be true of another container of the task before this one starts.
enum class DependencyCondition : std::uint8_t { start, complete, success, healthy };

struct ContainerDependency {
  std::string container_name;
  DependencyCondition condition = DependencyCondition::start;
  bool operator==(const ContainerDependency&) const = default;
};

/// A container as a task definition states it, defaults filled in. `command` and `entry_point`
/// are absent when the image decides.
struct ContainerDefinition {
  std::string name;
  std::string image;
  std::optional<std::vector<std::string>> command;
  std::optional<std::vector<std::string>> entry_point;
  std::vector<KeyValue> environment;
  std::string working_directory;
  std::string user;
  CpuUnits cpu;                                 ///< share of the task; 0 = no share stated
  std::optional<MemoryMib> memory;              ///< hard limit
  std::optional<MemoryMib> memory_reservation;  ///< soft limit, what placement counts
  bool essential = true;
  std::vector<ContainerDependency> depends_on;
  std::vector<PortMapping> port_mappings;
  std::optional<Duration> start_timeout;
  std::optional<Duration> stop_timeout;  ///< from stop signal to kill; 30 s when absent
  bool readonly_root_filesystem = false;
  std::map<std::string, std::string> docker_labels;
  bool operator==(const ContainerDefinition&) const = default;
};

enum class TaskDefinitionStatus : std::uint8_t { active, inactive, delete_in_progress };

struct PlacementConstraint {
  enum class Type : std::uint8_t { distinct_instance, member_of };
  Type type = Type::distinct_instance;
  std::string expression;
  bool operator==(const PlacementConstraint&) const = default;
};

struct PlacementStrategy {
  enum class Type : std::uint8_t { random, spread, binpack };
  Type type = Type::spread;
  std::string field;
  bool operator==(const PlacementStrategy&) const = default;
};

/// One immutable revision of a family. Only `status` and its instants ever change.
struct TaskDefinition {
  std::int64_t key = 0;
  std::string family;
  std::int64_t revision = 0;
  TaskDefinitionStatus status = TaskDefinitionStatus::active;
  NetworkMode network_mode = NetworkMode::bridge;
  std::optional<CpuUnits> cpu;      ///< task level; required on Fargate
  std::optional<MemoryMib> memory;  ///< task level; required on Fargate
  std::vector<ContainerDefinition> containers;
  std::vector<LaunchType> compatibilities;
  std::vector<LaunchType> requires_compatibilities;
  std::vector<std::string> requires_attributes;
  std::vector<PlacementConstraint> placement_constraints;
  std::string task_role_arn;
  std::string execution_role_arn;
  std::string cpu_architecture;         ///< as stated, "X86_64"; empty = not stated
  std::string operating_system_family;  ///< as stated, "LINUX"; empty = not stated
  std::vector<Tag> tags;
  Instant registered_at{};
  std::string registered_by;
  std::optional<Instant> deregistered_at;
  bool operator==(const TaskDefinition&) const = default;
};
using TaskDefinitionRef = std::shared_ptr<const TaskDefinition>;

/// What a task takes from its host: task-level CPU and memory if stated, else the sum of its
/// containers' CPU and of their reservations (else hard limits).
CpuUnits reserved_cpu(const TaskDefinition& definition);
MemoryMib reserved_memory(const TaskDefinition& definition);

}  // namespace schemas

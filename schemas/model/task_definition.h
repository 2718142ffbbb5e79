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

/// A command that says whether a container is well. Defaults are ECS's.
struct HealthCheck {
  std::vector<std::string> command;  ///< ["CMD", …] or ["CMD-SHELL", line]
  Duration interval{30'000};         ///< between the end of a check and the next
  Duration timeout{5'000};           ///< longer counts as a failure
  std::int64_t retries = 3;          ///< failures in a row until it is unhealthy
  Duration start_period{0};          ///< failures in it do not count
  bool operator==(const HealthCheck&) const = default;
};

/// Starts a container that ended again, inside the same task.
struct RestartPolicy {
  bool enabled = false;
  std::vector<std::int64_t> ignored_exit_codes;  ///< these ends are ends
  Duration attempt_period{300'000};              ///< it must have run this long to be started again
  bool operator==(const RestartPolicy&) const = default;
};

/// A place in a container where a volume of the task is seen.
struct MountPoint {
  std::string source_volume;
  std::string container_path;
  bool read_only = false;
  bool operator==(const MountPoint&) const = default;
};

/// All mounts of another container of the task.
struct VolumeFrom {
  std::string source_container;
  bool read_only = false;
  bool operator==(const VolumeFrom&) const = default;
};

/// `hard` and `soft` as setrlimit(2) takes them; -1 = no limit.
struct Ulimit {
  std::string name;  ///< "nofile", "nproc", …
  std::int64_t soft = 0;
  std::int64_t hard = 0;
  bool operator==(const Ulimit&) const = default;
};

/// A device of the host that a container sees. Hosts of one's own only.
struct Device {
  std::string host_path;
  std::string container_path;            ///< empty = as on the host
  std::vector<std::string> permissions;  ///< "read", "write", "mknod"; empty = all
  bool operator==(const Device&) const = default;
};

struct Tmpfs {
  std::string container_path;
  MemoryMib size;
  std::vector<std::string> mount_options;
  bool operator==(const Tmpfs&) const = default;
};

struct LinuxParameters {
  std::vector<std::string> capabilities_add;   ///< "NET_ADMIN", or "ALL"
  std::vector<std::string> capabilities_drop;  ///< "CHOWN", or "ALL"
  std::vector<Device> devices;
  bool init_process_enabled = false;  ///< an init as process 1, which reaps and forwards signals
  std::optional<MemoryMib> shared_memory_size;  ///< of /dev/shm; 64 MiB when absent
  std::vector<Tmpfs> tmpfs;
  std::optional<MemoryMib> max_swap;       ///< swap beyond `memory`; absent = the host's default
  std::optional<std::int64_t> swappiness;  ///< 0 to 100
  bool operator==(const LinuxParameters&) const = default;
};

/// Whether all tasks of a service's deployment run the very image that its first one found.
enum class VersionConsistency : std::uint8_t { enabled, disabled };

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
  bool privileged = false;  ///< all that root on the host may; hosts of one's own only
  std::optional<HealthCheck> health_check;
  std::optional<RestartPolicy> restart_policy;
  std::vector<MountPoint> mount_points;
  std::vector<VolumeFrom> volumes_from;
  std::vector<Ulimit> ulimits;
  std::optional<LinuxParameters> linux_parameters;
  std::map<std::string, std::string> docker_labels;
  std::optional<VersionConsistency> version_consistency;  ///< enabled when absent
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

/// A directory that containers of a task share: of the host (`source_path`), or the task's own,
/// which goes with it.
struct Volume {
  std::string name;
  std::string source_path;  ///< empty = scratch
  bool operator==(const Volume&) const = default;
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
  std::vector<Volume> volumes;
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

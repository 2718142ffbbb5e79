#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "schemas/base/address.h"
#include "schemas/base/id.h"
#include "schemas/base/time.h"
#include "schemas/base/units.h"
#include "schemas/model/capacity_provider.h"
#include "schemas/model/scope.h"
#include "schemas/model/tag.h"

namespace schemas {

enum class ClusterStatus : std::uint8_t { active, inactive };

/// How much /metrics tells of a cluster: nothing, its tasks and services, or each service as well.
enum class ContainerInsights : std::uint8_t { disabled, enabled, enhanced };

/// Whether sessions are logged: not, as their containers log, or as is stated.
enum class ExecuteCommandLogging : std::uint8_t { none, as_containers, overridden };

/// Where sessions are to be logged, each member as it was stated.
struct ExecuteCommandLogConfiguration {
  std::optional<std::string> cloud_watch_log_group_name;
  std::optional<bool> cloud_watch_encryption_enabled;
  std::optional<std::string> s3_bucket_name;
  std::optional<bool> s3_encryption_enabled;
  std::optional<std::string> s3_key_prefix;
  bool operator==(const ExecuteCommandLogConfiguration&) const = default;
};

/// What a cluster asks of the sessions that are opened into its tasks.
struct ExecuteCommandConfiguration {
  std::optional<std::string> kms_key_id;
  std::optional<ExecuteCommandLogging> logging;
  std::optional<ExecuteCommandLogConfiguration> log;
  bool operator==(const ExecuteCommandConfiguration&) const = default;
};

/// What its owner may change of a cluster at any time.
struct ClusterConfiguration {
  ContainerInsights container_insights = ContainerInsights::disabled;
  std::optional<ExecuteCommandConfiguration> execute_command;
  std::vector<std::string> capacity_providers;  ///< those that strategies may name here
  CapacityProviderStrategy default_strategy;    ///< of who states neither one nor a launch type
  bool operator==(const ClusterConfiguration&) const = default;
};

struct Cluster {
  std::int64_t key = 0;
  Scope scope;
  std::string name;
  ClusterStatus status = ClusterStatus::active;
  std::vector<Tag> tags;
  Instant created_at{};
  ClusterConfiguration configuration;
};

enum class InstanceStatus : std::uint8_t { active, draining, inactive };

/// What a host says it has. `address` is where other hosts reach it (the VXLAN end point).
struct Inventory {
  CpuUnits cpu;
  MemoryMib memory;
  std::int64_t eni_capacity = 0;
  std::string availability_zone;
  Ipv4 address;
  std::optional<Cidr> public_cidr;                ///< pool hosts: where public addresses come from
  std::map<std::string, std::string> attributes;  ///< ecs.os-type, ecs.cpu-architecture, …
  std::string agent_version;
  std::string engine_version;  ///< for example "crun 1.8.1"
  bool operator==(const Inventory&) const = default;
};

/// A registered host: of one cluster (EC2 mode), or of the shared pool (`cluster` 0).
struct ContainerInstance {
  std::int64_t key = 0;
  InstanceId id;
  Scope scope;  ///< whose it is; the operator's own scope for pool hosts
  std::int64_t cluster = 0;
  InstanceStatus status = InstanceStatus::active;
  Inventory inventory;
  /// Those that callers put there, beside what the host says of itself.
  std::map<std::string, std::string> attributes;
  std::vector<Tag> tags;
  std::string identity_hash;  ///< SHA-256 (hex) of the secret that names this instance
  std::string boot_id;
  bool connected = false;  ///< its lease is current; in memory only
  Instant lease_until{};   ///< in memory only: a restart of control grants a full grace
  Instant registered_at{};
  std::int64_t version = 1;
  [[nodiscard]] bool pool() const { return cluster == 0; }
};

}  // namespace schemas

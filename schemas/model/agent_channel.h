#pragma once

// What agents and control say to each other: POST /agent/v1/join, /agent/v1/sync and
// /agent/v1/streams/{ask}. Everything may be lost, repeated or late; nothing here minds.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "schemas/base/address.h"
#include "schemas/base/id.h"
#include "schemas/base/time.h"
#include "schemas/base/units.h"
#include "schemas/model/cluster.h"
#include "schemas/model/meter.h"
#include "schemas/model/network.h"
#include "schemas/model/task.h"

namespace schemas {

struct JoinRequest {
  std::string token;  ///< single use; empty where control runs with --auth off
  /// 64 hex digits that the agent drew and keeps: `Authorization: Bearer <secret>` from now on. The
  /// same secret again is the same host again, so an answer that was lost costs nothing.
  std::string secret;
  std::string cluster;  ///< name; empty for a pool host
  bool pool = false;
  std::string boot_id;
  Inventory inventory;
};

struct JoinAnswer {
  InstanceId instance;
  std::string instance_arn;
  std::string secret;  ///< the agent's own, which control does not send back; in its file only
  Scope scope;
  std::string cluster_arn;
};

/// One container as the host must run it: overrides applied, image as the definition states it.
struct ContainerAssignment {
  ContainerId id;
  ContainerDefinition definition;
  std::string image_digest;  ///< "sha256:…" when pinned, else empty: the tag decides
  bool operator==(const ContainerAssignment&) const = default;
};

/// A task that this host must run (desired running) or stop (desired stopped).
struct TaskAssignment {
  TaskId id;
  std::string arn;
  std::string cluster_arn;
  Scope scope;
  std::string family;
  std::int64_t revision = 0;
  std::string service_name;  ///< empty = standalone
  std::string group;
  std::string availability_zone;
  std::string vpc_id;
  LaunchType launch_type = LaunchType::ec2;
  NetworkMode network_mode = NetworkMode::bridge;
  TaskStatus desired_status = TaskStatus::running;
  std::string stop_reason;            ///< why it must stop, for the host's log
  std::optional<CpuUnits> cpu_limit;  ///< task-level limits; pool tasks always have them
  std::optional<MemoryMib> memory_limit;
  bool metered = false;
  std::optional<EniId> eni;  ///< awsvpc: among `enis` of the same or an earlier answer
  std::vector<ContainerAssignment> containers;
  std::vector<Volume> volumes;
  std::string task_role_arn;       ///< whose credentials its containers are served; empty = none
  std::string execution_role_arn;  ///< whose credentials the agent uses for it; empty = none
  std::vector<Tag> tags;
  bool operator==(const TaskAssignment&) const = default;
};

/// An interface to make on this host, in the task's network namespace, as eth0.
struct EniAssignment {
  EniId id;
  AttachmentId attachment;
  VpcId vpc;
  SubnetId subnet;
  TaskId task;
  Mac mac;
  Ipv4 address;
  std::optional<Ipv4> public_address;  ///< 1:1 with `address`, reachable from outside the VPC
  std::vector<SecurityGroupId> security_groups;
  std::string private_dns_name;
  bool operator==(const EniAssignment&) const = default;
};

/// A subnet of a VPC that has interfaces on this host. All subnets of such a VPC are sent, so
/// that any task can reach any other of its VPC.
struct SubnetAssignment {
  SubnetId id;
  VpcId vpc;
  Cidr cidr;
  Ipv4 gateway;
  Mac gateway_mac;  ///< the same on every host: each answers for the gateway of its own tasks
  std::uint32_t vni = 0;
  std::string availability_zone;
  bool operator==(const SubnetAssignment&) const = default;
};

/// An interface of the same VPC on another host: where to send its frames.
struct Neighbour {
  EniId id;
  VpcId vpc;
  SubnetId subnet;
  Mac mac;
  Ipv4 address;
  Ipv4 host_address;
  std::vector<SecurityGroupId> security_groups;
  bool operator==(const Neighbour&) const = default;
};

/// A security group that an interface on this host has, or that a rule of such a group names. Who
/// its members are follows from the interfaces here and from the neighbours.
struct SecurityGroupAssignment {
  SecurityGroupId id;
  VpcId vpc;
  std::vector<SecurityRule> rules;
  bool operator==(const SecurityGroupAssignment&) const = default;
};

enum class RoleUse : std::uint8_t { task, execution };

/// Temporary credentials of a role of one of this host's tasks. Sent anew well before they expire;
/// never saved and never logged.
struct RoleCredentials {
  TaskId task;
  RoleUse use = RoleUse::task;
  std::string role_arn;
  std::string access_key_id;
  std::string secret_access_key;
  std::string session_token;
  Instant expires_at{};
  bool operator==(const RoleCredentials&) const = default;
};

struct ContainerReport {
  std::string name;
  ContainerStatus status = ContainerStatus::pending;
  std::optional<std::int64_t> exit_code;
  std::string reason;
  std::string runtime_id;
  std::string image_digest;
  HealthStatus health = HealthStatus::unknown;
  std::vector<NetworkBinding> network_bindings;
  bool operator==(const ContainerReport&) const = default;
};

/// What a host says of one of its tasks: always the whole, never a difference.
struct TaskReport {
  TaskId id;
  TaskStatus status = TaskStatus::pending;
  StopCode stop_code = StopCode::none;
  std::string stopped_reason;
  std::vector<ContainerReport> containers;
  bool eni_attached = false;
  std::optional<Instant> pull_started_at;
  std::optional<Instant> pull_stopped_at;
  std::optional<Instant> started_at;
  std::optional<Instant> execution_stopped_at;
  std::optional<Instant> stopped_at;
  bool operator==(const TaskReport&) const = default;
};

enum class AskPurpose : std::uint8_t { read_log, follow_log };

/// Something control wants of this host on behalf of a caller: the agent answers by opening
/// POST /agent/v1/streams/{id} and sending newline-delimited `LogLine`s.
struct Ask {
  AskId id;
  AskPurpose purpose = AskPurpose::read_log;
  TaskId task;
  std::string container;
  std::int64_t tail_lines = -1;  ///< -1 = from the beginning
  bool operator==(const Ask&) const = default;
};

struct LogLine {
  std::string container;
  Instant at{};
  std::string stream;  ///< "stdout" or "stderr"
  std::string text;
};

struct SyncRequest {
  InstanceId agent;
  std::string boot_id;
  /// Grows by one with each new report; control acknowledges the highest it has made durable.
  std::int64_t report_sequence = 0;
  std::vector<TaskReport> tasks;    ///< changed since the last acknowledged report
  std::vector<MeterRecord> meters;  ///< not yet acknowledged
  std::vector<EniId> removed_enis;  ///< gone from this host: their addresses may be given out again
  std::optional<Inventory> inventory;        ///< on the first sync of a process and when it changes
  std::optional<std::int64_t> have_version;  ///< absent: send everything
  std::int64_t hold_ms = 0;                  ///< answer at once if 0, else wait that long for news
};

struct SyncAnswer {
  std::int64_t acknowledged = 0;
  std::int64_t version = 0;
  /// True: the sets below are all there is, and what this host has beyond them must go.
  bool full = false;
  std::vector<TaskAssignment> tasks_set;
  std::vector<TaskId> tasks_gone;  ///< stopped and reported: the host may forget them
  std::vector<EniAssignment> enis_set;
  std::vector<EniId> enis_gone;
  std::vector<SubnetAssignment> subnets_set;
  std::vector<SubnetId> subnets_gone;
  std::vector<Neighbour> neighbours_set;
  std::vector<EniId> neighbours_gone;
  std::vector<SecurityGroupAssignment> groups_set;
  std::vector<SecurityGroupId> groups_gone;
  std::vector<RoleCredentials> credentials;  ///< new or renewed; a task's go with the task
  std::vector<Ask> asks;
  std::int64_t poll_ms = 20'000;
};

}  // namespace schemas

#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "schemas/codec/access.h"
#include "schemas/codec/type.h"

namespace agent {

/// The documents' shapes, in ECS's words. What is optional and absent is left out.
struct LimitsDocument {
  std::optional<double> cpu;  ///< vCPUs for a task, CPU units for a container
  std::optional<std::int64_t> memory;
};
struct PortDocument {
  std::int64_t container_port = 0;
  std::string protocol;
  std::optional<std::int64_t> host_port;
  std::optional<std::string> host_ip;
};
struct NetworkDocument {
  std::string network_mode;
  std::vector<std::string> ipv4_addresses;
  std::optional<std::int64_t> attachment_index;
  std::optional<std::string> mac_address;
  std::optional<std::string> ipv4_subnet_cidr_block;
  std::optional<std::string> private_dns_name;
  std::optional<std::string> subnet_gateway;
};
struct HealthDocument {
  std::string status;
  std::optional<std::string> status_since;
  std::optional<std::int64_t> exit_code;
  std::optional<std::string> output;
};
struct VolumeDocument {
  std::string docker_name;  ///< of a volume of the task's own
  std::string source;
  std::string destination;
};
struct ContainerDocument {
  std::string docker_id;
  std::string name;
  std::string docker_name;
  std::string image;
  std::string image_id;
  std::vector<PortDocument> ports;
  std::map<std::string, std::string> labels;
  std::string desired_status;
  std::string known_status;
  std::optional<std::int64_t> exit_code;
  LimitsDocument limits;
  std::optional<std::string> created_at;
  std::optional<std::string> started_at;
  std::optional<std::string> finished_at;
  std::string type;
  std::string container_arn;
  std::optional<HealthDocument> health;
  std::optional<std::vector<VolumeDocument>> volumes;
  std::vector<NetworkDocument> networks;
  std::optional<std::int64_t> restart_count;  ///< where there is a restart policy
};
struct TaskDocument {
  std::string cluster;
  std::string task_arn;
  std::string family;
  std::string revision;
  std::optional<std::string> service_name;
  std::string desired_status;
  std::string known_status;
  std::optional<LimitsDocument> limits;
  std::optional<std::string> pull_started_at;
  std::optional<std::string> pull_stopped_at;
  std::optional<std::string> execution_stopped_at;
  std::string availability_zone;
  std::string launch_type;
  std::optional<std::string> vpc_id;
  std::optional<std::string> group;
  std::vector<ContainerDocument> containers;
  std::optional<std::map<std::string, std::string>> task_tags;
  bool fault_injection_enabled = false;
};
struct CpuUsageDocument {
  std::int64_t total_usage = 0;
};
struct CpuStatsDocument {
  CpuUsageDocument cpu_usage;
  std::int64_t system_cpu_usage = 0;
  std::int64_t online_cpus = 0;
};
struct MemoryStatsDocument {
  std::int64_t usage = 0;
  std::int64_t max_usage = 0;
  std::int64_t limit = 0;
};
struct StatsDocument {
  std::string read;
  std::string name;
  std::string id;
  CpuStatsDocument cpu_stats;
  MemoryStatsDocument memory_stats;
};

/// A task role's credentials, as the SDKs' container provider reads them.
struct CredentialsDocument {
  std::string role_arn;
  std::string access_key_id;
  std::string secret_access_key;
  std::string token;
  std::string expiration;
};
struct CredentialsRefusal {
  std::string code;
  std::string message;
  std::int64_t status = 0;
};

/// JSON as a container reads it: what is absent is left out, what is empty is written.
std::string to_json(const TaskDocument& document);
std::string to_json(const ContainerDocument& document);
std::string to_json(const StatsDocument& document);
std::string to_json(const std::map<std::string, StatsDocument>& documents);
std::string to_json(const CredentialsDocument& document);
std::string to_json(const CredentialsRefusal& document);

}  // namespace agent

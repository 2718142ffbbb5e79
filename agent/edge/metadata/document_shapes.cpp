#include "agent/edge/metadata/document_shapes.h"

#include <array>

#include "schemas/codec/engine.h"
#include "schemas/wire/table.h"

namespace codec {

#define STOWAGE_DOCUMENT(Struct, members) \
  template <>                             \
  const Type Described<agent::Struct>::type = wire::structure<agent::Struct>(#Struct, members)

namespace {

constexpr std::array limits_members{STOWAGE_MEMBER_AS(agent::LimitsDocument, cpu, "CPU"),
                                    STOWAGE_MEMBER_AS(agent::LimitsDocument, memory, "Memory")};
constexpr std::array port_members{
    STOWAGE_MEMBER_AS(agent::PortDocument, container_port, "ContainerPort"),
    STOWAGE_MEMBER_AS(agent::PortDocument, protocol, "Protocol"),
    STOWAGE_MEMBER_AS(agent::PortDocument, host_port, "HostPort"),
    STOWAGE_MEMBER_AS(agent::PortDocument, host_ip, "HostIp")};
constexpr std::array network_members{
    STOWAGE_MEMBER_AS(agent::NetworkDocument, network_mode, "NetworkMode"),
    STOWAGE_MEMBER_AS(agent::NetworkDocument, ipv4_addresses, "IPv4Addresses"),
    STOWAGE_MEMBER_AS(agent::NetworkDocument, attachment_index, "AttachmentIndex"),
    STOWAGE_MEMBER_AS(agent::NetworkDocument, mac_address, "MACAddress"),
    STOWAGE_MEMBER_AS(agent::NetworkDocument, ipv4_subnet_cidr_block, "IPv4SubnetCIDRBlock"),
    STOWAGE_MEMBER_AS(agent::NetworkDocument, private_dns_name, "PrivateDNSName"),
    STOWAGE_MEMBER_AS(agent::NetworkDocument, subnet_gateway, "SubnetGatewayIpv4Address")};

constexpr std::array health_members{
    STOWAGE_MEMBER_AS(agent::HealthDocument, status, "status"),
    STOWAGE_MEMBER_AS(agent::HealthDocument, status_since, "statusSince"),
    STOWAGE_MEMBER_AS(agent::HealthDocument, exit_code, "exitCode"),
    STOWAGE_MEMBER_AS(agent::HealthDocument, output, "output")};
constexpr std::array volume_members{
    STOWAGE_MEMBER_AS(agent::VolumeDocument, docker_name, "DockerName"),
    STOWAGE_MEMBER_AS(agent::VolumeDocument, source, "Source"),
    STOWAGE_MEMBER_AS(agent::VolumeDocument, destination, "Destination")};

}  // namespace

STOWAGE_DOCUMENT(HealthDocument, health_members);
STOWAGE_DOCUMENT(VolumeDocument, volume_members);
STOWAGE_DOCUMENT(LimitsDocument, limits_members);
STOWAGE_DOCUMENT(PortDocument, port_members);
STOWAGE_DOCUMENT(NetworkDocument, network_members);

namespace {

constexpr std::array container_members{
    STOWAGE_MEMBER_AS(agent::ContainerDocument, docker_id, "DockerId"),
    STOWAGE_MEMBER_AS(agent::ContainerDocument, name, "Name"),
    STOWAGE_MEMBER_AS(agent::ContainerDocument, docker_name, "DockerName"),
    STOWAGE_MEMBER_AS(agent::ContainerDocument, image, "Image"),
    STOWAGE_MEMBER_AS(agent::ContainerDocument, image_id, "ImageID"),
    STOWAGE_MEMBER_AS(agent::ContainerDocument, ports, "Ports"),
    STOWAGE_MEMBER_AS(agent::ContainerDocument, labels, "Labels"),
    STOWAGE_MEMBER_AS(agent::ContainerDocument, desired_status, "DesiredStatus"),
    STOWAGE_MEMBER_AS(agent::ContainerDocument, known_status, "KnownStatus"),
    STOWAGE_MEMBER_AS(agent::ContainerDocument, exit_code, "ExitCode"),
    STOWAGE_MEMBER_AS(agent::ContainerDocument, limits, "Limits"),
    STOWAGE_MEMBER_AS(agent::ContainerDocument, created_at, "CreatedAt"),
    STOWAGE_MEMBER_AS(agent::ContainerDocument, started_at, "StartedAt"),
    STOWAGE_MEMBER_AS(agent::ContainerDocument, finished_at, "FinishedAt"),
    STOWAGE_MEMBER_AS(agent::ContainerDocument, type, "Type"),
    STOWAGE_MEMBER_AS(agent::ContainerDocument, container_arn, "ContainerARN"),
    STOWAGE_MEMBER_AS(agent::ContainerDocument, health, "Health"),
    STOWAGE_MEMBER_AS(agent::ContainerDocument, volumes, "Volumes"),
    STOWAGE_MEMBER_AS(agent::ContainerDocument, networks, "Networks"),
    STOWAGE_MEMBER_AS(agent::ContainerDocument, restart_count, "RestartCount")};
constexpr std::array usage_members{STOWAGE_MEMBER(agent::CpuUsageDocument, total_usage)};

}  // namespace

STOWAGE_DOCUMENT(ContainerDocument, container_members);
STOWAGE_DOCUMENT(CpuUsageDocument, usage_members);

namespace {

constexpr std::array task_members{
    STOWAGE_MEMBER_AS(agent::TaskDocument, cluster, "Cluster"),
    STOWAGE_MEMBER_AS(agent::TaskDocument, task_arn, "TaskARN"),
    STOWAGE_MEMBER_AS(agent::TaskDocument, family, "Family"),
    STOWAGE_MEMBER_AS(agent::TaskDocument, revision, "Revision"),
    STOWAGE_MEMBER_AS(agent::TaskDocument, service_name, "ServiceName"),
    STOWAGE_MEMBER_AS(agent::TaskDocument, desired_status, "DesiredStatus"),
    STOWAGE_MEMBER_AS(agent::TaskDocument, known_status, "KnownStatus"),
    STOWAGE_MEMBER_AS(agent::TaskDocument, limits, "Limits"),
    STOWAGE_MEMBER_AS(agent::TaskDocument, pull_started_at, "PullStartedAt"),
    STOWAGE_MEMBER_AS(agent::TaskDocument, pull_stopped_at, "PullStoppedAt"),
    STOWAGE_MEMBER_AS(agent::TaskDocument, execution_stopped_at, "ExecutionStoppedAt"),
    STOWAGE_MEMBER_AS(agent::TaskDocument, availability_zone, "AvailabilityZone"),
    STOWAGE_MEMBER_AS(agent::TaskDocument, launch_type, "LaunchType"),
    STOWAGE_MEMBER_AS(agent::TaskDocument, vpc_id, "VPCID"),
    STOWAGE_MEMBER_AS(agent::TaskDocument, group, "Group"),
    STOWAGE_MEMBER_AS(agent::TaskDocument, containers, "Containers"),
    STOWAGE_MEMBER_AS(agent::TaskDocument, task_tags, "TaskTags"),
    STOWAGE_MEMBER_AS(agent::TaskDocument, fault_injection_enabled, "FaultInjectionEnabled")};
constexpr std::array cpu_stats_members{STOWAGE_MEMBER(agent::CpuStatsDocument, cpu_usage),
                                       STOWAGE_MEMBER(agent::CpuStatsDocument, system_cpu_usage),
                                       STOWAGE_MEMBER(agent::CpuStatsDocument, online_cpus)};
constexpr std::array memory_stats_members{STOWAGE_MEMBER(agent::MemoryStatsDocument, usage),
                                          STOWAGE_MEMBER(agent::MemoryStatsDocument, max_usage),
                                          STOWAGE_MEMBER(agent::MemoryStatsDocument, limit)};

}  // namespace

STOWAGE_DOCUMENT(TaskDocument, task_members);
STOWAGE_DOCUMENT(CpuStatsDocument, cpu_stats_members);
STOWAGE_DOCUMENT(MemoryStatsDocument, memory_stats_members);

namespace {

constexpr std::array stats_members{
    STOWAGE_MEMBER(agent::StatsDocument, read), STOWAGE_MEMBER(agent::StatsDocument, name),
    STOWAGE_MEMBER(agent::StatsDocument, id), STOWAGE_MEMBER(agent::StatsDocument, cpu_stats),
    STOWAGE_MEMBER(agent::StatsDocument, memory_stats)};

}  // namespace

STOWAGE_DOCUMENT(StatsDocument, stats_members);

namespace {

constexpr std::array credentials_members{
    STOWAGE_MEMBER_AS(agent::CredentialsDocument, role_arn, "RoleArn"),
    STOWAGE_MEMBER_AS(agent::CredentialsDocument, access_key_id, "AccessKeyId"),
    STOWAGE_MEMBER_AS(agent::CredentialsDocument, secret_access_key, "SecretAccessKey"),
    STOWAGE_MEMBER_AS(agent::CredentialsDocument, token, "Token"),
    STOWAGE_MEMBER_AS(agent::CredentialsDocument, expiration, "Expiration")};
constexpr std::array credentials_refusal_members{
    STOWAGE_MEMBER(agent::CredentialsRefusal, code),
    STOWAGE_MEMBER(agent::CredentialsRefusal, message),
    STOWAGE_MEMBER_AS(agent::CredentialsRefusal, status, "HTTPErrorCode")};

}  // namespace

STOWAGE_DOCUMENT(CredentialsDocument, credentials_members);
STOWAGE_DOCUMENT(CredentialsRefusal, credentials_refusal_members);

#undef STOWAGE_DOCUMENT

}  // namespace codec

namespace agent {

namespace {

constexpr codec::Dialect dialect{};

}  // namespace

std::string to_json(const TaskDocument& document) {
  return codec::encode(codec::Described<TaskDocument>::type, &document, dialect);
}

std::string to_json(const ContainerDocument& document) {
  return codec::encode(codec::Described<ContainerDocument>::type, &document, dialect);
}

std::string to_json(const StatsDocument& document) {
  return codec::encode(codec::Described<StatsDocument>::type, &document, dialect);
}

std::string to_json(const std::map<std::string, StatsDocument>& documents) {
  return codec::encode(codec::TypeOf<std::map<std::string, StatsDocument>>::type, &documents,
                       dialect);
}

std::string to_json(const CredentialsDocument& document) {
  return codec::encode(codec::Described<CredentialsDocument>::type, &document, dialect);
}

std::string to_json(const CredentialsRefusal& document) {
  return codec::encode(codec::Described<CredentialsRefusal>::type, &document, dialect);
}

}  // namespace agent

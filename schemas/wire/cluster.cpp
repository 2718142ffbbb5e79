#include "schemas/wire/table.h"

namespace codec {

namespace {

constexpr auto cluster_status_names = std::to_array<std::string_view>({"active", "inactive"});

constexpr auto instance_status_names =
    std::to_array<std::string_view>({"active", "draining", "inactive"});

constexpr std::array scope_members{
    STOWAGE_MEMBER(schemas::Scope, account),
    STOWAGE_MEMBER(schemas::Scope, region),
};

constexpr auto container_insights_names =
    std::to_array<std::string_view>({"disabled", "enabled", "enhanced"});

constexpr auto execute_command_logging_names =
    std::to_array<std::string_view>({"none", "default", "override"});

constexpr std::array execute_command_log_members{
    STOWAGE_MEMBER(schemas::ExecuteCommandLogConfiguration, cloud_watch_log_group_name),
    STOWAGE_MEMBER(schemas::ExecuteCommandLogConfiguration, cloud_watch_encryption_enabled),
    STOWAGE_MEMBER(schemas::ExecuteCommandLogConfiguration, s3_bucket_name),
    STOWAGE_MEMBER(schemas::ExecuteCommandLogConfiguration, s3_encryption_enabled),
    STOWAGE_MEMBER(schemas::ExecuteCommandLogConfiguration, s3_key_prefix),
};

constexpr std::array execute_command_configuration_members{
    STOWAGE_MEMBER(schemas::ExecuteCommandConfiguration, kms_key_id),
    STOWAGE_MEMBER(schemas::ExecuteCommandConfiguration, logging),
    STOWAGE_MEMBER(schemas::ExecuteCommandConfiguration, log),
};

constexpr std::array cluster_configuration_members{
    STOWAGE_MEMBER(schemas::ClusterConfiguration, container_insights),
    STOWAGE_MEMBER(schemas::ClusterConfiguration, execute_command),
    STOWAGE_MEMBER(schemas::ClusterConfiguration, capacity_providers),
    STOWAGE_MEMBER(schemas::ClusterConfiguration, default_strategy),
};

constexpr std::array cluster_members{
    STOWAGE_MEMBER(schemas::Cluster, key),           STOWAGE_MEMBER(schemas::Cluster, scope),
    STOWAGE_MEMBER(schemas::Cluster, name),          STOWAGE_MEMBER(schemas::Cluster, status),
    STOWAGE_MEMBER(schemas::Cluster, tags),          STOWAGE_MEMBER(schemas::Cluster, created_at),
    STOWAGE_MEMBER(schemas::Cluster, configuration),
};

constexpr std::array inventory_members{
    STOWAGE_MEMBER(schemas::Inventory, cpu),
    STOWAGE_MEMBER(schemas::Inventory, memory),
    STOWAGE_MEMBER(schemas::Inventory, eni_capacity),
    STOWAGE_MEMBER(schemas::Inventory, availability_zone),
    STOWAGE_MEMBER(schemas::Inventory, address),
    STOWAGE_MEMBER(schemas::Inventory, public_cidr),
    STOWAGE_MEMBER(schemas::Inventory, attributes),
    STOWAGE_MEMBER(schemas::Inventory, agent_version),
    STOWAGE_MEMBER(schemas::Inventory, engine_version),
};

constexpr std::array container_instance_members{
    STOWAGE_MEMBER(schemas::ContainerInstance, key),
    STOWAGE_MEMBER(schemas::ContainerInstance, id),
    STOWAGE_MEMBER(schemas::ContainerInstance, scope),
    STOWAGE_MEMBER(schemas::ContainerInstance, cluster),
    STOWAGE_MEMBER(schemas::ContainerInstance, status),
    STOWAGE_MEMBER(schemas::ContainerInstance, inventory),
    STOWAGE_MEMBER(schemas::ContainerInstance, attributes),
    STOWAGE_MEMBER(schemas::ContainerInstance, tags),
    STOWAGE_MEMBER(schemas::ContainerInstance, identity_hash),
    STOWAGE_MEMBER(schemas::ContainerInstance, boot_id),
    STOWAGE_MEMBER(schemas::ContainerInstance, registered_at),
    STOWAGE_MEMBER(schemas::ContainerInstance, version),
};

constexpr std::array meter_record_members{
    STOWAGE_MEMBER(schemas::MeterRecord, task),
    STOWAGE_MEMBER(schemas::MeterRecord, sequence),
    STOWAGE_MEMBER(schemas::MeterRecord, monotonic_start_ns),
    STOWAGE_MEMBER(schemas::MeterRecord, monotonic_end_ns),
    STOWAGE_MEMBER(schemas::MeterRecord, wall_start),
    STOWAGE_MEMBER(schemas::MeterRecord, wall_end),
    STOWAGE_MEMBER(schemas::MeterRecord, cpu_time_ns),
    STOWAGE_MEMBER(schemas::MeterRecord, memory_byte_seconds),
    STOWAGE_MEMBER(schemas::MeterRecord, memory_peak_bytes),
    STOWAGE_MEMBER(schemas::MeterRecord, last),
};

constexpr std::array vpc_members{
    STOWAGE_MEMBER(schemas::Vpc, key),        STOWAGE_MEMBER(schemas::Vpc, id),
    STOWAGE_MEMBER(schemas::Vpc, scope),      STOWAGE_MEMBER(schemas::Vpc, cidr),
    STOWAGE_MEMBER(schemas::Vpc, is_default),
};

constexpr std::array subnet_members{
    STOWAGE_MEMBER(schemas::Subnet, key),
    STOWAGE_MEMBER(schemas::Subnet, id),
    STOWAGE_MEMBER(schemas::Subnet, vpc),
    STOWAGE_MEMBER(schemas::Subnet, cidr),
    STOWAGE_MEMBER(schemas::Subnet, availability_zone),
    STOWAGE_MEMBER(schemas::Subnet, vni),
    STOWAGE_MEMBER(schemas::Subnet, is_default),
};

constexpr auto rule_protocol_names = std::to_array<std::string_view>({"all", "tcp", "udp", "icmp"});

constexpr auto rule_direction_names = std::to_array<std::string_view>({"ingress", "egress"});

constexpr std::array security_rule_members{
    STOWAGE_MEMBER(schemas::SecurityRule, id),
    STOWAGE_MEMBER(schemas::SecurityRule, direction),
    STOWAGE_MEMBER(schemas::SecurityRule, protocol),
    STOWAGE_MEMBER(schemas::SecurityRule, from_port),
    STOWAGE_MEMBER(schemas::SecurityRule, to_port),
    STOWAGE_MEMBER(schemas::SecurityRule, cidr),
    STOWAGE_MEMBER(schemas::SecurityRule, group),
    STOWAGE_MEMBER(schemas::SecurityRule, description),
};

constexpr std::array security_group_members{
    STOWAGE_MEMBER(schemas::SecurityGroup, key),
    STOWAGE_MEMBER(schemas::SecurityGroup, id),
    STOWAGE_MEMBER(schemas::SecurityGroup, vpc),
    STOWAGE_MEMBER(schemas::SecurityGroup, name),
    STOWAGE_MEMBER(schemas::SecurityGroup, description),
    STOWAGE_MEMBER(schemas::SecurityGroup, rules),
};

constexpr std::array eni_members{
    STOWAGE_MEMBER(schemas::Eni, key),
    STOWAGE_MEMBER(schemas::Eni, id),
    STOWAGE_MEMBER(schemas::Eni, attachment),
    STOWAGE_MEMBER(schemas::Eni, vpc),
    STOWAGE_MEMBER(schemas::Eni, subnet),
    STOWAGE_MEMBER(schemas::Eni, task),
    STOWAGE_MEMBER(schemas::Eni, instance),
    STOWAGE_MEMBER(schemas::Eni, mac),
    STOWAGE_MEMBER(schemas::Eni, address),
    STOWAGE_MEMBER(schemas::Eni, public_address),
    STOWAGE_MEMBER(schemas::Eni, security_groups),
    STOWAGE_MEMBER(schemas::Eni, private_dns_name),
    STOWAGE_MEMBER(schemas::Eni, created_at),
};

}  // namespace

template <>
constinit const Type Described<schemas::ClusterStatus>::type = wire::choice("ClusterStatus",
                                                                            cluster_status_names);

template <>
constinit const Type Described<schemas::InstanceStatus>::type = wire::choice("InstanceStatus",
                                                                             instance_status_names);

template <>
constinit const Type Described<schemas::Scope>::type =
    wire::structure<schemas::Scope>("Scope", scope_members);

template <>
constinit const Type Described<schemas::ContainerInsights>::type =
    wire::choice("ContainerInsights", container_insights_names);

template <>
constinit const Type Described<schemas::ExecuteCommandLogging>::type =
    wire::choice("ExecuteCommandLogging", execute_command_logging_names);

template <>
constinit const Type Described<schemas::ExecuteCommandLogConfiguration>::type =
    wire::structure<schemas::ExecuteCommandLogConfiguration>("ExecuteCommandLogConfiguration",
                                                             execute_command_log_members);

template <>
constinit const Type Described<schemas::ExecuteCommandConfiguration>::type =
    wire::structure<schemas::ExecuteCommandConfiguration>("ExecuteCommandConfiguration",
                                                          execute_command_configuration_members);

template <>
constinit const Type Described<schemas::ClusterConfiguration>::type =
    wire::structure<schemas::ClusterConfiguration>("ClusterConfiguration",
                                                   cluster_configuration_members);

template <>
constinit const Type Described<schemas::Cluster>::type =
    wire::structure<schemas::Cluster>("Cluster", cluster_members);

template <>
constinit const Type Described<schemas::Inventory>::type =
    wire::structure<schemas::Inventory>("Inventory", inventory_members);

template <>
constinit const Type Described<schemas::ContainerInstance>::type =
    wire::structure<schemas::ContainerInstance, 2>("ContainerInstance", container_instance_members);

template <>
constinit const Type Described<schemas::MeterRecord>::type =
    wire::structure<schemas::MeterRecord>("MeterRecord", meter_record_members);

template <>
constinit const Type Described<schemas::Vpc>::type = wire::structure<schemas::Vpc>("Vpc",
                                                                                   vpc_members);

template <>
constinit const Type Described<schemas::Subnet>::type =
    wire::structure<schemas::Subnet>("Subnet", subnet_members);

template <>
constinit const Type Described<schemas::RuleProtocol>::type = wire::choice("RuleProtocol",
                                                                           rule_protocol_names);

template <>
constinit const Type Described<schemas::RuleDirection>::type = wire::choice("RuleDirection",
                                                                            rule_direction_names);

template <>
constinit const Type Described<schemas::SecurityRule>::type =
    wire::structure<schemas::SecurityRule>("SecurityRule", security_rule_members);

template <>
constinit const Type Described<schemas::SecurityGroup>::type =
    wire::structure<schemas::SecurityGroup>("SecurityGroup", security_group_members);

template <>
constinit const Type Described<schemas::Eni>::type = wire::structure<schemas::Eni>("Eni",
                                                                                   eni_members);

}  // namespace codec

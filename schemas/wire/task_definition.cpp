#include "schemas/wire/table.h"

namespace codec {

namespace {

constexpr std::array tag_members{
    STOWAGE_MEMBER(schemas::Tag, key),
    STOWAGE_MEMBER(schemas::Tag, value),
};

constexpr auto network_mode_names =
    std::to_array<std::string_view>({"awsvpc", "bridge", "host", "none"});

constexpr auto launch_type_names = std::to_array<std::string_view>({"ec2", "fargate"});

constexpr auto transport_protocol_names = std::to_array<std::string_view>({"tcp", "udp"});

constexpr auto dependency_condition_names =
    std::to_array<std::string_view>({"start", "complete", "success", "healthy"});

constexpr auto version_consistency_names = std::to_array<std::string_view>({"enabled", "disabled"});

constexpr auto task_definition_status_names =
    std::to_array<std::string_view>({"active", "inactive", "delete_in_progress"});

constexpr auto placement_constraint_type_names =
    std::to_array<std::string_view>({"distinct_instance", "member_of"});

constexpr auto placement_strategy_type_names =
    std::to_array<std::string_view>({"random", "spread", "binpack"});

constexpr std::array port_mapping_members{
    STOWAGE_MEMBER(schemas::PortMapping, container_port),
    STOWAGE_MEMBER(schemas::PortMapping, host_port),
    STOWAGE_MEMBER(schemas::PortMapping, protocol),
    STOWAGE_MEMBER(schemas::PortMapping, name),
    STOWAGE_MEMBER(schemas::PortMapping, app_protocol),
};

constexpr std::array key_value_members{
    STOWAGE_MEMBER(schemas::KeyValue, name),
    STOWAGE_MEMBER(schemas::KeyValue, value),
};

constexpr std::array container_dependency_members{
    STOWAGE_MEMBER(schemas::ContainerDependency, container_name),
    STOWAGE_MEMBER(schemas::ContainerDependency, condition),
};

constexpr std::array health_check_members{
    STOWAGE_MEMBER(schemas::HealthCheck, command),
    STOWAGE_MEMBER_AS(schemas::HealthCheck, interval, "interval_ms"),
    STOWAGE_MEMBER_AS(schemas::HealthCheck, timeout, "timeout_ms"),
    STOWAGE_MEMBER(schemas::HealthCheck, retries),
    STOWAGE_MEMBER_AS(schemas::HealthCheck, start_period, "start_period_ms"),
};

constexpr std::array restart_policy_members{
    STOWAGE_MEMBER(schemas::RestartPolicy, enabled),
    STOWAGE_MEMBER(schemas::RestartPolicy, ignored_exit_codes),
    STOWAGE_MEMBER_AS(schemas::RestartPolicy, attempt_period, "attempt_period_ms"),
};

constexpr std::array mount_point_members{
    STOWAGE_MEMBER(schemas::MountPoint, source_volume),
    STOWAGE_MEMBER(schemas::MountPoint, container_path),
    STOWAGE_MEMBER(schemas::MountPoint, read_only),
};

constexpr std::array volume_from_members{
    STOWAGE_MEMBER(schemas::VolumeFrom, source_container),
    STOWAGE_MEMBER(schemas::VolumeFrom, read_only),
};

constexpr std::array ulimit_members{
    STOWAGE_MEMBER(schemas::Ulimit, name),
    STOWAGE_MEMBER(schemas::Ulimit, soft),
    STOWAGE_MEMBER(schemas::Ulimit, hard),
};

constexpr std::array device_members{
    STOWAGE_MEMBER(schemas::Device, host_path),
    STOWAGE_MEMBER(schemas::Device, container_path),
    STOWAGE_MEMBER(schemas::Device, permissions),
};

constexpr std::array tmpfs_members{
    STOWAGE_MEMBER(schemas::Tmpfs, container_path),
    STOWAGE_MEMBER(schemas::Tmpfs, size),
    STOWAGE_MEMBER(schemas::Tmpfs, mount_options),
};

constexpr std::array linux_parameters_members{
    STOWAGE_MEMBER(schemas::LinuxParameters, capabilities_add),
    STOWAGE_MEMBER(schemas::LinuxParameters, capabilities_drop),
    STOWAGE_MEMBER(schemas::LinuxParameters, devices),
    STOWAGE_MEMBER(schemas::LinuxParameters, init_process_enabled),
    STOWAGE_MEMBER(schemas::LinuxParameters, shared_memory_size),
    STOWAGE_MEMBER(schemas::LinuxParameters, tmpfs),
    STOWAGE_MEMBER(schemas::LinuxParameters, max_swap),
    STOWAGE_MEMBER(schemas::LinuxParameters, swappiness),
};

constexpr std::array volume_members{
    STOWAGE_MEMBER(schemas::Volume, name),
    STOWAGE_MEMBER(schemas::Volume, source_path),
};

constexpr std::array container_definition_members{
    STOWAGE_MEMBER(schemas::ContainerDefinition, name),
    STOWAGE_MEMBER(schemas::ContainerDefinition, image),
    STOWAGE_MEMBER(schemas::ContainerDefinition, command),
    STOWAGE_MEMBER(schemas::ContainerDefinition, entry_point),
    STOWAGE_MEMBER(schemas::ContainerDefinition, environment),
    STOWAGE_MEMBER(schemas::ContainerDefinition, working_directory),
    STOWAGE_MEMBER(schemas::ContainerDefinition, user),
    STOWAGE_MEMBER(schemas::ContainerDefinition, cpu),
    STOWAGE_MEMBER(schemas::ContainerDefinition, memory),
    STOWAGE_MEMBER(schemas::ContainerDefinition, memory_reservation),
    STOWAGE_MEMBER(schemas::ContainerDefinition, essential),
    STOWAGE_MEMBER(schemas::ContainerDefinition, depends_on),
    STOWAGE_MEMBER(schemas::ContainerDefinition, port_mappings),
    STOWAGE_MEMBER_AS(schemas::ContainerDefinition, start_timeout, "start_timeout_ms"),
    STOWAGE_MEMBER_AS(schemas::ContainerDefinition, stop_timeout, "stop_timeout_ms"),
    STOWAGE_MEMBER(schemas::ContainerDefinition, readonly_root_filesystem),
    STOWAGE_MEMBER(schemas::ContainerDefinition, privileged),
    STOWAGE_MEMBER(schemas::ContainerDefinition, health_check),
    STOWAGE_MEMBER(schemas::ContainerDefinition, restart_policy),
    STOWAGE_MEMBER(schemas::ContainerDefinition, mount_points),
    STOWAGE_MEMBER(schemas::ContainerDefinition, volumes_from),
    STOWAGE_MEMBER(schemas::ContainerDefinition, ulimits),
    STOWAGE_MEMBER(schemas::ContainerDefinition, linux_parameters),
    STOWAGE_MEMBER(schemas::ContainerDefinition, docker_labels),
    STOWAGE_MEMBER(schemas::ContainerDefinition, version_consistency),
};

constexpr std::array placement_constraint_members{
    STOWAGE_MEMBER(schemas::PlacementConstraint, type),
    STOWAGE_MEMBER(schemas::PlacementConstraint, expression),
};

constexpr std::array placement_strategy_members{
    STOWAGE_MEMBER(schemas::PlacementStrategy, type),
    STOWAGE_MEMBER(schemas::PlacementStrategy, field),
};

constexpr std::array task_definition_members{
    STOWAGE_MEMBER(schemas::TaskDefinition, key),
    STOWAGE_MEMBER(schemas::TaskDefinition, family),
    STOWAGE_MEMBER(schemas::TaskDefinition, revision),
    STOWAGE_MEMBER(schemas::TaskDefinition, status),
    STOWAGE_MEMBER(schemas::TaskDefinition, network_mode),
    STOWAGE_MEMBER(schemas::TaskDefinition, cpu),
    STOWAGE_MEMBER(schemas::TaskDefinition, memory),
    STOWAGE_MEMBER(schemas::TaskDefinition, containers),
    STOWAGE_MEMBER(schemas::TaskDefinition, volumes),
    STOWAGE_MEMBER(schemas::TaskDefinition, compatibilities),
    STOWAGE_MEMBER(schemas::TaskDefinition, requires_compatibilities),
    STOWAGE_MEMBER(schemas::TaskDefinition, requires_attributes),
    STOWAGE_MEMBER(schemas::TaskDefinition, placement_constraints),
    STOWAGE_MEMBER(schemas::TaskDefinition, task_role_arn),
    STOWAGE_MEMBER(schemas::TaskDefinition, execution_role_arn),
    STOWAGE_MEMBER(schemas::TaskDefinition, cpu_architecture),
    STOWAGE_MEMBER(schemas::TaskDefinition, operating_system_family),
    STOWAGE_MEMBER(schemas::TaskDefinition, tags),
    STOWAGE_MEMBER(schemas::TaskDefinition, registered_at),
    STOWAGE_MEMBER(schemas::TaskDefinition, registered_by),
    STOWAGE_MEMBER(schemas::TaskDefinition, deregistered_at),
};

}  // namespace

template <>
constinit const Type Described<schemas::Tag>::type = wire::structure<schemas::Tag>("Tag",
                                                                                   tag_members);

template <>
constinit const Type Described<schemas::NetworkMode>::type = wire::choice("NetworkMode",
                                                                          network_mode_names);

template <>
constinit const Type Described<schemas::LaunchType>::type = wire::choice("LaunchType",
                                                                         launch_type_names);

template <>
constinit const Type Described<schemas::TransportProtocol>::type =
    wire::choice("TransportProtocol", transport_protocol_names);

template <>
constinit const Type Described<schemas::DependencyCondition>::type =
    wire::choice("DependencyCondition", dependency_condition_names);

template <>
constinit const Type Described<schemas::VersionConsistency>::type =
    wire::choice("VersionConsistency", version_consistency_names);

template <>
constinit const Type Described<schemas::TaskDefinitionStatus>::type =
    wire::choice("TaskDefinitionStatus", task_definition_status_names);

template <>
constinit const Type Described<schemas::PlacementConstraint::Type>::type =
    wire::choice("PlacementConstraintType", placement_constraint_type_names);

template <>
constinit const Type Described<schemas::PlacementStrategy::Type>::type =
    wire::choice("PlacementStrategyType", placement_strategy_type_names);

template <>
constinit const Type Described<schemas::PortMapping>::type =
    wire::structure<schemas::PortMapping>("PortMapping", port_mapping_members);

template <>
constinit const Type Described<schemas::KeyValue>::type =
    wire::structure<schemas::KeyValue>("KeyValue", key_value_members);

template <>
constinit const Type Described<schemas::ContainerDependency>::type =
    wire::structure<schemas::ContainerDependency>("ContainerDependency",
                                                  container_dependency_members);

template <>
constinit const Type Described<schemas::HealthCheck>::type =
    wire::structure<schemas::HealthCheck>("HealthCheck", health_check_members);

template <>
constinit const Type Described<schemas::RestartPolicy>::type =
    wire::structure<schemas::RestartPolicy>("RestartPolicy", restart_policy_members);

template <>
constinit const Type Described<schemas::MountPoint>::type =
    wire::structure<schemas::MountPoint>("MountPoint", mount_point_members);

template <>
constinit const Type Described<schemas::VolumeFrom>::type =
    wire::structure<schemas::VolumeFrom>("VolumeFrom", volume_from_members);

template <>
constinit const Type Described<schemas::Ulimit>::type =
    wire::structure<schemas::Ulimit>("Ulimit", ulimit_members);

template <>
constinit const Type Described<schemas::Device>::type =
    wire::structure<schemas::Device>("Device", device_members);

template <>
constinit const Type Described<schemas::Tmpfs>::type =
    wire::structure<schemas::Tmpfs>("Tmpfs", tmpfs_members);

template <>
constinit const Type Described<schemas::LinuxParameters>::type =
    wire::structure<schemas::LinuxParameters>("LinuxParameters", linux_parameters_members);

template <>
constinit const Type Described<schemas::Volume>::type =
    wire::structure<schemas::Volume>("Volume", volume_members);

template <>
constinit const Type Described<schemas::ContainerDefinition>::type =
    wire::structure<schemas::ContainerDefinition>("ContainerDefinition",
                                                  container_definition_members);

template <>
constinit const Type Described<schemas::PlacementConstraint>::type =
    wire::structure<schemas::PlacementConstraint>("PlacementConstraint",
                                                  placement_constraint_members);

template <>
constinit const Type Described<schemas::PlacementStrategy>::type =
    wire::structure<schemas::PlacementStrategy>("PlacementStrategy", placement_strategy_members);

template <>
constinit const Type Described<schemas::TaskDefinition>::type =
    wire::structure<schemas::TaskDefinition>("TaskDefinition", task_definition_members);

}  // namespace codec

#include "schemas/wire/table.h"

namespace codec {

namespace {

constexpr auto task_status_names =
    std::to_array<std::string_view>({"provisioning", "pending", "activating", "running",
                                     "deactivating", "stopping", "deprovisioning", "stopped"});

constexpr auto container_status_names =
    std::to_array<std::string_view>({"pending", "running", "stopped"});

constexpr auto health_status_names =
    std::to_array<std::string_view>({"unknown", "healthy", "unhealthy"});

constexpr auto stop_code_names = std::to_array<std::string_view>(
    {"none", "task_failed_to_start", "essential_container_exited", "user_initiated",
     "service_scheduler_initiated", "spot_interruption", "termination_notice",
     "infrastructure_health"});

constexpr std::array network_binding_members{
    STOWAGE_MEMBER(schemas::NetworkBinding, bind_ip),
    STOWAGE_MEMBER(schemas::NetworkBinding, container_port),
    STOWAGE_MEMBER(schemas::NetworkBinding, host_port),
    STOWAGE_MEMBER(schemas::NetworkBinding, protocol),
};

constexpr std::array container_members{
    STOWAGE_MEMBER(schemas::Container, id),
    STOWAGE_MEMBER(schemas::Container, name),
    STOWAGE_MEMBER(schemas::Container, last_status),
    STOWAGE_MEMBER(schemas::Container, exit_code),
    STOWAGE_MEMBER(schemas::Container, reason),
    STOWAGE_MEMBER(schemas::Container, runtime_id),
    STOWAGE_MEMBER(schemas::Container, image_digest),
    STOWAGE_MEMBER(schemas::Container, health),
    STOWAGE_MEMBER(schemas::Container, network_bindings),
};

constexpr std::array container_override_members{
    STOWAGE_MEMBER(schemas::ContainerOverride, name),
    STOWAGE_MEMBER(schemas::ContainerOverride, command),
    STOWAGE_MEMBER(schemas::ContainerOverride, environment),
    STOWAGE_MEMBER(schemas::ContainerOverride, cpu),
    STOWAGE_MEMBER(schemas::ContainerOverride, memory),
    STOWAGE_MEMBER(schemas::ContainerOverride, memory_reservation),
};

constexpr std::array task_override_members{
    STOWAGE_MEMBER(schemas::TaskOverride, containers),
    STOWAGE_MEMBER(schemas::TaskOverride, cpu),
    STOWAGE_MEMBER(schemas::TaskOverride, memory),
    STOWAGE_MEMBER(schemas::TaskOverride, task_role_arn),
    STOWAGE_MEMBER(schemas::TaskOverride, execution_role_arn),
};

constexpr std::array network_configuration_members{
    STOWAGE_MEMBER(schemas::NetworkConfiguration, subnets),
    STOWAGE_MEMBER(schemas::NetworkConfiguration, security_groups),
    STOWAGE_MEMBER(schemas::NetworkConfiguration, assign_public_ip),
};

constexpr std::array task_specification_members{
    STOWAGE_MEMBER(schemas::TaskSpecification, overrides),
    STOWAGE_MEMBER(schemas::TaskSpecification, launch_type),
    STOWAGE_MEMBER(schemas::TaskSpecification, network),
    STOWAGE_MEMBER(schemas::TaskSpecification, platform_version),
    STOWAGE_MEMBER(schemas::TaskSpecification, group),
    STOWAGE_MEMBER(schemas::TaskSpecification, started_by),
    STOWAGE_MEMBER(schemas::TaskSpecification, placement_constraints),
    STOWAGE_MEMBER(schemas::TaskSpecification, placement_strategy),
    STOWAGE_MEMBER(schemas::TaskSpecification, tags),
    STOWAGE_MEMBER(schemas::TaskSpecification, cpu),
    STOWAGE_MEMBER(schemas::TaskSpecification, memory),
    STOWAGE_MEMBER(schemas::TaskSpecification, enable_ecs_managed_tags),
    STOWAGE_MEMBER(schemas::TaskSpecification, capacity_provider_strategy),
};

constexpr std::array task_members{
    STOWAGE_MEMBER(schemas::Task, key),
    STOWAGE_MEMBER(schemas::Task, id),
    STOWAGE_MEMBER(schemas::Task, cluster),
    STOWAGE_MEMBER(schemas::Task, service),
    STOWAGE_MEMBER(schemas::Task, deployment),
    STOWAGE_MEMBER(schemas::Task, capacity_provider),
    STOWAGE_MEMBER(schemas::Task, instance),
    STOWAGE_MEMBER(schemas::Task, eni),
    STOWAGE_MEMBER(schemas::Task, last_status),
    STOWAGE_MEMBER(schemas::Task, desired_status),
    STOWAGE_MEMBER(schemas::Task, health),
    STOWAGE_MEMBER(schemas::Task, containers),
    STOWAGE_MEMBER(schemas::Task, stop_code),
    STOWAGE_MEMBER(schemas::Task, stopped_reason),
    STOWAGE_MEMBER(schemas::Task, availability_zone),
    STOWAGE_MEMBER(schemas::Task, version),
    STOWAGE_MEMBER(schemas::Task, created_at),
    STOWAGE_MEMBER(schemas::Task, placed_at),
    STOWAGE_MEMBER(schemas::Task, pull_started_at),
    STOWAGE_MEMBER(schemas::Task, pull_stopped_at),
    STOWAGE_MEMBER(schemas::Task, connectivity_at),
    STOWAGE_MEMBER(schemas::Task, started_at),
    STOWAGE_MEMBER(schemas::Task, stopping_at),
    STOWAGE_MEMBER(schemas::Task, execution_stopped_at),
    STOWAGE_MEMBER(schemas::Task, stopped_at),
    STOWAGE_MEMBER(schemas::Task, protected_until),
};

}  // namespace

template <>
constinit const Type Described<schemas::TaskStatus>::type = wire::choice("TaskStatus",
                                                                         task_status_names);

template <>
constinit const Type Described<schemas::ContainerStatus>::type =
    wire::choice("ContainerStatus", container_status_names);

template <>
constinit const Type Described<schemas::HealthStatus>::type = wire::choice("HealthStatus",
                                                                           health_status_names);

template <>
constinit const Type Described<schemas::StopCode>::type = wire::choice("StopCode", stop_code_names);

template <>
constinit const Type Described<schemas::NetworkBinding>::type =
    wire::structure<schemas::NetworkBinding>("NetworkBinding", network_binding_members);

template <>
constinit const Type Described<schemas::Container>::type =
    wire::structure<schemas::Container>("Container", container_members);

template <>
constinit const Type Described<schemas::ContainerOverride>::type =
    wire::structure<schemas::ContainerOverride>("ContainerOverride", container_override_members);

template <>
constinit const Type Described<schemas::TaskOverride>::type =
    wire::structure<schemas::TaskOverride>("TaskOverride", task_override_members);

template <>
constinit const Type Described<schemas::NetworkConfiguration>::type =
    wire::structure<schemas::NetworkConfiguration>("NetworkConfiguration",
                                                   network_configuration_members);

template <>
constinit const Type Described<schemas::TaskSpecification>::type =
    wire::structure<schemas::TaskSpecification, 1>("TaskSpecification", task_specification_members);

template <>
constinit const Type Described<schemas::Task>::type =
    wire::structure<schemas::Task, 1>("Task", task_members);

}  // namespace codec

#include "schemas/wire/table.h"

namespace codec {

namespace {

constexpr auto service_status_names =
    std::to_array<std::string_view>({"active", "draining", "inactive"});

constexpr auto scheduling_strategy_names = std::to_array<std::string_view>({"replica", "daemon"});

constexpr auto deployment_status_names =
    std::to_array<std::string_view>({"primary", "active", "inactive"});

constexpr auto rollout_state_names =
    std::to_array<std::string_view>({"in_progress", "completed", "failed"});

constexpr auto threshold_type_names =
    std::to_array<std::string_view>({"count", "bounded_percent", "unbounded_percent"});

constexpr auto service_deployment_status_names = std::to_array<std::string_view>(
    {"pending", "in_progress", "successful", "stop_requested", "stopped", "rollback_requested",
     "rollback_in_progress", "rollback_successful", "rollback_failed"});

constexpr auto monitor_status_names =
    std::to_array<std::string_view>({"disabled", "monitoring", "monitoring_complete", "triggered"});

constexpr auto lifecycle_stage_names =
    std::to_array<std::string_view>({"reconcile_service", "pre_scale_up", "post_scale_up"});

constexpr auto hook_action_names = std::to_array<std::string_view>({"rollback", "proceed"});

constexpr auto hook_status_names = std::to_array<std::string_view>(
    {"ahead", "awaiting_action", "succeeded", "failed", "timed_out"});

constexpr std::array lifecycle_hook_members{
    STOWAGE_MEMBER(schemas::LifecycleHook, stages),
    STOWAGE_MEMBER(schemas::LifecycleHook, timeout_min),
    STOWAGE_MEMBER(schemas::LifecycleHook, timeout_action),
};

constexpr std::array deployment_hook_members{
    STOWAGE_MEMBER(schemas::DeploymentHook, id),
    STOWAGE_MEMBER(schemas::DeploymentHook, stage),
    STOWAGE_MEMBER(schemas::DeploymentHook, timeout_min),
    STOWAGE_MEMBER(schemas::DeploymentHook, timeout_action),
    STOWAGE_MEMBER(schemas::DeploymentHook, status),
    STOWAGE_MEMBER(schemas::DeploymentHook, expires_at),
};

constexpr std::array circuit_breaker_members{
    STOWAGE_MEMBER(schemas::CircuitBreaker, enable),
    STOWAGE_MEMBER(schemas::CircuitBreaker, rollback),
    STOWAGE_MEMBER(schemas::CircuitBreaker, reset_on_healthy_task),
    STOWAGE_MEMBER(schemas::CircuitBreaker, threshold_type),
    STOWAGE_MEMBER(schemas::CircuitBreaker, threshold_value),
};

constexpr std::array rollback_members{
    STOWAGE_MEMBER(schemas::Rollback, reason),
    STOWAGE_MEMBER(schemas::Rollback, started_at),
    STOWAGE_MEMBER(schemas::Rollback, revision),
};

constexpr std::array service_deployment_members{
    STOWAGE_MEMBER(schemas::ServiceDeployment, status_reason),
    STOWAGE_MEMBER(schemas::ServiceDeployment, configuration),
    STOWAGE_MEMBER(schemas::ServiceDeployment, sources),
    STOWAGE_MEMBER(schemas::ServiceDeployment, updated_at),
    STOWAGE_MEMBER(schemas::ServiceDeployment, finished_at),
    STOWAGE_MEMBER(schemas::ServiceDeployment, stopped_at),
    STOWAGE_MEMBER(schemas::ServiceDeployment, breaker),
    STOWAGE_MEMBER(schemas::ServiceDeployment, breaker_failures),
    STOWAGE_MEMBER(schemas::ServiceDeployment, breaker_threshold),
    STOWAGE_MEMBER(schemas::ServiceDeployment, rollback),
    STOWAGE_MEMBER(schemas::ServiceDeployment, hooks),
    STOWAGE_MEMBER(schemas::ServiceDeployment, image_digests),
};

constexpr std::array deployment_configuration_members{
    STOWAGE_MEMBER(schemas::DeploymentConfiguration, minimum_healthy_percent),
    STOWAGE_MEMBER(schemas::DeploymentConfiguration, maximum_percent),
    STOWAGE_MEMBER(schemas::DeploymentConfiguration, circuit_breaker),
    STOWAGE_MEMBER(schemas::DeploymentConfiguration, lifecycle_hooks),
};

constexpr std::array task_set_members{
    STOWAGE_MEMBER(schemas::TaskSet, scale_micro_percent),
    STOWAGE_MEMBER(schemas::TaskSet, external_id),
    STOWAGE_MEMBER(schemas::TaskSet, client_token),
    STOWAGE_MEMBER(schemas::TaskSet, tags),
    STOWAGE_MEMBER(schemas::TaskSet, draining),
    STOWAGE_MEMBER(schemas::TaskSet, forced),
    STOWAGE_MEMBER(schemas::TaskSet, image_digests),
};

constexpr std::array external_controller_members{
    STOWAGE_MEMBER(schemas::ExternalController, placement_constraints),
    STOWAGE_MEMBER(schemas::ExternalController, placement_strategy),
};

constexpr std::array deployment_members{
    STOWAGE_MEMBER(schemas::Deployment, id),
    STOWAGE_MEMBER(schemas::Deployment, status),
    STOWAGE_MEMBER(schemas::Deployment, rollout_state),
    STOWAGE_MEMBER(schemas::Deployment, rollout_state_reason),
    STOWAGE_MEMBER(schemas::Deployment, failed_tasks),
    STOWAGE_MEMBER(schemas::Deployment, created_at),
    STOWAGE_MEMBER(schemas::Deployment, updated_at),
    STOWAGE_MEMBER(schemas::Deployment, throttled_until),
    STOWAGE_MEMBER_AS(schemas::Deployment, throttle_delay, "throttle_delay_ms"),
    STOWAGE_MEMBER(schemas::Deployment, breaker_failures),
    STOWAGE_MEMBER(schemas::Deployment, last_failure_at),
    STOWAGE_MEMBER(schemas::Deployment, last_failure),
    STOWAGE_MEMBER(schemas::Deployment, hooks),
    STOWAGE_MEMBER(schemas::Deployment, task_set),
};

constexpr std::array service_event_members{
    STOWAGE_MEMBER(schemas::ServiceEvent, id),
    STOWAGE_MEMBER(schemas::ServiceEvent, created_at),
    STOWAGE_MEMBER(schemas::ServiceEvent, message),
};

constexpr std::array service_members{
    STOWAGE_MEMBER(schemas::Service, key),
    STOWAGE_MEMBER(schemas::Service, cluster),
    STOWAGE_MEMBER(schemas::Service, name),
    STOWAGE_MEMBER(schemas::Service, status),
    STOWAGE_MEMBER(schemas::Service, scheduling_strategy),
    STOWAGE_MEMBER(schemas::Service, desired_count),
    STOWAGE_MEMBER(schemas::Service, deployment_configuration),
    STOWAGE_MEMBER(schemas::Service, health_check_grace_period_s),
    STOWAGE_MEMBER(schemas::Service, deployments),
    STOWAGE_MEMBER(schemas::Service, events),
    STOWAGE_MEMBER(schemas::Service, tags),
    STOWAGE_MEMBER(schemas::Service, enable_ecs_managed_tags),
    STOWAGE_MEMBER(schemas::Service, propagate_tags),
    STOWAGE_MEMBER(schemas::Service, client_token),
    STOWAGE_MEMBER(schemas::Service, created_by),
    STOWAGE_MEMBER(schemas::Service, created_at),
    STOWAGE_MEMBER(schemas::Service, current),
    STOWAGE_MEMBER(schemas::Service, last_completed),
    STOWAGE_MEMBER(schemas::Service, availability_zone_rebalancing),
    STOWAGE_MEMBER(schemas::Service, external),
};

}  // namespace

template <>
constinit const Type Described<schemas::ServiceStatus>::type = wire::choice("ServiceStatus",
                                                                            service_status_names);

template <>
constinit const Type Described<schemas::SchedulingStrategy>::type =
    wire::choice("SchedulingStrategy", scheduling_strategy_names);

template <>
constinit const Type Described<schemas::DeploymentStatus>::type =
    wire::choice("DeploymentStatus", deployment_status_names);

template <>
constinit const Type Described<schemas::RolloutState>::type = wire::choice("RolloutState",
                                                                           rollout_state_names);

template <>
constinit const Type Described<schemas::ThresholdType>::type = wire::choice("ThresholdType",
                                                                            threshold_type_names);

template <>
constinit const Type Described<schemas::ServiceDeploymentStatus>::type =
    wire::choice("ServiceDeploymentStatus", service_deployment_status_names);

template <>
constinit const Type Described<schemas::MonitorStatus>::type = wire::choice("MonitorStatus",
                                                                            monitor_status_names);

template <>
constinit const Type Described<schemas::LifecycleStage>::type = wire::choice("LifecycleStage",
                                                                             lifecycle_stage_names);

template <>
constinit const Type Described<schemas::HookAction>::type = wire::choice("HookAction",
                                                                         hook_action_names);

template <>
constinit const Type Described<schemas::HookStatus>::type = wire::choice("HookStatus",
                                                                         hook_status_names);

template <>
constinit const Type Described<schemas::LifecycleHook>::type =
    wire::structure<schemas::LifecycleHook>("LifecycleHook", lifecycle_hook_members);

template <>
constinit const Type Described<schemas::DeploymentHook>::type =
    wire::structure<schemas::DeploymentHook>("DeploymentHook", deployment_hook_members);

template <>
constinit const Type Described<schemas::CircuitBreaker>::type =
    wire::structure<schemas::CircuitBreaker>("CircuitBreaker", circuit_breaker_members);

template <>
constinit const Type Described<schemas::Rollback>::type =
    wire::structure<schemas::Rollback>("Rollback", rollback_members);

template <>
constinit const Type Described<schemas::ServiceDeployment>::type =
    wire::structure<schemas::ServiceDeployment, 6>("ServiceDeployment", service_deployment_members);

template <>
constinit const Type Described<schemas::DeploymentConfiguration>::type =
    wire::structure<schemas::DeploymentConfiguration>("DeploymentConfiguration",
                                                      deployment_configuration_members);

template <>
constinit const Type Described<schemas::TaskSet>::type =
    wire::structure<schemas::TaskSet>("TaskSet", task_set_members);

template <>
constinit const Type Described<schemas::ExternalController>::type =
    wire::structure<schemas::ExternalController>("ExternalController", external_controller_members);

template <>
constinit const Type Described<schemas::Deployment>::type =
    wire::structure<schemas::Deployment, 1>("Deployment", deployment_members);

template <>
constinit const Type Described<schemas::ServiceEvent>::type =
    wire::structure<schemas::ServiceEvent>("ServiceEvent", service_event_members);

template <>
constinit const Type Described<schemas::Service>::type =
    wire::structure<schemas::Service>("Service", service_members);

}  // namespace codec

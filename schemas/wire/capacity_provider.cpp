#include "schemas/model/capacity_provider.h"

#include "schemas/wire/table.h"

namespace codec {

namespace {

constexpr auto switch_names = std::to_array<std::string_view>({"disabled", "enabled"});

constexpr auto capacity_provider_update_names =
    std::to_array<std::string_view>({"created", "updated"});

constexpr std::array strategy_item_members{
    STOWAGE_MEMBER(schemas::CapacityProviderStrategyItem, capacity_provider),
    STOWAGE_MEMBER(schemas::CapacityProviderStrategyItem, base),
    STOWAGE_MEMBER(schemas::CapacityProviderStrategyItem, weight),
};

constexpr std::array managed_scaling_members{
    STOWAGE_MEMBER(schemas::ManagedScaling, status),
    STOWAGE_MEMBER(schemas::ManagedScaling, target_capacity),
    STOWAGE_MEMBER(schemas::ManagedScaling, minimum_scaling_step_size),
    STOWAGE_MEMBER(schemas::ManagedScaling, maximum_scaling_step_size),
    STOWAGE_MEMBER(schemas::ManagedScaling, instance_warmup_period_s),
};

constexpr std::array capacity_provider_members{
    STOWAGE_MEMBER(schemas::CapacityProvider, key),
    STOWAGE_MEMBER(schemas::CapacityProvider, scope),
    STOWAGE_MEMBER(schemas::CapacityProvider, name),
    STOWAGE_MEMBER(schemas::CapacityProvider, auto_scaling_group_arn),
    STOWAGE_MEMBER(schemas::CapacityProvider, managed_scaling),
    STOWAGE_MEMBER(schemas::CapacityProvider, managed_termination_protection),
    STOWAGE_MEMBER(schemas::CapacityProvider, managed_draining),
    STOWAGE_MEMBER(schemas::CapacityProvider, last_update),
    STOWAGE_MEMBER(schemas::CapacityProvider, tags),
    STOWAGE_MEMBER(schemas::CapacityProvider, created_at),
};

}  // namespace

template <>
constinit const Type Described<schemas::Switch>::type = wire::choice("Switch", switch_names);

template <>
constinit const Type Described<schemas::CapacityProviderUpdate>::type =
    wire::choice("CapacityProviderUpdate", capacity_provider_update_names);

template <>
constinit const Type Described<schemas::CapacityProviderStrategyItem>::type =
    wire::structure<schemas::CapacityProviderStrategyItem>("CapacityProviderStrategyItem",
                                                           strategy_item_members);

template <>
constinit const Type Described<schemas::ManagedScaling>::type =
    wire::structure<schemas::ManagedScaling>("ManagedScaling", managed_scaling_members);

template <>
constinit const Type Described<schemas::CapacityProvider>::type =
    wire::structure<schemas::CapacityProvider>("CapacityProvider", capacity_provider_members);

}  // namespace codec

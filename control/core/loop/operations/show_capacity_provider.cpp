#include "control/core/loop/operations/show_capacity_provider.h"

#include "control/core/world/lookups.h"

namespace control {

using schemas::CapacityProvider;
using schemas::Switch;

namespace {

api::AutoScalingGroupProvider show_group(const CapacityProvider& provider) {
  api::AutoScalingGroupProvider shown;
  shown.auto_scaling_group_arn = provider.auto_scaling_group_arn;
  const schemas::ManagedScaling& scaling = provider.managed_scaling;
  api::ManagedScaling& managed = shown.managed_scaling.emplace();
  managed.status = scaling.status == Switch::enabled ? api::ManagedScalingStatus::enabled
                                                     : api::ManagedScalingStatus::disabled;
  managed.target_capacity = scaling.target_capacity;
  managed.minimum_scaling_step_size = scaling.minimum_scaling_step_size;
  managed.maximum_scaling_step_size = scaling.maximum_scaling_step_size;
  managed.instance_warmup_period = scaling.instance_warmup_period_s;
  shown.managed_termination_protection = provider.managed_termination_protection == Switch::enabled
                                             ? api::ManagedTerminationProtection::enabled
                                             : api::ManagedTerminationProtection::disabled;
  shown.managed_draining = provider.managed_draining == Switch::enabled
                               ? api::ManagedDraining::enabled
                               : api::ManagedDraining::disabled;
  return shown;
}

}  // namespace

api::CapacityProvider show_capacity_provider(const CapacityProvider& provider, TagView tags) {
  api::CapacityProvider shown;
  shown.capacity_provider_arn = arn(provider.scope, "capacity-provider", provider.name);
  shown.name = provider.name;
  shown.status = api::CapacityProviderStatus::active;
  shown.auto_scaling_group_provider = show_group(provider);
  shown.update_status = provider.last_update == schemas::CapacityProviderUpdate::updated
                            ? api::CapacityProviderUpdateStatus::update_complete
                            : api::CapacityProviderUpdateStatus::create_complete;
  shown.type = api::CapacityProviderType::ec2_autoscaling;
  shown.tags.emplace();
  if (tags == TagView::shown) {
    shown.tags = show_tags(provider.tags);
  }
  return shown;
}

api::CapacityProvider show_pool_provider(const schemas::Scope& scope, const std::string& name) {
  api::CapacityProvider shown;
  shown.capacity_provider_arn = arn(scope, "capacity-provider", name);
  shown.name = name;
  shown.status = api::CapacityProviderStatus::active;
  shown.type = name == schemas::fargate_provider ? api::CapacityProviderType::fargate
                                                 : api::CapacityProviderType::fargate_spot;
  shown.tags.emplace();
  return shown;
}

schemas::Error no_such_capacity_provider(const std::string& name) {
  return {schemas::ErrorCode::client,
          "The specified capacity provider does not exist: '" + name + "'."};
}

}  // namespace control

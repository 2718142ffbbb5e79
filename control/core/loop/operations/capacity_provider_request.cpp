#include "control/core/loop/operations/capacity_provider_request.h"

#include <algorithm>

#include "control/core/loop/operations/refusals.h"

namespace control {

using schemas::CapacityProvider;
using schemas::Done;
using schemas::ManagedScaling;
using schemas::Outcome;
using schemas::Switch;

namespace {

void read_scaling(const api::ManagedScaling& wanted, ManagedScaling& scaling) {
  if (wanted.status) {
    scaling.status =
        *wanted.status == api::ManagedScalingStatus::enabled ? Switch::enabled : Switch::disabled;
  }
  scaling.target_capacity = wanted.target_capacity.value_or(scaling.target_capacity);
  scaling.minimum_scaling_step_size =
      wanted.minimum_scaling_step_size.value_or(scaling.minimum_scaling_step_size);
  scaling.maximum_scaling_step_size =
      wanted.maximum_scaling_step_size.value_or(scaling.maximum_scaling_step_size);
  scaling.instance_warmup_period_s =
      wanted.instance_warmup_period.value_or(scaling.instance_warmup_period_s);
}

Outcome check(const CapacityProvider& provider) {
  const ManagedScaling& scaling = provider.managed_scaling;
  if (scaling.minimum_scaling_step_size > scaling.maximum_scaling_step_size) {
    return invalid("minimumScalingStepSize (" + std::to_string(scaling.minimum_scaling_step_size) +
                   ") is larger than maximumScalingStepSize (" +
                   std::to_string(scaling.maximum_scaling_step_size) + ").");
  }
  if (provider.managed_termination_protection == Switch::enabled &&
      scaling.status == Switch::disabled) {
    return invalid(
        "managedTerminationProtection protects hosts from managed scaling: enable "
        "managedScaling with it.");
  }
  return Done{};
}

}  // namespace

Outcome read_capacity_provider(const api::AutoScalingGroupProviderUpdate& wanted,
                               CapacityProvider& provider) {
  if (wanted.managed_scaling) {
    read_scaling(*wanted.managed_scaling, provider.managed_scaling);
  }
  if (wanted.managed_termination_protection) {
    provider.managed_termination_protection =
        *wanted.managed_termination_protection == api::ManagedTerminationProtection::enabled
            ? Switch::enabled
            : Switch::disabled;
  }
  if (wanted.managed_draining) {
    provider.managed_draining = *wanted.managed_draining == api::ManagedDraining::enabled
                                    ? Switch::enabled
                                    : Switch::disabled;
  }
  return check(provider);
}

Outcome check_new_capacity_provider(const std::string& name,
                                    const std::string& auto_scaling_group_arn) {
  std::string lower = name;
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char letter) {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
  });
  for (const char* reserved : {"aws", "ecs", "fargate"}) {
    if (lower.starts_with(reserved)) {
      return invalid("The name '" + name + "' begins with '" + reserved +
                     "', which is kept for the service's own capacity providers.");
    }
  }
  constexpr const char* kind = ":autoScalingGroup:";
  constexpr const char* last = ":autoScalingGroupName/";
  if (auto_scaling_group_arn.starts_with("arn:") &&
      (!auto_scaling_group_arn.starts_with("arn:aws:autoscaling:") ||
       auto_scaling_group_arn.find(kind) == std::string::npos ||
       auto_scaling_group_arn.find(last) == std::string::npos)) {
    return invalid("autoScalingGroupArn: '" + auto_scaling_group_arn +
                   "' is no ARN of an Auto Scaling group. It reads "
                   "arn:aws:autoscaling:REGION:ACCOUNT:autoScalingGroup:ID:"
                   "autoScalingGroupName/NAME.");
  }
  return Done{};
}

}  // namespace control

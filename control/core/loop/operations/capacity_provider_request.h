#pragma once

// What CreateCapacityProvider and UpdateCapacityProvider say of a group of hosts.

#include "api/capacity_providers.h"
#include "schemas/base/result.h"
#include "schemas/model/capacity_provider.h"

namespace control {

/// Writes what is stated over what the provider has. InvalidParameterException for settings that
/// contradict each other.
schemas::Outcome read_capacity_provider(const api::AutoScalingGroupProviderUpdate& wanted,
                                        schemas::CapacityProvider& provider);

/// InvalidParameterException for a name that is the service's own, or an ARN of something else.
schemas::Outcome check_new_capacity_provider(const std::string& name,
                                             const std::string& auto_scaling_group_arn);

}  // namespace control

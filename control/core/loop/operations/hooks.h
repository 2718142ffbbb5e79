#pragma once

// Lifecycle hooks of deployments, as callers write and read them.

#include <optional>
#include <vector>

#include "api/services.h"
#include "schemas/base/result.h"
#include "schemas/model/service.h"

namespace control {

/// InvalidParameterException for a hook that is no PAUSE hook, waits nowhere, or names a stage
/// twice.
schemas::Result<std::vector<schemas::LifecycleHook>> read_hooks(
    const std::vector<api::DeploymentLifecycleHook>& wanted);

std::vector<api::DeploymentLifecycleHook> show_hooks(
    const std::vector<schemas::LifecycleHook>& hooks);

/// The hooks that a deployment has met so far.
std::vector<api::DeploymentLifecycleHookDetail> show_hook_details(
    const std::vector<schemas::DeploymentHook>& hooks);

api::ServiceDeploymentLifecycleStage show_stage(schemas::LifecycleStage stage);

}  // namespace control

#include "control/core/loop/operations/hooks.h"

#include <algorithm>
#include <string>

#include "control/core/loop/operations/refusals.h"

namespace control {

using schemas::DeploymentHook;
using schemas::HookAction;
using schemas::HookStatus;
using schemas::LifecycleHook;
using schemas::LifecycleStage;
using schemas::Result;

namespace {

/// Stages in which traffic shifts are refused before: a ROLLING deployment shifts none.
LifecycleStage read_stage(api::DeploymentLifecycleHookStage stage) {
  switch (stage) {
    case api::DeploymentLifecycleHookStage::reconcile_service:
      return LifecycleStage::reconcile_service;
    case api::DeploymentLifecycleHookStage::pre_scale_up:
      return LifecycleStage::pre_scale_up;
    default:
      return LifecycleStage::post_scale_up;
  }
}

api::DeploymentLifecycleHookStage show_hook_stage(LifecycleStage stage) {
  switch (stage) {
    case LifecycleStage::reconcile_service:
      return api::DeploymentLifecycleHookStage::reconcile_service;
    case LifecycleStage::pre_scale_up:
      return api::DeploymentLifecycleHookStage::pre_scale_up;
    case LifecycleStage::post_scale_up:
      break;
  }
  return api::DeploymentLifecycleHookStage::post_scale_up;
}

api::DeploymentLifecycleHookAction show_action(HookAction action) {
  return action == HookAction::proceed ? api::DeploymentLifecycleHookAction::continue_
                                       : api::DeploymentLifecycleHookAction::rollback;
}

api::DeploymentLifecycleHookStatus show_hook_status(HookStatus status) {
  switch (status) {
    case HookStatus::succeeded:
      return api::DeploymentLifecycleHookStatus::succeeded;
    case HookStatus::failed:
      return api::DeploymentLifecycleHookStatus::failed;
    case HookStatus::timed_out:
      return api::DeploymentLifecycleHookStatus::timed_out;
    case HookStatus::ahead:
    case HookStatus::awaiting_action:
      break;
  }
  return api::DeploymentLifecycleHookStatus::awaiting_action;
}

Result<LifecycleHook> read_hook(const api::DeploymentLifecycleHook& wanted) {
  if (wanted.target_type != api::DeploymentLifecycleHookTargetType::pause) {
    return invalid(
        "lifecycleHooks: targetType must be PAUSE. The default, AWS_LAMBDA, calls a function, and "
        "there is nothing here that runs one.");
  }
  if (!wanted.lifecycle_stages) {
    return invalid("lifecycleHooks: a hook needs lifecycleStages, where it waits.");
  }
  LifecycleHook hook;
  for (const api::DeploymentLifecycleHookStage each : *wanted.lifecycle_stages) {
    const LifecycleStage stage = read_stage(each);
    if (std::find(hook.stages.begin(), hook.stages.end(), stage) != hook.stages.end()) {
      return invalid("lifecycleHooks: a hook names a stage twice in lifecycleStages.");
    }
    hook.stages.push_back(stage);
  }
  if (wanted.timeout_configuration) {
    hook.timeout_min = wanted.timeout_configuration->timeout_in_minutes.value_or(hook.timeout_min);
    hook.timeout_action =
        wanted.timeout_configuration->action == api::DeploymentLifecycleHookAction::continue_
            ? HookAction::proceed
            : HookAction::rollback;
  }
  return hook;
}

}  // namespace

Result<std::vector<LifecycleHook>> read_hooks(
    const std::vector<api::DeploymentLifecycleHook>& wanted) {
  std::vector<LifecycleHook> hooks;
  for (const api::DeploymentLifecycleHook& each : wanted) {
    Result<LifecycleHook> hook = read_hook(each);
    if (!hook.ok()) {
      return hook.error();
    }
    hooks.push_back(std::move(hook).value());
  }
  return hooks;
}

std::vector<api::DeploymentLifecycleHook> show_hooks(const std::vector<LifecycleHook>& hooks) {
  std::vector<api::DeploymentLifecycleHook> shown;
  for (const LifecycleHook& hook : hooks) {
    api::DeploymentLifecycleHook& each = shown.emplace_back();
    each.target_type = api::DeploymentLifecycleHookTargetType::pause;
    each.lifecycle_stages.emplace();
    for (const LifecycleStage stage : hook.stages) {
      each.lifecycle_stages->push_back(show_hook_stage(stage));
    }
    each.timeout_configuration.emplace();
    each.timeout_configuration->timeout_in_minutes = hook.timeout_min;
    each.timeout_configuration->action = show_action(hook.timeout_action);
  }
  return shown;
}

std::vector<api::DeploymentLifecycleHookDetail> show_hook_details(
    const std::vector<DeploymentHook>& hooks) {
  std::vector<api::DeploymentLifecycleHookDetail> shown;
  for (const DeploymentHook& hook : hooks) {
    if (hook.status == HookStatus::ahead) {
      continue;
    }
    api::DeploymentLifecycleHookDetail& each = shown.emplace_back();
    each.hook_id = hook.id;
    each.target_type = api::DeploymentLifecycleHookTargetType::pause;
    each.status = show_hook_status(hook.status);
    each.expires_at = hook.expires_at;
    each.timeout_action = show_action(hook.timeout_action);
  }
  return shown;
}

api::ServiceDeploymentLifecycleStage show_stage(LifecycleStage stage) {
  switch (stage) {
    case LifecycleStage::reconcile_service:
      return api::ServiceDeploymentLifecycleStage::reconcile_service;
    case LifecycleStage::pre_scale_up:
      return api::ServiceDeploymentLifecycleStage::pre_scale_up;
    case LifecycleStage::post_scale_up:
      break;
  }
  return api::ServiceDeploymentLifecycleStage::post_scale_up;
}

}  // namespace control

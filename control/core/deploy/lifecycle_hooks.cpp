#include "control/core/deploy/lifecycle_hooks.h"

#include <algorithm>
#include <string>

namespace control {

using schemas::Deployment;
using schemas::DeploymentHook;
using schemas::HookAction;
using schemas::HookStatus;
using schemas::Instant;
using schemas::LifecycleStage;

namespace {

bool has_let_go(const DeploymentHook& hook) {
  return hook.status == HookStatus::succeeded ||
         (hook.status == HookStatus::timed_out && hook.timeout_action == HookAction::proceed);
}

bool waits(const DeploymentHook& hook) { return hook.status == HookStatus::awaiting_action; }

bool is_out_of_time(const DeploymentHook& hook, Instant now) {
  return waits(hook) && hook.expires_at && *hook.expires_at <= now;
}

}  // namespace

std::vector<DeploymentHook> hooks_of(const schemas::DeploymentConfiguration& configuration,
                                     schemas::DeploymentId deployment, bool several) {
  std::vector<DeploymentHook> hooks;
  for (const schemas::LifecycleHook& each : configuration.lifecycle_hooks) {
    for (const LifecycleStage stage : each.stages) {
      if (stage != LifecycleStage::reconcile_service || several) {
        DeploymentHook hook;
        hook.stage = stage;
        hook.timeout_min = each.timeout_min;
        hook.timeout_action = each.timeout_action;
        hooks.push_back(std::move(hook));
      }
    }
  }
  std::stable_sort(
      hooks.begin(), hooks.end(),
      [](const DeploymentHook& a, const DeploymentHook& b) { return a.stage < b.stage; });
  const std::string text = deployment.text();
  const std::string digits = text.substr(text.find('/') + 1);
  for (std::size_t at = 0; at < hooks.size(); ++at) {
    hooks[at].id = "hook-" + digits + "-" + std::to_string(at + 1);
  }
  return hooks;
}

std::optional<LifecycleStage> stage_ahead(const Deployment& deployment) {
  if (deployment.rollout_state == schemas::RolloutState::failed) {
    return std::nullopt;
  }
  for (const DeploymentHook& hook : deployment.hooks) {
    if (!has_let_go(hook)) {
      return hook.stage;
    }
  }
  return std::nullopt;
}

bool holds_start(const Deployment& deployment) {
  const auto stage = stage_ahead(deployment);
  return stage && *stage < LifecycleStage::post_scale_up;
}

bool holds_end(const Deployment& deployment) { return stage_ahead(deployment).has_value(); }

bool is_paused(const Deployment& deployment) {
  return std::any_of(deployment.hooks.begin(), deployment.hooks.end(), waits);
}

std::optional<Instant> next_expiry(const Deployment& deployment) {
  std::optional<Instant> next;
  for (const DeploymentHook& hook : deployment.hooks) {
    if (waits(hook) && hook.expires_at) {
      next = std::min(next.value_or(*hook.expires_at), *hook.expires_at);
    }
  }
  return next;
}

std::optional<HookAction> expired_action(const Deployment& deployment, Instant now) {
  std::optional<HookAction> action;
  for (const DeploymentHook& hook : deployment.hooks) {
    if (is_out_of_time(hook, now)) {
      action = std::min(action.value_or(hook.timeout_action), hook.timeout_action);
    }
  }
  return action;
}

void pause(Deployment& deployment, Instant now) {
  const auto stage = stage_ahead(deployment);
  for (DeploymentHook& hook : deployment.hooks) {
    if (stage && hook.stage == *stage && hook.status == HookStatus::ahead) {
      hook.status = HookStatus::awaiting_action;
      hook.expires_at = now + std::chrono::minutes(hook.timeout_min);
    }
  }
}

void expire(Deployment& deployment, Instant now) {
  for (DeploymentHook& hook : deployment.hooks) {
    if (is_out_of_time(hook, now)) {
      hook.status = HookStatus::timed_out;
    }
  }
}

void fail_waiting(std::vector<DeploymentHook>& hooks) {
  for (DeploymentHook& hook : hooks) {
    if (waits(hook)) {
      hook.status = HookStatus::failed;
    }
  }
}

}  // namespace control

#include <algorithm>

#include "api/services.h"
#include "control/core/loop/names.h"
#include "control/core/loop/operations/operations.h"
#include "control/core/loop/rollouts.h"
#include "control/core/world/lookups.h"

namespace control {

using schemas::Deployment;
using schemas::DeploymentHook;
using schemas::Error;
using schemas::ErrorCode;
using schemas::HookStatus;
using schemas::Service;
using schemas::ServiceDeployment;

namespace {

/// The hook of the service's primary deployment that waits under this id; null if none does.
DeploymentHook* waiting_hook(Service& service, const ServiceDeployment& record,
                             const std::string& id) {
  // The record of a service that is being deleted has ended, and its deployment goes with its
  // tasks.
  if (service.deployments.empty() || service.deployments.front().id != record.id ||
      record.status != schemas::ServiceDeploymentStatus::in_progress) {
    return nullptr;
  }
  std::vector<DeploymentHook>& hooks = service.deployments.front().hooks;
  const auto at = std::find_if(hooks.begin(), hooks.end(), [&](const DeploymentHook& hook) {
    return hook.id == id && hook.status == HookStatus::awaiting_action;
  });
  return at == hooks.end() ? nullptr : &*at;
}

Error not_waiting(const ServiceDeployment& record, const std::string& id) {
  return {
      ErrorCode::invalid_parameter,
      "hookId: no lifecycle hook " + id + " of service deployment " + record.id.text() +
          " waits for an action. lifecycleHookDetails of DescribeServiceDeployments names those "
          "that do (AWAITING_ACTION)."};
}

/// The hook lets its deployment go; the next turn takes it on.
void let_go(Context& context, Service service, ServiceDeployment record, DeploymentHook& hook) {
  hook.status = HookStatus::succeeded;
  Deployment& primary = service.deployments.front();
  primary.updated_at = context.now;
  record.hooks = primary.hooks;
  record.updated_at = context.now;
  apply(context.world, ServiceChanged{std::move(service)});
  apply(context.world, ServiceDeploymentChanged{std::move(record)});
}

}  // namespace

Answer continue_service_deployment(Context& context, const ApiCall& call) {
  const auto& input = call.input.as<api::ContinueServiceDeploymentRequest>();
  const auto found =
      known_service_deployment(context.world, call.scope, input.service_deployment_arn);
  if (!found.ok()) {
    return found.error();
  }
  const ServiceDeployment record = *found.value();
  Service service = *service_of(context.world, record.service);
  DeploymentHook* hook = waiting_hook(service, record, input.hook_id);
  if (hook == nullptr) {
    return not_waiting(record, input.hook_id);
  }
  if (input.action == api::DeploymentLifecycleHookAction::rollback) {
    const ServiceDeployment* target =
        find_service_deployment(context.world, service.last_completed);
    if (target == nullptr) {
      return Error{ErrorCode::invalid_parameter,
                   "action ROLLBACK: no deployment of the service was completed, so there is "
                   "nothing to go back to. End it with StopServiceDeployment and ABORT."};
    }
    end_deployment(
        context, record,
        {.why = "ContinueServiceDeployment with ROLLBACK was called by " + call.principal + ".",
         .target = target});
  } else {
    let_go(context, std::move(service), record, *hook);
  }
  api::ContinueServiceDeploymentResponse output;
  output.service_deployment_arn = input.service_deployment_arn;
  return api::Value::of(std::move(output));
}

}  // namespace control

// What callers say to a deployment that is on its way.

#include <utility>

#include "api/services.h"
#include "control/core/world/lookups.h"
#include "tests/sim/caller.h"

namespace sim {

namespace {

/// The first hook that the service's newest deployment waits for; empty if it waits for none.
std::string first_waiting(const schemas::Service& service) {
  if (service.deployments.empty()) {
    return {};
  }
  for (const schemas::DeploymentHook& hook : service.deployments.front().hooks) {
    if (hook.status == schemas::HookStatus::awaiting_action) {
      return hook.id;
    }
  }
  return {};
}

}  // namespace

void Caller::stop_deployment(const std::string& name, bool back) {
  turns_.ask(name, [this, name, back] {
    const control::World& world = control_.world();
    const schemas::Cluster* cluster = control::find_cluster(world, home(), cluster_);
    const schemas::Service* service =
        cluster == nullptr ? nullptr : control::find_service(world, cluster->key, name);
    if (!control_.up() || service == nullptr) {
      turns_.over(name);
      return;
    }
    api::StopServiceDeploymentRequest request;
    request.service_deployment_arn =
        control::service_deployment_arn(world, *service, service->current);
    request.stop_type = back ? api::StopServiceDeploymentStopType::rollback
                             : api::StopServiceDeploymentStopType::abort;
    ask("StopServiceDeployment", api::Value::of(std::move(request)), Retry::until_answered,
        [this, name](const auto& answer) {
          if (answer.ok()) {
            simulation_.probe("a deployment was stopped");
          }
          turns_.over(name);
        });
  });
}

void Caller::continue_deployment(const std::string& name,
                                 api::DeploymentLifecycleHookAction action) {
  turns_.ask(name, [this, name, action] {
    const control::World& world = control_.world();
    const schemas::Cluster* cluster = control::find_cluster(world, home(), cluster_);
    const schemas::Service* service =
        cluster == nullptr ? nullptr : control::find_service(world, cluster->key, name);
    const std::string hook =
        control_.up() && service != nullptr ? first_waiting(*service) : std::string();
    if (service == nullptr || hook.empty()) {
      turns_.over(name);
      return;
    }
    api::ContinueServiceDeploymentRequest request;
    request.service_deployment_arn =
        control::service_deployment_arn(world, *service, service->current);
    request.hook_id = hook;
    request.action = action;
    ask("ContinueServiceDeployment", api::Value::of(std::move(request)), Retry::until_answered,
        [this, name](const auto& answer) {
          if (answer.ok()) {
            simulation_.probe("a paused deployment was continued or taken back");
          }
          turns_.over(name);
        });
  });
}

}  // namespace sim

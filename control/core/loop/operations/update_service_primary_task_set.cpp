#include <algorithm>

#include "control/core/loop/operations/operations.h"
#include "control/core/loop/operations/refusals.h"
#include "control/core/loop/operations/show_task_set.h"
#include "control/core/loop/operations/task_set_request.h"

namespace control {

using schemas::Deployment;
using schemas::DeploymentStatus;

/// One set is PRIMARY, and what was so before is ACTIVE. What runs stays as it is.
Answer update_service_primary_task_set(Context& context, const ApiCall& call) {
  const auto& input = call.input.as<api::UpdateServicePrimaryTaskSetRequest>();
  auto found = task_set_to_change(context.world, call.scope, input.cluster, input.service,
                                  input.primary_task_set);
  if (!found.ok()) {
    return found.error();
  }
  const Deployment& set = found.value().set();
  if (set.task_set->draining) {
    return invalid("The task set " + set.id.text() +
                   " is DRAINING: it was deleted and cannot become PRIMARY.");
  }
  const schemas::DeploymentId id = set.id;
  std::vector<Deployment>& sets = found.value().service.deployments;
  for (Deployment& each : sets) {
    const DeploymentStatus status =
        each.id == id ? DeploymentStatus::primary : DeploymentStatus::active;
    if (each.status != status) {
      each.status = status;
      each.updated_at = context.now;
    }
  }
  std::stable_partition(sets.begin(), sets.end(),
                        [id](const Deployment& each) { return each.id == id; });
  const std::int64_t key = found.value().service.key;
  put_task_set(context, call.scope, std::move(found.value().service), id, "task_set.primary");
  api::UpdateServicePrimaryTaskSetResponse output;
  output.task_set = show_task_set(context.world, key, id, context.now);
  return api::Value::of(std::move(output));
}

}  // namespace control

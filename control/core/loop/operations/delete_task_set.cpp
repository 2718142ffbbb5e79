#include "control/core/loop/operations/operations.h"
#include "control/core/loop/operations/refusals.h"
#include "control/core/loop/operations/show_task_set.h"
#include "control/core/loop/operations/task_set_request.h"

namespace control {

/// To DRAINING; it goes when its last task has stopped. Asked again, the answer is the same, and
/// `force` takes its protected tasks, too.
Answer delete_task_set(Context& context, const ApiCall& call) {
  const auto& input = call.input.as<api::DeleteTaskSetRequest>();
  auto found =
      task_set_to_change(context.world, call.scope, input.cluster, input.service, input.task_set);
  if (!found.ok()) {
    return found.error();
  }
  schemas::Deployment& set = found.value().set();
  const bool force = input.force.value_or(false);
  if (set.task_set->scale_micro_percent > 0 && !set.task_set->draining && !force) {
    return invalid("The task set " + set.id.text() +
                   " cannot be deleted while it is scaled above 0 percent. Scale it to 0 with "
                   "UpdateTaskSet first, or use force.");
  }
  set.task_set->draining = true;
  set.task_set->forced = set.task_set->forced || force;
  set.task_set->scale_micro_percent = 0;
  set.status = schemas::DeploymentStatus::active;
  set.updated_at = context.now;
  const schemas::DeploymentId id = set.id;
  const std::int64_t key = found.value().service.key;
  put_task_set(context, call.scope, std::move(found.value().service), id, "task_set.deleted");
  api::DeleteTaskSetResponse output;
  output.task_set = show_task_set(context.world, key, id, context.now);
  return api::Value::of(std::move(output));
}

}  // namespace control

#include "control/core/deploy/deployment.h"
#include "control/core/loop/operations/operations.h"
#include "control/core/loop/operations/refusals.h"
#include "control/core/loop/operations/show_task_set.h"
#include "control/core/loop/operations/task_set_request.h"

namespace control {

/// Scales it; another try for one whose tasks failed.
Answer update_task_set(Context& context, const ApiCall& call) {
  const auto& input = call.input.as<api::UpdateTaskSetRequest>();
  auto found =
      task_set_to_change(context.world, call.scope, input.cluster, input.service, input.task_set);
  if (!found.ok()) {
    return found.error();
  }
  if (!input.scale.value) {
    return invalid("scale.value is required: percent of the desired count, 0 to 100.");
  }
  const auto scale = read_scale(input.scale);
  if (!scale.ok()) {
    return scale.error();
  }
  schemas::Deployment& set = found.value().set();
  if (set.task_set->draining) {
    return invalid("The task set " + set.id.text() + " is DRAINING: it was deleted.");
  }
  set.task_set->scale_micro_percent = scale.value();
  forgive(set, context.now);
  set.updated_at = context.now;
  const schemas::DeploymentId id = set.id;
  const std::int64_t key = found.value().service.key;
  put_task_set(context, call.scope, std::move(found.value().service), id, "task_set.updated");
  api::UpdateTaskSetResponse output;
  output.task_set = show_task_set(context.world, key, id, context.now);
  return api::Value::of(std::move(output));
}

}  // namespace control

#include "control/core/loop/names.h"
#include "control/core/loop/operations/operations.h"
#include "control/core/loop/operations/show_task.h"
#include "control/core/world/lookups.h"

namespace control {

/// Stopping a task that stops already changes nothing and is no error.
Answer stop_task_by_user(Context& context, const ApiCall& call) {
  const auto& input = call.input.as<api::StopTaskRequest>();
  const auto task = task_named(context.world, call.scope, input.cluster.value_or(""), input.task);
  if (!task.ok()) {
    return task.error();
  }
  std::string reason = input.reason.value_or("");
  if (reason.empty()) {
    reason = "Task stopped by user";
  }
  const std::int64_t key = task.value()->key;
  stop_task(context, *task.value(), schemas::StopCode::user_initiated, std::move(reason));
  api::StopTaskResponse output;
  output.task = show_task(context.world, *task_of(context.world, key), TagView::shown);
  return api::Value::of(std::move(output));
}

}  // namespace control

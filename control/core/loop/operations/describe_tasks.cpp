#include "control/core/loop/names.h"
#include "control/core/loop/operations/operations.h"
#include "control/core/loop/operations/show_task.h"

namespace control {

Answer describe_tasks(Context& context, const ApiCall& call) {
  const auto& input = call.input.as<api::DescribeTasksRequest>();
  const auto cluster = cluster_named(context.world, call.scope, input.cluster.value_or(""));
  if (!cluster.ok()) {
    return cluster.error();
  }
  api::DescribeTasksResponse output;
  output.tasks.emplace();
  output.failures.emplace();
  for (const std::string& sent : input.tasks) {
    if (const schemas::Task* task = task_in(context.world, *cluster.value(), sent)) {
      output.tasks->push_back(show_task(context.world, *task, tag_view(input.include)));
    } else {
      output.failures->push_back(
          missing(meant_arn(call.scope, "task", cluster.value()->name + "/", sent)));
    }
  }
  return api::Value::of(std::move(output));
}

}  // namespace control

#include "control/core/loop/launch.h"
#include "control/core/loop/names.h"
#include "control/core/loop/operations/operations.h"
#include "control/core/loop/operations/show_task.h"
#include "control/core/loop/operations/task_request.h"
#include "control/core/world/lookups.h"

namespace control {

namespace {

api::RunTaskRequest as_run(const api::StartTaskRequest& input) {
  api::RunTaskRequest run;
  run.cluster = input.cluster;
  run.enable_ecs_managed_tags = input.enable_ecs_managed_tags;
  run.group = input.group;
  run.launch_type = api::LaunchType::ec2;  // named hosts need no strategy
  run.network_configuration = input.network_configuration;
  run.overrides = input.overrides;
  run.propagate_tags = input.propagate_tags;
  run.started_by = input.started_by;
  run.tags = input.tags;
  run.task_definition = input.task_definition;
  return run;
}

}  // namespace

/// The caller chooses the hosts; a host still has to be able to take the task.
Answer start_task(Context& context, const ApiCall& call) {
  const auto& input = call.input.as<api::StartTaskRequest>();
  const auto cluster = cluster_named(context.world, call.scope, input.cluster.value_or(""));
  if (!cluster.ok()) {
    return cluster.error();
  }
  auto read = read_task_request(context, call, as_run(input), *cluster.value());
  if (!read.ok()) {
    return read.error();
  }
  LaunchOrder order{
      .cluster = cluster.value()->key,
      .service = 0,
      .deployment = {},
      .host = {},
      .specification = std::make_shared<const schemas::TaskSpecification>(std::move(read).value())};
  api::StartTaskResponse output;
  output.tasks.emplace();
  output.failures.emplace();
  for (const std::string& sent : input.container_instances) {
    const auto* host = instance_in(context.world, *cluster.value(), sent);
    const std::string arn =
        meant_arn(call.scope, "container-instance", cluster.value()->name + "/", sent);
    if (host == nullptr) {
      output.failures->push_back(missing(arn));
      continue;
    }
    order.host = host->id;
    const Launch launched = launch(context, order);
    if (const auto* id = std::get_if<schemas::TaskId>(&launched)) {
      output.tasks->push_back(
          show_task(context.world, *find_task(context.world, *id), TagView::shown));
    } else {
      const auto& refusal = *std::get_if<LaunchRefusal>(&launched);
      output.failures->push_back({.arn = arn, .reason = refusal.reason, .detail = refusal.detail});
    }
  }
  return api::Value::of(std::move(output));
}

}  // namespace control

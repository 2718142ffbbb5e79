#include "control/core/loop/operations/operations.h"
#include "control/core/loop/operations/show_task_set.h"
#include "control/core/loop/operations/task_set_request.h"
#include "control/core/loop/services.h"
#include "control/core/world/lookups.h"

namespace control {

using schemas::Deployment;
using schemas::Service;

/// All sets of the service, or those that are named.
Answer describe_task_sets(Context& context, const ApiCall& call) {
  const auto& input = call.input.as<api::DescribeTaskSetsRequest>();
  const auto found =
      external_service(context.world, call.scope, input.cluster, input.service, ServiceState::any);
  if (!found.ok()) {
    return found.error();
  }
  const Service& service = *found.value();
  const std::vector<ServiceTask> tasks = service_tasks(context.world, service.key);
  api::DescribeTaskSetsResponse output;
  output.task_sets.emplace();
  output.failures.emplace();
  const auto show = [&](const Deployment& set) {
    output.task_sets->push_back(
        show_task_set(context.world, service, set, tasks, tag_view(input.include), context.now));
  };
  if (!input.task_sets || input.task_sets->empty()) {
    for (const Deployment& set : service.deployments) {
      show(set);
    }
    return api::Value::of(std::move(output));
  }
  const std::string& cluster = cluster_of(context.world, service.cluster)->name;
  for (const std::string& sent : *input.task_sets) {
    if (const Deployment* set = task_set_in(context.world, service, sent)) {
      show(*set);
    } else {
      output.failures->push_back(
          missing(meant_arn(call.scope, "task-set", cluster + "/" + service.name + "/", sent)));
    }
  }
  return api::Value::of(std::move(output));
}

}  // namespace control

#include "control/core/loop/names.h"
#include "control/core/loop/operations/operations.h"
#include "control/core/loop/operations/page.h"
#include "control/core/loop/operations/show_task.h"
#include "control/core/world/lookups.h"

namespace control {

using schemas::Error;
using schemas::ErrorCode;
using schemas::Outcome;
using schemas::Task;
using schemas::TaskStatus;

namespace {

/// What the filters of the request mean; all of them must match.
struct TaskFilter {
  TaskStatus desired_status = TaskStatus::running;
  std::optional<std::string> family;
  std::optional<std::string> started_by;
  std::optional<std::int64_t> service;
  std::optional<schemas::InstanceId> instance;
  std::optional<schemas::LaunchType> launch_type;

  [[nodiscard]] bool matches(const Task& task) const {
    const schemas::TaskSpecification& specification = *task.specification;
    return task.desired_status == desired_status &&
           (!family || specification.definition->family == *family) &&
           (!started_by || control::started_by(task) == *started_by) &&
           (!service || task.service == *service) && (!instance || task.instance == instance) &&
           (!launch_type || specification.launch_type == *launch_type);
  }
};

Outcome read_filter(const World& world, const schemas::Cluster& cluster,
                    const api::ListTasksRequest& input, TaskFilter& filter) {
  if (input.desired_status) {
    filter.desired_status =
        *input.desired_status == api::DesiredStatus::stopped   ? TaskStatus::stopped
        : *input.desired_status == api::DesiredStatus::pending ? TaskStatus::pending
                                                               : TaskStatus::running;
  }
  filter.family = input.family;
  filter.started_by = input.started_by;
  if (input.launch_type) {
    filter.launch_type = read_launch_type(input.launch_type);
  }
  if (input.service_name) {
    const schemas::Service* service = service_in(world, cluster, *input.service_name);
    if (service == nullptr) {
      return Error{ErrorCode::service_not_found, "Service not found."};
    }
    filter.service = service->key;
  }
  if (input.container_instance) {
    const auto* instance = instance_in(world, cluster, *input.container_instance);
    if (instance == nullptr) {
      return Error{ErrorCode::invalid_parameter,
                   "The container instance '" + *input.container_instance +
                       "' was not found in cluster " + cluster.name + "."};
    }
    filter.instance = instance->id;
  }
  return schemas::Done{};
}

std::string filter_text(const schemas::Cluster& cluster, const api::ListTasksRequest& input) {
  api::ListTasksRequest rest = input;
  rest.next_token.reset();
  rest.max_results.reset();
  return std::to_string(cluster.key) + api::encode(rest);
}

}  // namespace

Answer list_tasks(Context& context, const ApiCall& call) {
  const auto& input = call.input.as<api::ListTasksRequest>();
  const auto cluster = cluster_named(context.world, call.scope, input.cluster.value_or(""));
  if (!cluster.ok()) {
    return cluster.error();
  }
  TaskFilter filter;
  const Outcome read = read_filter(context.world, *cluster.value(), input, filter);
  if (!read.ok()) {
    return read.error();
  }
  auto page = open_page(context, call, input, filter_text(*cluster.value(), input));
  if (!page.ok()) {
    return page.error();
  }
  const Keys& keys = entry_or_empty(context.world.index().tasks_of_cluster, cluster.value()->key);
  for (auto at = keys.upper_bound(page.value().after_key()); at != keys.end(); ++at) {
    const Task& task = context.world->tasks.at(*at);
    if (filter.matches(task) &&
        !page.value().add(std::to_string(*at), task_arn(context.world, task))) {
      break;
    }
  }
  api::ListTasksResponse output;
  output.next_token = page.value().next_token();
  output.task_arns = std::move(page).value().entries();
  return api::Value::of(std::move(output));
}

}  // namespace control

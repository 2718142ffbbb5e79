#include <algorithm>

#include "control/core/loop/names.h"
#include "control/core/loop/operations/operations.h"
#include "control/core/loop/operations/shapes.h"
#include "control/core/loop/operations/show_instance.h"

namespace control {

namespace {

api::ContainerInstanceHealthStatus health_of(const schemas::ContainerInstance& instance) {
  const auto state = instance.connected ? api::InstanceHealthCheckState::ok
                                        : api::InstanceHealthCheckState::impaired;
  api::InstanceHealthCheckResult result;
  result.type = api::InstanceHealthCheckType::agent_connectivity;
  result.status = state;
  api::ContainerInstanceHealthStatus health;
  health.overall_status = state;
  health.details.emplace().push_back(std::move(result));
  return health;
}

}  // namespace

Answer describe_container_instances(Context& context, const ApiCall& call) {
  const auto& input = call.input.as<api::DescribeContainerInstancesRequest>();
  const auto cluster = cluster_named(context.world, call.scope, input.cluster.value_or(""));
  if (!cluster.ok()) {
    return cluster.error();
  }
  const bool health =
      input.include &&
      std::find(input.include->begin(), input.include->end(),
                api::ContainerInstanceField::container_instance_health) != input.include->end();
  api::DescribeContainerInstancesResponse output;
  output.container_instances.emplace();
  output.failures.emplace();
  for (const std::string& sent : input.container_instances) {
    const auto* instance = instance_in(context.world, *cluster.value(), sent);
    if (instance == nullptr) {
      output.failures->push_back(
          missing(meant_arn(call.scope, "container-instance", cluster.value()->name + "/", sent)));
      continue;
    }
    output.container_instances->push_back(
        show_instance(context.world, *instance, tag_view(input.include)));
    if (health) {
      output.container_instances->back().health_status = health_of(*instance);
    }
  }
  return api::Value::of(std::move(output));
}

}  // namespace control

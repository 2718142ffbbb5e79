// Why tasks go where they go, or nowhere. All of it asks and changes nothing.

#include "api/tasks.h"
#include "control/core/loop/names.h"
#include "control/core/loop/operations/operations.h"
#include "control/core/loop/operations/show_explanation.h"
#include "control/core/loop/operations/task_request.h"
#include "control/core/loop/provider_turn.h"

namespace control {

namespace {

LaunchOrder order_of(std::int64_t cluster, std::int64_t service, schemas::TaskSpecificationRef of,
                     std::string capacity_provider) {
  return {.cluster = cluster,
          .service = service,
          .deployment = {},
          .host = {},
          .capacity_provider = std::move(capacity_provider),
          .specification = std::move(of)};
}

}  // namespace

/// Of its newest deployment.
Answer explain_service(Context& context, const ApiCall& call) {
  const auto& input = call.input.as<api::ExplainServiceRequest>();
  const auto found =
      service_named(context.world, call.scope, input.cluster.value_or(""), input.service);
  if (!found.ok()) {
    return found.error();
  }
  const schemas::Service& service = *found.value();
  if (service.deployments.empty()) {
    return schemas::Error{schemas::ErrorCode::service_not_found,
                          "The service " + service.name +
                              (service.external ? " has no task set" : " has ended") +
                              ": it starts no tasks."};
  }
  const schemas::Deployment& newest = service.deployments.front();
  const ProviderTurn providers(context.world, service.key, newest.id, newest.specification);
  api::ExplainServiceResponse output;
  output.explanation = show_explanation(
      context.world,
      order_of(service.cluster, service.key, newest.specification, providers.next()));
  return api::Value::of(std::move(output));
}

Answer explain_task(Context& context, const ApiCall& call) {
  const auto& input = call.input.as<api::ExplainTaskRequest>();
  const auto task = task_named(context.world, call.scope, input.cluster.value_or(""), input.task);
  if (!task.ok()) {
    return task.error();
  }
  api::ExplainTaskResponse output;
  output.explanation = show_explanation(
      context.world, order_of(task.value()->cluster, task.value()->service,
                              task.value()->specification, task.value()->capacity_provider));
  return api::Value::of(std::move(output));
}

/// Read as RunTask reads it, so that what is explained is what would be placed.
Answer explain_task_definition(Context& context, const ApiCall& call) {
  const auto& input = call.input.as<api::ExplainTaskDefinitionRequest>();
  const auto cluster = cluster_named(context.world, call.scope, input.cluster.value_or(""));
  if (!cluster.ok()) {
    return cluster.error();
  }
  api::RunTaskRequest run;
  run.task_definition = input.task_definition;
  run.launch_type = input.launch_type;
  run.group = input.group;
  run.network_configuration = input.network_configuration;
  run.placement_constraints = input.placement_constraints;
  auto read = read_task_request(context, call, run, *cluster.value());
  if (!read.ok()) {
    return read.error();
  }
  const auto specification =
      std::make_shared<const schemas::TaskSpecification>(std::move(read).value());
  const ProviderTurn providers(context.world, 0, {}, specification);
  api::ExplainTaskDefinitionResponse output;
  output.explanation = show_explanation(
      context.world, order_of(cluster.value()->key, 0, specification, providers.next()));
  return api::Value::of(std::move(output));
}

}  // namespace control

#include "control/core/deploy/deployment.h"
#include "control/core/loop/details.h"
#include "control/core/loop/names.h"
#include "control/core/loop/operations/operations.h"
#include "control/core/loop/operations/refusals.h"
#include "control/core/loop/operations/service_request.h"
#include "control/core/loop/operations/show_service.h"
#include "control/core/loop/operations/strategy_request.h"
#include "control/core/loop/roles.h"
#include "control/core/loop/rollouts.h"
#include "control/core/world/lookups.h"
#include "schemas/wire/wire.h"

namespace control {

using schemas::Cluster;
using schemas::DeploymentId;
using schemas::Error;
using schemas::ErrorCode;
using schemas::Outcome;
using schemas::Result;
using schemas::Service;
using schemas::TaskSpecification;

namespace {

/// What the service has, with what the request says over it.
Result<LaunchWish> read_wish(const World& world, const Cluster& cluster,
                             const TaskSpecification& current,
                             const api::UpdateServiceRequest& input) {
  LaunchWish wish{.definition = current.definition,
                  .launch_type = current.launch_type,
                  .capacity_provider_strategy = current.capacity_provider_strategy,
                  .network = input.network_configuration,
                  .platform_version = input.platform_version,
                  .constraints = input.placement_constraints,
                  .strategy = input.placement_strategy};
  if (input.task_definition) {
    const auto definition = launchable_definition(world, cluster.scope, *input.task_definition);
    if (!definition.ok()) {
      return definition.error();
    }
    wish.definition = definition.value();
  }
  // An empty strategy takes the service off its providers; what it ran on, it still runs on.
  if (input.capacity_provider_strategy && input.capacity_provider_strategy->empty()) {
    wish.capacity_provider_strategy.clear();
  } else if (input.capacity_provider_strategy) {
    const auto choice = choose_launch(cluster, std::nullopt, input.capacity_provider_strategy);
    if (!choice.ok()) {
      return choice.error();
    }
    wish.launch_type = choice.value().launch_type;
    wish.capacity_provider_strategy = choice.value().strategy;
  }
  const bool awsvpc = wish.definition->network_mode == schemas::NetworkMode::awsvpc;
  if (!wish.network && current.network && awsvpc) {
    wish.network = show_network(*current.network);
  }
  if (!wish.platform_version) {
    wish.platform_version = current.platform_version;
  }
  if (wish.launch_type == schemas::LaunchType::ec2 && !input.platform_version) {
    wish.platform_version.reset();
  }
  if (!wish.constraints) {
    wish.constraints = show_constraints(current.placement_constraints);
  }
  if (!wish.strategy) {
    wish.strategy = show_strategy(current.placement_strategy);
  }
  return wish;
}

/// A new deployment when what the tasks are made from changes, or when the caller says so; the
/// desired count alone scales the one there is.
Outcome update_deployment(Context& context, const ApiCall& call, const Cluster& cluster,
                          Service& service, const api::UpdateServiceRequest& input) {
  const auto wish =
      read_wish(context.world, cluster, *service.deployments.front().specification, input);
  if (!wish.ok()) {
    return wish.error();
  }
  const auto specification = service_specification(context, cluster, service, wish.value());
  if (!specification.ok()) {
    return specification.error();
  }
  // What has to be done although its role is gone, scaling down for one, still can be.
  const bool anew = input.task_definition || input.force_new_deployment.value_or(false);
  const Outcome roles =
      anew ? check_roles(context.world, call, *specification.value()) : Outcome(schemas::Done{});
  if (!roles.ok()) {
    return roles.error();
  }
  const bool changed = compare(*service.deployments.front().specification,
                               *specification.value()) == Sameness::different;
  if (changed || input.force_new_deployment.value_or(false)) {
    begin_deployment(service, DeploymentId::draw(context.random), specification.value(),
                     context.now);
  } else {
    // Tags alone start no deployment, yet the next tasks have them.
    service.deployments.front().specification = specification.value();
    forgive(service, context.now);
  }
  return schemas::Done{};
}

/// Where its tasks may go and what they are tagged with, as the next tasks of all its sets have it.
Outcome update_task_sets(Context& context, const Cluster& cluster, Service& service,
                         const api::UpdateServiceRequest& input) {
  Outcome read = read_external(service, input);
  if (!read.ok()) {
    return read;
  }
  for (schemas::Deployment& set : service.deployments) {
    const auto wish = read_wish(context.world, cluster, *set.specification, input);
    if (!wish.ok()) {
      return wish.error();
    }
    const auto specification = service_specification(context, cluster, service, wish.value());
    if (!specification.ok()) {
      return specification.error();
    }
    set.specification = specification.value();
  }
  forgive(service, context.now);
  return schemas::Done{};
}

/// What the kind of the service does not let through.
Outcome check_kind(const Service& service, const api::UpdateServiceRequest& input) {
  if (input.deployment_controller &&
      wants_external(input.deployment_controller) != service.external.has_value()) {
    return invalid(
        "The deployment controller of a service cannot be changed here. Create another service "
        "with it.");
  }
  if (service.external) {
    return check_external(input);
  }
  return service.scheduling_strategy == schemas::SchedulingStrategy::daemon
             ? check_daemon(input)
             : Outcome(schemas::Done{});
}

}  // namespace

Answer update_service(Context& context, const ApiCall& call) {
  const auto& input = call.input.as<api::UpdateServiceRequest>();
  const auto found =
      service_named(context.world, call.scope, input.cluster.value_or(""), input.service);
  if (!found.ok()) {
    return found.error();
  }
  if (found.value()->status != schemas::ServiceStatus::active) {
    return Error{ErrorCode::service_not_active, "Service was not ACTIVE."};
  }
  Service service = *found.value();
  const Outcome allowed = check_kind(service, input);
  if (!allowed.ok()) {
    return allowed.error();
  }
  const Cluster& cluster = *cluster_of(context.world, service.cluster);
  const auto configuration =
      read_configuration(input.deployment_configuration, service.deployment_configuration);
  if (!configuration.ok()) {
    return configuration.error();
  }
  service.deployment_configuration = configuration.value();
  service.desired_count = input.desired_count.value_or(service.desired_count);
  service.enable_ecs_managed_tags =
      input.enable_ecs_managed_tags.value_or(service.enable_ecs_managed_tags);
  if (input.propagate_tags) {
    service.propagate_tags = *input.propagate_tags == api::PropagateTags::none
                                 ? ""
                                 : std::string(codec::name_of(*input.propagate_tags));
  }
  const Outcome deployment = service.external
                                 ? update_task_sets(context, cluster, service, input)
                                 : update_deployment(context, call, cluster, service, input);
  if (!deployment.ok()) {
    return deployment.error();
  }
  const auto rebalancing = service.external
                               ? Result<bool>(false)
                               : read_rebalancing(input.availability_zone_rebalancing, service,
                                                  service.availability_zone_rebalancing);
  if (!rebalancing.ok()) {
    return rebalancing.error();
  }
  service.availability_zone_rebalancing = rebalancing.value();
  const schemas::DeploymentId before = found.value()->current;
  apply(context.world, ServiceChanged{service});
  log_event(context, call.scope, "service.updated", service_arn(context.world, service),
            wire::encode(MessageDetail{
                .message = service.external ? "" : service.deployments.front().id.text()}));
  if (service.current != before) {
    close_record(context, before, "A newer deployment began: " + service.current.text() + ".");
    open_record(context, service.key);
  }
  api::UpdateServiceResponse output;
  output.service = show_service(context.world, *service_of(context.world, service.key),
                                TagView::shown, context.now);
  return api::Value::of(std::move(output));
}

}  // namespace control

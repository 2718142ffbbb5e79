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
using schemas::Result;
using schemas::Service;
using schemas::ServiceStatus;

namespace {

bool wants_daemon(const api::CreateServiceRequest& input) {
  return read_scheduling(input.scheduling_strategy) == schemas::SchedulingStrategy::daemon;
}

/// Of a DAEMON nobody says how many tasks it has: the planner counts its hosts.
schemas::Outcome check_scheduling(const api::CreateServiceRequest& input) {
  if (wants_external(input.deployment_controller)) {
    return check_external(input);
  }
  if (!input.task_definition) {
    return invalid("TaskDefinition can not be blank: taskDefinition is required.");
  }
  if (wants_daemon(input)) {
    return check_daemon(input);
  }
  if (!input.desired_count) {
    return invalid("desiredCount must be specified for the REPLICA scheduling strategy.");
  }
  return schemas::Done{};
}

/// The first deployment of a service that ECS rolls out.
schemas::Outcome begin_first(Context& context, const ApiCall& call,
                             const api::CreateServiceRequest& input, const Cluster& cluster,
                             Service& service) {
  const auto definition = launchable_definition(context.world, call.scope, *input.task_definition);
  if (!definition.ok()) {
    return definition.error();
  }
  // The cluster's default strategy is no word about daemons: they go to its hosts.
  const auto choice =
      wants_daemon(input)
          ? Result<LaunchChoice>(
                LaunchChoice{.launch_type = schemas::LaunchType::ec2, .strategy = {}})
          : choose_launch(cluster, input.launch_type, input.capacity_provider_strategy);
  if (!choice.ok()) {
    return choice.error();
  }
  const auto specification =
      service_specification(context, cluster, service,
                            {.definition = definition.value(),
                             .launch_type = choice.value().launch_type,
                             .capacity_provider_strategy = choice.value().strategy,
                             .network = input.network_configuration,
                             .platform_version = input.platform_version,
                             .constraints = input.placement_constraints,
                             .strategy = input.placement_strategy});
  if (!specification.ok()) {
    return specification.error();
  }
  const schemas::Outcome roles = check_roles(context.world, call, *specification.value());
  if (!roles.ok()) {
    return roles.error();
  }
  begin_deployment(service, DeploymentId::draw(context.random), specification.value(), context.now);
  const auto rebalancing = read_rebalancing(input.availability_zone_rebalancing, service, true);
  if (!rebalancing.ok()) {
    return rebalancing.error();
  }
  service.availability_zone_rebalancing = rebalancing.value();
  return schemas::Done{};
}

Result<Service> read_service(Context& context, const ApiCall& call,
                             const api::CreateServiceRequest& input, const Cluster& cluster) {
  const schemas::Outcome scheduling = check_scheduling(input);
  if (!scheduling.ok()) {
    return scheduling.error();
  }
  Service service;
  service.scheduling_strategy = read_scheduling(input.scheduling_strategy);
  const auto configuration = read_configuration(input.deployment_configuration,
                                                default_configuration(service.scheduling_strategy));
  if (!configuration.ok()) {
    return configuration.error();
  }
  const auto tags = read_tags(input.tags);
  if (!tags.ok()) {
    return tags.error();
  }
  service.cluster = cluster.key;
  service.name = input.service_name;
  service.desired_count = input.desired_count.value_or(0);
  service.deployment_configuration = configuration.value();
  service.tags = tags.value();
  service.enable_ecs_managed_tags = input.enable_ecs_managed_tags.value_or(false);
  if (input.propagate_tags && *input.propagate_tags != api::PropagateTags::none) {
    service.propagate_tags = std::string(codec::name_of(*input.propagate_tags));
  }
  service.client_token = input.client_token.value_or("");
  service.created_by = call.principal;
  service.created_at = context.now;
  schemas::Outcome rest = wants_external(input.deployment_controller)
                              ? read_external(service, input)
                              : begin_first(context, call, input, cluster, service);
  if (!rest.ok()) {
    return rest.error();
  }
  return service;
}

bool repeats(const Service& known, const Service& wanted) {
  if (!known.client_token.empty() && known.client_token == wanted.client_token) {
    return true;
  }
  const bool counted = known.scheduling_strategy == schemas::SchedulingStrategy::replica;
  return known.scheduling_strategy == wanted.scheduling_strategy &&
         (!counted || known.desired_count == wanted.desired_count) &&
         known.deployment_configuration == wanted.deployment_configuration &&
         known.availability_zone_rebalancing == wanted.availability_zone_rebalancing &&
         known.tags == wanted.tags && known.external == wanted.external &&
         (known.external || compare(*known.deployments.front().specification,
                                    *wanted.deployments.front().specification) == Sameness::same);
}

Answer answer_with(const Context& context, std::int64_t key) {
  api::CreateServiceResponse output;
  output.service =
      show_service(context.world, *service_of(context.world, key), TagView::shown, context.now);
  return api::Value::of(std::move(output));
}

}  // namespace

/// The same request again is answered with the service there is; the name of a service that is
/// INACTIVE is free.
Answer create_service(Context& context, const ApiCall& call) {
  const auto& input = call.input.as<api::CreateServiceRequest>();
  const auto cluster = cluster_named(context.world, call.scope, input.cluster.value_or(""));
  if (!cluster.ok()) {
    return cluster.error();
  }
  auto read = read_service(context, call, input, *cluster.value());
  if (!read.ok()) {
    return read.error();
  }
  const Service* known = find_service(context.world, cluster.value()->key, input.service_name);
  if (known != nullptr && known->status == ServiceStatus::active) {
    return repeats(*known, read.value())
               ? answer_with(context, known->key)
               : Answer(invalid("Creation of service was not idempotent: " + known->name +
                                " exists with other parameters. Use UpdateService."));
  }
  if (known != nullptr && known->status == ServiceStatus::draining) {
    return invalid("Unable to Start a service that is still Draining.");
  }
  if (known != nullptr) {
    apply(context.world, ServiceForgotten{known->key});
  }
  Service& service = read.value();
  service.key = context.world.next_key(Table::service);
  apply(context.world, ServiceCreated{service});
  const bool rolls_out = !service.external;
  log_event(context, call.scope, "service.created", service_arn(context.world, service),
            wire::encode(MessageDetail{.message = rolls_out ? service.current.text() : ""}));
  if (rolls_out) {
    open_record(context, service.key);
  }
  return answer_with(context, service.key);
}

}  // namespace control

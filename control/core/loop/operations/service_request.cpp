#include "control/core/loop/operations/service_request.h"

#include "control/core/deploy/rebalancing.h"
#include "control/core/loop/operations/hooks.h"
#include "control/core/loop/operations/refusals.h"
#include "control/core/loop/operations/shapes.h"
#include "fargate-pool/core/task_size.h"

namespace control {

using schemas::DeploymentConfiguration;
using schemas::Error;
using schemas::ErrorCode;
using schemas::Outcome;
using schemas::Result;
using schemas::TaskSpecification;
using schemas::TaskSpecificationRef;

namespace {

schemas::ThresholdType read_type(api::ThresholdType type) {
  switch (type) {
    case api::ThresholdType::count:
      return schemas::ThresholdType::count;
    case api::ThresholdType::unbounded_percent:
      return schemas::ThresholdType::unbounded_percent;
    case api::ThresholdType::bounded_percent:
      break;
  }
  return schemas::ThresholdType::bounded_percent;
}

/// What it leaves out is the default, not what the service had: the breaker is given as a whole.
Result<schemas::CircuitBreaker> read_breaker(const api::DeploymentCircuitBreaker& wanted) {
  schemas::CircuitBreaker breaker;
  breaker.enable = wanted.enable;
  breaker.rollback = wanted.rollback;
  breaker.reset_on_healthy_task = wanted.reset_on_healthy_task.value_or(true);
  if (wanted.threshold_configuration) {
    breaker.threshold_type = read_type(wanted.threshold_configuration->type);
    breaker.threshold_value = wanted.threshold_configuration->value;
  }
  return breaker;
}

/// What CreateService and UpdateService have in common.
template <class Request>
Outcome check_daemon_request(const Request& input) {
  if (input.desired_count) {
    return invalid(
        "The daemon scheduling strategy does not support a desired count for services. Remove the "
        "desired count value and try again.");
  }
  if (input.placement_strategy && !input.placement_strategy->empty()) {
    return invalid(
        "The daemon scheduling strategy does not support placement strategies: a task runs on "
        "every container instance that satisfies the placement constraints.");
  }
  if (input.capacity_provider_strategy && !input.capacity_provider_strategy->empty()) {
    return invalid(
        "The daemon scheduling strategy does not support capacity provider strategies. Use the EC2 "
        "launch type.");
  }
  if (input.deployment_configuration && input.deployment_configuration->lifecycle_hooks &&
      !input.deployment_configuration->lifecycle_hooks->empty()) {
    return invalid(
        "The daemon scheduling strategy does not support lifecycle hooks: a daemon's old task "
        "makes "
        "room for the new one, on each host in turn.");
  }
  return schemas::Done{};
}

Error of_task_sets(const std::string& member) {
  return invalid(member +
                 " cannot be set on a service with the EXTERNAL deployment controller: its task "
                 "sets say it. Use CreateTaskSet.");
}

/// Task sets are replaced by whoever makes them, so the percentages are those that ECS fills in.
Outcome check_percentages(const std::optional<api::DeploymentConfiguration>& wanted) {
  const DeploymentConfiguration usual;
  if (wanted && (wanted->maximum_percent.value_or(usual.maximum_percent) != usual.maximum_percent ||
                 wanted->minimum_healthy_percent.value_or(usual.minimum_healthy_percent) !=
                     usual.minimum_healthy_percent)) {
    return invalid(
        "A service with the EXTERNAL deployment controller cannot have a maximumPercent other "
        "than 200 or a minimumHealthyPercent other than 100.");
  }
  if (wanted && wanted->deployment_circuit_breaker && wanted->deployment_circuit_breaker->enable) {
    return invalid(
        "The deployment circuit breaker watches rolling updates: a service with the EXTERNAL "
        "deployment controller has none.");
  }
  if (wanted && wanted->lifecycle_hooks && !wanted->lifecycle_hooks->empty()) {
    return invalid(
        "A deployment waits at lifecycle hooks: a service with the EXTERNAL deployment controller "
        "has no deployments.");
  }
  return schemas::Done{};
}

template <class Request>
Outcome check_external_request(const Request& input) {
  if (input.task_definition) {
    return of_task_sets("taskDefinition");
  }
  if (input.network_configuration) {
    return of_task_sets("networkConfiguration");
  }
  if (input.platform_version) {
    return of_task_sets("platformVersion");
  }
  if (input.capacity_provider_strategy && !input.capacity_provider_strategy->empty()) {
    return of_task_sets("capacityProviderStrategy");
  }
  if (input.availability_zone_rebalancing == api::AvailabilityZoneRebalancing::enabled) {
    return invalid(
        "availabilityZoneRebalancing: a service with the EXTERNAL deployment controller is not "
        "evened out over zones. Leave it out, or say DISABLED.");
  }
  return check_percentages(input.deployment_configuration);
}

template <class Request>
Outcome read_external_request(schemas::Service& service, const Request& input) {
  const auto constraints = read_constraints(input.placement_constraints);
  if (!constraints.ok()) {
    return constraints.error();
  }
  const auto strategy = read_strategy(input.placement_strategy);
  if (!strategy.ok()) {
    return strategy.error();
  }
  schemas::ExternalController external = service.external.value_or(schemas::ExternalController{});
  if (input.placement_constraints) {
    external.placement_constraints = constraints.value();
  }
  if (input.placement_strategy) {
    external.placement_strategy = strategy.value();
  }
  service.external = std::move(external);
  return schemas::Done{};
}

}  // namespace

bool wants_external(const std::optional<api::DeploymentController>& wanted) {
  return wanted && wanted->type == api::DeploymentControllerType::external;
}

Outcome check_external(const api::CreateServiceRequest& input) {
  if (read_scheduling(input.scheduling_strategy) == schemas::SchedulingStrategy::daemon) {
    return invalid(
        "The daemon scheduling strategy is not supported with the EXTERNAL deployment controller. "
        "Use REPLICA.");
  }
  if (input.launch_type) {
    return of_task_sets("launchType");
  }
  return check_external_request(input);
}

Outcome check_external(const api::UpdateServiceRequest& input) {
  if (input.force_new_deployment.value_or(false)) {
    return invalid(
        "Cannot force a new deployment on services with an EXTERNAL deployment controller. Create "
        "a new task set.");
  }
  return check_external_request(input);
}

Outcome read_external(schemas::Service& service, const api::CreateServiceRequest& input) {
  return read_external_request(service, input);
}

Outcome read_external(schemas::Service& service, const api::UpdateServiceRequest& input) {
  return read_external_request(service, input);
}

schemas::SchedulingStrategy read_scheduling(const std::optional<api::SchedulingStrategy>& wanted) {
  return wanted == api::SchedulingStrategy::daemon ? schemas::SchedulingStrategy::daemon
                                                   : schemas::SchedulingStrategy::replica;
}

DeploymentConfiguration default_configuration(schemas::SchedulingStrategy scheduling) {
  DeploymentConfiguration configuration;
  if (scheduling == schemas::SchedulingStrategy::daemon) {
    configuration.minimum_healthy_percent = 0;
    configuration.maximum_percent = 100;
  }
  return configuration;
}

Outcome check_daemon(const api::CreateServiceRequest& input) {
  if (input.launch_type == api::LaunchType::fargate) {
    return invalid(
        "The daemon scheduling strategy is not supported with the FARGATE launch type: it runs a "
        "task on each container instance of the cluster.");
  }
  return check_daemon_request(input);
}

Outcome check_daemon(const api::UpdateServiceRequest& input) { return check_daemon_request(input); }

Result<DeploymentConfiguration> read_configuration(
    const std::optional<api::DeploymentConfiguration>& wanted, DeploymentConfiguration current) {
  if (wanted) {
    current.maximum_percent = wanted->maximum_percent.value_or(current.maximum_percent);
    current.minimum_healthy_percent =
        wanted->minimum_healthy_percent.value_or(current.minimum_healthy_percent);
  }
  if (wanted && wanted->deployment_circuit_breaker) {
    const Result<schemas::CircuitBreaker> breaker =
        read_breaker(*wanted->deployment_circuit_breaker);
    if (!breaker.ok()) {
      return breaker.error();
    }
    current.circuit_breaker = breaker.value();
  }
  if (wanted && wanted->lifecycle_hooks) {
    auto hooks = read_hooks(*wanted->lifecycle_hooks);
    if (!hooks.ok()) {
      return hooks.error();
    }
    current.lifecycle_hooks = std::move(hooks).value();
  }
  if (current.maximum_percent < 100) {
    return Error{ErrorCode::invalid_parameter,
                 "maximumPercent must be at least 100, or the service could never reach its "
                 "desired count; found " +
                     std::to_string(current.maximum_percent) + "."};
  }
  if (current.maximum_percent == 100 && current.minimum_healthy_percent == 100) {
    return Error{ErrorCode::invalid_parameter,
                 "maximumPercent and minimumHealthyPercent are both 100: no task could ever be "
                 "replaced. Raise the one or lower the other."};
  }
  return current;
}

Result<bool> read_rebalancing(const std::optional<api::AvailabilityZoneRebalancing>& wanted,
                              const schemas::Service& service, bool otherwise) {
  const bool possible =
      can_rebalance(service, service.deployments.front().specification->placement_strategy);
  if (wanted == api::AvailabilityZoneRebalancing::enabled && !possible) {
    return invalid(
        "availabilityZoneRebalancing: ENABLED needs the REPLICA scheduling strategy, a "
        "maximumPercent above 100, and no placement strategy or one that first spreads over "
        "attribute:ecs.availability-zone.");
  }
  return wanted ? wanted == api::AvailabilityZoneRebalancing::enabled : otherwise && possible;
}

Result<TaskSpecificationRef> service_specification(Context& context,
                                                   const schemas::Cluster& cluster,
                                                   const schemas::Service& service,
                                                   const LaunchWish& wish) {
  auto read = read_specification(context, cluster.scope, wish);
  if (!read.ok()) {
    return read.error();
  }
  TaskSpecification& made = read.value();
  made.group = "service:" + service.name;
  made.enable_ecs_managed_tags = service.enable_ecs_managed_tags;
  if (service.propagate_tags == "SERVICE") {
    made.tags = service.tags;
  } else if (service.propagate_tags == "TASK_DEFINITION") {
    made.tags = made.definition->tags;
  }
  add_managed_tags(made, cluster.name, service.name);
  reserve(made);
  if (made.launch_type == schemas::LaunchType::fargate) {
    const schemas::Outcome size = fargate_pool::check_size(made.cpu, made.memory);
    if (!size.ok()) {
      return size.error();
    }
  }
  return TaskSpecificationRef(std::make_shared<const TaskSpecification>(std::move(made)));
}

Sameness compare(const TaskSpecification& left, const TaskSpecification& right) {
  const bool same =
      left.definition->key == right.definition->key && left.launch_type == right.launch_type &&
      left.capacity_provider_strategy == right.capacity_provider_strategy &&
      left.network == right.network && left.platform_version == right.platform_version &&
      left.placement_constraints == right.placement_constraints &&
      left.placement_strategy == right.placement_strategy;
  return same ? Sameness::same : Sameness::different;
}

}  // namespace control

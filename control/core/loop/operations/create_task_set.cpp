#include <algorithm>
#include <utility>

#include "control/core/loop/names.h"
#include "control/core/loop/operations/operations.h"
#include "control/core/loop/operations/refusals.h"
#include "control/core/loop/operations/service_request.h"
#include "control/core/loop/operations/show_task_set.h"
#include "control/core/loop/operations/strategy_request.h"
#include "control/core/loop/operations/task_set_request.h"
#include "control/core/loop/roles.h"
#include "control/core/world/lookups.h"

namespace control {

using schemas::Cluster;
using schemas::Deployment;
using schemas::Result;
using schemas::Service;

namespace {

/// ECS's quota.
constexpr std::size_t task_sets_max = 5;

/// What its tasks are made from: the set's own word, and the service's on where they may go.
Result<schemas::TaskSpecificationRef> read_set_specification(
    Context& context, const ApiCall& call, const Service& service,
    const api::CreateTaskSetRequest& input) {
  const Cluster& cluster = *cluster_of(context.world, service.cluster);
  const auto definition = launchable_definition(context.world, call.scope, input.task_definition);
  if (!definition.ok()) {
    return definition.error();
  }
  const auto choice = choose_launch(cluster, input.launch_type, input.capacity_provider_strategy);
  if (!choice.ok()) {
    return choice.error();
  }
  auto specification = service_specification(
      context, cluster, service,
      {.definition = definition.value(),
       .launch_type = choice.value().launch_type,
       .capacity_provider_strategy = choice.value().strategy,
       .network = input.network_configuration,
       .platform_version = input.platform_version,
       .constraints = show_constraints(service.external->placement_constraints),
       .strategy = show_strategy(service.external->placement_strategy)});
  if (!specification.ok()) {
    return specification.error();
  }
  const schemas::Outcome roles = check_roles(context.world, call, *specification.value());
  if (!roles.ok()) {
    return roles.error();
  }
  return specification;
}

Result<Deployment> read_set(Context& context, const ApiCall& call, const Service& service,
                            const api::CreateTaskSetRequest& input) {
  const auto scale = read_scale(input.scale);
  if (!scale.ok()) {
    return scale.error();
  }
  const auto tags = read_tags(input.tags);
  if (!tags.ok()) {
    return tags.error();
  }
  auto specification = read_set_specification(context, call, service, input);
  if (!specification.ok()) {
    return specification.error();
  }
  Deployment set;
  set.status = schemas::DeploymentStatus::active;
  set.specification = std::move(specification).value();
  // It is no rollout: nothing waits for its end.
  set.rollout_state = schemas::RolloutState::completed;
  set.created_at = context.now;
  set.updated_at = context.now;
  set.task_set = schemas::TaskSet{.scale_micro_percent = scale.value(),
                                  .external_id = input.external_id.value_or(""),
                                  .client_token = input.client_token.value_or(""),
                                  .tags = tags.value()};
  return set;
}

/// Scale and tags may have changed since.
bool repeats_set(const Deployment& known, const Deployment& wanted) {
  return known.task_set->external_id == wanted.task_set->external_id &&
         compare(*known.specification, *wanted.specification) == Sameness::same;
}

Answer answer_with_set(const Context& context, std::int64_t service, schemas::DeploymentId set) {
  api::CreateTaskSetResponse output;
  output.task_set = show_task_set(context.world, service, set, context.now);
  return api::Value::of(std::move(output));
}

}  // namespace

/// A set is ACTIVE until UpdateServicePrimaryTaskSet names it.
Answer create_task_set(Context& context, const ApiCall& call) {
  const auto& input = call.input.as<api::CreateTaskSetRequest>();
  const auto found = external_service(context.world, call.scope, input.cluster, input.service,
                                      ServiceState::active);
  if (!found.ok()) {
    return found.error();
  }
  auto read = read_set(context, call, *found.value(), input);
  if (!read.ok()) {
    return read.error();
  }
  Service service = *found.value();
  const std::string& token = read.value().task_set->client_token;
  const auto known = std::find_if(service.deployments.begin(), service.deployments.end(),
                                  [&token](const Deployment& each) {
                                    return !token.empty() && each.task_set->client_token == token;
                                  });
  if (known != service.deployments.end()) {
    return repeats_set(*known, read.value())
               ? answer_with_set(context, service.key, known->id)
               : Answer(invalid("Creation of task set was not idempotent: the client token was "
                                "used for " +
                                known->id.text() + " with other parameters."));
  }
  if (service.deployments.size() >= task_sets_max) {
    return schemas::Error{schemas::ErrorCode::limit_exceeded,
                          "The service " + service.name + " has " + std::to_string(task_sets_max) +
                              " task sets, as many as it may have. Delete one first."};
  }
  Deployment set = std::move(read).value();
  set.id = schemas::DeploymentId::draw(context.random);
  const schemas::DeploymentId id = set.id;
  const std::int64_t key = service.key;
  service.deployments.push_back(std::move(set));
  put_task_set(context, call.scope, std::move(service), id, "task_set.created");
  return answer_with_set(context, key, id);
}

}  // namespace control

#include "control/core/loop/rollouts.h"

#include <algorithm>
#include <utility>

#include "control/core/deploy/deployment.h"
#include "control/core/deploy/service_deployment.h"
#include "control/core/loop/details.h"
#include "control/core/world/lookups.h"
#include "schemas/wire/wire.h"

namespace control {

using schemas::DeploymentId;
using schemas::Service;
using schemas::ServiceDeployment;

namespace {

/// How many records of a service are kept. Fewer: history is short. More: a service that is
/// deployed all day long takes memory for what nobody reads.
constexpr std::size_t records_max = 50;

/// What the service still refers to.
bool is_needed(const Service& service, DeploymentId id) {
  return id == service.current || id == service.last_completed ||
         std::any_of(service.deployments.begin(), service.deployments.end(),
                     [id](const schemas::Deployment& each) { return each.id == id; });
}

void forget_oldest(Context& context, const Service& service) {
  const Keys& keys = entry_or_empty(context.world.index().deployments_of_service, service.key);
  std::size_t kept = keys.size();
  std::vector<std::int64_t> forgotten;
  for (auto at = keys.begin(); at != keys.end() && kept > records_max; ++at) {
    if (!is_needed(service, context.world->service_deployments.at(*at).id)) {
      forgotten.push_back(*at);
      --kept;
    }
  }
  for (const std::int64_t key : forgotten) {
    apply(context.world, ServiceDeploymentForgotten{key});
  }
}

std::string back_to(DeploymentId id) {
  return "ECS deployment circuit breaker: rolling back to deploymentId " + id.text() + ".";
}

}  // namespace

void close_record(Context& context, DeploymentId id, std::string reason) {
  const ServiceDeployment* record = find_service_deployment(context.world, id);
  if (record != nullptr && is_open(*record)) {
    apply(context.world,
          ServiceDeploymentChanged{stop_record(*record, std::move(reason), context.now)});
  }
}

void open_record(Context& context, std::int64_t key) {
  const Service& service = context.world->services.at(key);
  ServiceDeployment record = begin_record(service, context.now);
  record.key = context.world.next_key(Table::service_revision);
  log_event(
      context, cluster_of(context.world, service.cluster)->scope, "deployment.in_progress",
      service_arn(context.world, service),
      wire::encode(MessageDetail{.message = record.id.text(),
                                 .reason = service.deployments.front().rollout_state_reason}));
  apply(context.world, ServiceDeploymentBegun{std::move(record)});
  forget_oldest(context, service);
}

std::vector<ServiceDeployment> follow_plan(const Context& context, Service& service,
                                           const ServicePlan& plan) {
  const ServiceDeployment* known = find_service_deployment(context.world, service.current);
  if (known == nullptr) {
    return {};
  }
  ServiceDeployment record = *known;
  bool changed = false;
  for (const DeploymentChange& change : plan.deployments) {
    const bool primary =
        !service.deployments.empty() && change.deployment == service.deployments.front().id;
    if (change.kind == DeploymentChange::Kind::completed && primary && is_open(record)) {
      record = complete(std::move(record), context.now);
      changed = true;
    } else if (change.kind == DeploymentChange::Kind::failed && primary) {
      record = give_up(std::move(record), service, service.deployments.front(), plan.rollback_to,
                       context.now);
      changed = true;
    }
  }
  if (plan.rollback_to) {
    const ServiceDeployment* target = find_service_deployment(context.world, *plan.rollback_to);
    schemas::require(target != nullptr, "a rollback goes back to what was not recorded");
    return_to(service, target->id, target->specification, back_to(target->id), context.now);
  }
  return changed ? std::vector{std::move(record)} : std::vector<ServiceDeployment>{};
}

}  // namespace control

#include "control/core/loop/rollouts.h"

#include <algorithm>
#include <utility>

#include "control/core/deploy/deployment.h"
#include "control/core/deploy/service_deployment.h"
#include "control/core/deploy/service_events.h"
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

std::string back_to(std::string_view who, DeploymentId id) {
  return "ECS deployment " + std::string(who) + ": rolling back to deploymentId " + id.text() + ".";
}

/// What one change of the service's primary deployment means for its record; whether it is another
/// now.
bool follow_change(ServiceDeployment& record, const Service& service, const ServicePlan& plan,
                   DeploymentChange::Kind kind, schemas::Instant now) {
  const schemas::Deployment& primary = service.deployments.front();
  record.hooks = primary.id == record.id ? primary.hooks : record.hooks;
  switch (kind) {
    case DeploymentChange::Kind::completed:
      if (!is_open(record)) {
        return false;
      }
      record = complete(std::move(record), now);
      return true;
    case DeploymentChange::Kind::failed:
      record = give_up(std::move(record), service, primary, plan.rollback_to, now);
      return true;
    case DeploymentChange::Kind::expired:
      record = time_out(std::move(record), plan.rollback_to, now);
      return true;
    case DeploymentChange::Kind::paused:
    case DeploymentChange::Kind::released:
      record.updated_at = now;
      return true;
    case DeploymentChange::Kind::removed:
    case DeploymentChange::Kind::recovered:
      break;
  }
  return false;
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

void end_deployment(Context& context, const ServiceDeployment& record, const DeploymentEnd& end) {
  Service service = *service_of(context.world, record.service);
  const ServiceDeployment* target = end.target;
  const std::string stopped = "ECS deployment " + record.id.text() + " was stopped.";
  abandon(service, stopped, context.now);
  if (target != nullptr) {
    return_to(service, target->id, target->specification,
              stopped + " Rolling back to deploymentId " + target->id.text() + ".", context.now);
    apply(context.world,
          ServiceDeploymentChanged{roll_back(record, target->id, end.why, context.now)});
  } else {
    apply(context.world, ServiceDeploymentChanged{stop_record(record, end.why, context.now)});
  }
  const std::int64_t key = service.key;
  const std::string name = service.name;
  apply(context.world, ServiceChanged{std::move(service)});
  add_service_event(context, key, deployment_stopped_message(name, record.id));
  if (target != nullptr) {
    add_service_event(context, key, rolling_back_message(name, target->id));
  }
  const Service& ended = *service_of(context.world, key);
  log_event(context, cluster_of(context.world, ended.cluster)->scope, "deployment.failed",
            service_arn(context.world, ended),
            wire::encode(MessageDetail{.message = record.id.text(), .reason = stopped}));
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
    changed =
        (primary && follow_change(record, service, plan, change.kind, context.now)) || changed;
  }
  if (plan.rollback_to) {
    const ServiceDeployment* target = find_service_deployment(context.world, *plan.rollback_to);
    schemas::require(target != nullptr, "a rollback goes back to what was not recorded");
    const bool timed_out = std::any_of(
        plan.deployments.begin(), plan.deployments.end(),
        [](const auto& change) { return change.kind == DeploymentChange::Kind::expired; });
    return_to(service, target->id, target->specification,
              back_to(timed_out ? "lifecycle hook timed out" : "circuit breaker", target->id),
              context.now);
  }
  return changed ? std::vector{std::move(record)} : std::vector<ServiceDeployment>{};
}

}  // namespace control

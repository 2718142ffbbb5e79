#include "control/core/loop/services.h"

#include <algorithm>
#include <limits>

#include "control/core/deploy/deployment.h"
#include "control/core/deploy/rebalancing.h"
#include "control/core/deploy/service_events.h"
#include "control/core/deploy/task_set.h"
#include "control/core/loop/daemons.h"
#include "control/core/loop/details.h"
#include "control/core/loop/launch.h"
#include "control/core/loop/network.h"
#include "control/core/loop/provider_turn.h"
#include "control/core/loop/rollouts.h"
#include "control/core/world/lookups.h"
#include "control/core/world/parts.h"
#include "schemas/wire/wire.h"

namespace control {

using schemas::Deployment;
using schemas::Service;
using schemas::ServiceStatus;
using schemas::Task;

namespace {

/// A plan asks for nothing once it is carried out, so two rounds are the rule; more in one turn
/// would be a planner that contradicts itself.
constexpr int rounds_max = 8;

void forget_wake(Context& context, std::int64_t service) {
  const auto at = context.parked.wake_of_service.find(service);
  if (at != context.parked.wake_of_service.end()) {
    context.parked.wakes.erase({at->second, service});
    context.parked.wake_of_service.erase(at);
  }
}

void set_wake(Context& context, std::int64_t service, schemas::Instant at) {
  forget_wake(context, service);
  context.parked.wake_of_service[service] = at;
  context.parked.wakes.insert({at, service});
}

void forget_starved(Context& context, std::int64_t service) {
  auto& starved = context.parked.starved;
  starved.erase(starved.lower_bound({service, 0}), starved.lower_bound({service + 1, 0}));
}

/// Those that something happened to, that time wakes, or whose fleet has grown room.
std::set<std::int64_t> due_services(Context& context) {
  std::set<std::int64_t> due = std::exchange(WorldAccess::parts(context.world).news.services, {});
  while (!context.parked.wakes.empty() && context.parked.wakes.begin()->first <= context.now) {
    const std::int64_t service = context.parked.wakes.begin()->second;
    forget_wake(context, service);
    due.insert(service);
  }
  for (const auto& [starving, generation] : context.parked.starved) {
    const auto& [service, fleet] = starving;
    if (context.world.fleet(fleet).generation() != generation) {
      due.insert(service);
    }
  }
  return due;
}

void stop_tasks(Context& context, const std::vector<TaskStop>& stops) {
  for (const TaskStop& stop : stops) {
    const std::int64_t key = context.world.index().task_by_id.at(stop.task);
    stop_task(context, context.world->tasks.at(key), stop.code, stop.reason);
  }
}

/// Where tasks of the specification go, of this service.
std::int64_t fleet_of(const Service& service, const schemas::TaskSpecification& specification) {
  return specification.launch_type == schemas::LaunchType::fargate ? 0 : service.cluster;
}

/// The service is planned again when there is more room for tasks of the specification.
void wait_for_room(Context& context, const Service& service,
                   const schemas::TaskSpecification& specification) {
  const std::int64_t fleet = fleet_of(service, specification);
  context.parked.starved[{service.key, fleet}] = context.world.fleet(fleet).generation();
}

/// Where the service's next task could start, when that is a question.
std::vector<std::string> zones_of(const World& world, const Service& service) {
  std::vector<std::string> zones;
  if (!service.availability_zone_rebalancing || service.deployments.empty()) {
    return zones;
  }
  const schemas::TaskSpecification& next = *service.deployments.front().specification;
  const auto allowed =
      next.network ? std::optional(zones_with_addresses(world, *next.network)) : std::nullopt;
  for (const auto& [name, lane] : world.fleet(fleet_of(service, next)).lanes()) {
    const bool open = lane.nodes().size() > 1 &&
                      lane.nodes()[1].cpu_max > std::numeric_limits<std::int64_t>::min();
    if (open && (!allowed || std::binary_search(allowed->begin(), allowed->end(), name))) {
      zones.push_back(name);
    }
  }
  return zones;
}

/// Says why a task of the service, which may be as one of its task sets sees it, could not be
/// placed, if that is news.
void tell_refusal(Context& context, const Service& service, const LaunchRefusal& refusal) {
  // A task that is on its way out may be all that stands in the way: that is no news yet.
  for (const ServiceTask& each : service_tasks(context.world, service.key)) {
    if (each.task->desired_status == schemas::TaskStatus::stopped) {
      return;
    }
  }
  std::string message = unable_to_place_message(service.name, refusal.event);
  if (is_news(service, message, context.settings.deploy.repeat_events_after, context.now)) {
    add_service_event(context, service.key, std::move(message), refusal.reason);
  }
}

/// How many tasks of the service each zone has.
std::string balance_of(const World& world, const Service& service) {
  std::vector<const Task*> tasks;
  for (const ServiceTask& each : service_tasks(world, service.key)) {
    tasks.push_back(each.task);
  }
  return zone_counts(tasks, zones_of(world, service));
}

const Deployment& planned_deployment(const Service& service, schemas::DeploymentId id) {
  const auto at = std::find_if(service.deployments.begin(), service.deployments.end(),
                               [id](const Deployment& each) { return each.id == id; });
  schemas::require(at != service.deployments.end(),
                   "a plan starts tasks of a deployment that does not exist");
  return *at;
}

void start_tasks(Context& context, std::int64_t key, const std::vector<TaskStart>& starts) {
  if (starts.empty()) {
    return;
  }
  std::vector<schemas::TaskId> started;
  std::string balance;  // as it is before a task starts to change it
  std::optional<LaunchRefusal> refused;
  for (const TaskStart& start : starts) {
    const Service& service = context.world->services.at(key);
    const Deployment& deployment = planned_deployment(service, start.deployment);
    if (!start.zone.empty()) {
      balance = balance_of(context.world, service);
    }
    ProviderTurn providers(context.world, key, deployment.id, deployment.specification);
    LaunchOrder order{.cluster = service.cluster,
                      .service = key,
                      .deployment = deployment.id,
                      .host = start.host,
                      .zone = start.zone,
                      .specification = deployment.specification};
    for (std::int64_t count = 0; count < start.count; ++count) {
      order.capacity_provider = providers.next();
      const Launch launched = launch(context, order);
      if (const auto* task = std::get_if<schemas::TaskId>(&launched)) {
        started.push_back(*task);
        providers.took(order.capacity_provider);
      } else {
        wait_for_room(context, service, *order.specification);
        if (start.zone.empty() && !refused) {  // else it has what it wants: nobody need be told
          refused = *std::get_if<LaunchRefusal>(&launched);
        }
        break;  // the next of this start would hear the same
      }
    }
  }
  const Service& service = context.world->services.at(key);
  // A copy: an event is a change of the service.
  const Deployment whose = planned_deployment(service, starts.front().deployment);
  const std::string name = teller_of(service, whose);
  if (!started.empty() && !balance.empty()) {
    add_service_event(context, key, unbalanced_message(name, balance));
  }
  if (!started.empty()) {
    add_service_event(context, key, started_message(name, started));
  }
  if (refused) {
    tell_refusal(context, whose.task_set ? alone(service, whose) : service, *refused);
  }
}

/// Why the rollout of a deployment is where it is; empty when the service has it no more.
std::string reason_of(const Service& service, schemas::DeploymentId id) {
  for (const Deployment& deployment : service.deployments) {
    if (deployment.id == id) {
      return deployment.rollout_state_reason;
    }
  }
  return {};
}

std::string event_of(DeploymentChange::Kind kind) {
  switch (kind) {
    case DeploymentChange::Kind::completed:
      return "deployment.completed";
    case DeploymentChange::Kind::failed:
    case DeploymentChange::Kind::expired:
      return "deployment.failed";
    case DeploymentChange::Kind::paused:
      return "deployment.paused";
    case DeploymentChange::Kind::removed:
    case DeploymentChange::Kind::recovered:
    case DeploymentChange::Kind::released:
      break;
  }
  return "deployment.removed";
}

/// Whether programs that follow events are told of it.
bool is_told(DeploymentChange::Kind kind) {
  return kind != DeploymentChange::Kind::recovered && kind != DeploymentChange::Kind::released;
}

void settle_service(Context& context, const Service& service, const ServicePlan& plan) {
  if (plan.deployments.empty() && !plan.status && !plan.desired_count) {
    return;
  }
  Service settled = service;
  settle(settled, plan, context.now);
  const std::vector<schemas::ServiceDeployment> records = follow_plan(context, settled, plan);
  const bool ended = settled.status == ServiceStatus::inactive;
  const bool external = settled.external.has_value();
  const std::string arn = service_arn(context.world, service);
  const schemas::Scope scope = cluster_of(context.world, service.cluster)->scope;
  apply(context.world, ServiceChanged{std::move(settled)});
  for (const schemas::ServiceDeployment& record : records) {
    apply(context.world, ServiceDeploymentChanged{record});
  }
  for (const DeploymentChange& change : plan.deployments) {
    if (is_told(change.kind)) {
      log_event(
          context, scope, external ? "task_set.removed" : event_of(change.kind),
          external ? task_set_arn(context.world, service, change.deployment) : arn,
          wire::encode(MessageDetail{
              .message = change.deployment.text(),
              .reason = reason_of(context.world->services.at(service.key), change.deployment)}));
    }
  }
  if (ended) {
    log_event(context, scope, "service.inactive", arn, "{}");
  }
}

bool is_daemon(const Service& service) {
  return service.scheduling_strategy == schemas::SchedulingStrategy::daemon;
}

void carry_out(Context& context, const Service& service, const ServicePlan& plan) {
  const std::int64_t key = service.key;
  settle_service(context, service, plan);
  stop_tasks(context, plan.stops);
  for (const std::string& message : plan.events) {
    add_service_event(context, key, message);
  }
  start_tasks(context, key, plan.starts);
}

/// Plans the task sets one after the other, and answers when one is to be planned anew.
std::optional<schemas::Instant> decide_task_sets(Context& context, const Service& service) {
  const std::vector<Deployment> sets = service.deployments;
  std::optional<schemas::Instant> wake;
  for (const Deployment& set : sets) {
    const ServicePlan plan = plan_task_set(service, set, service_tasks(context.world, service.key),
                                           context.settings.deploy, context.now);
    carry_out(context, service, plan);
    if (plan.next_wake) {
      wake = std::min(wake.value_or(*plan.next_wake), *plan.next_wake);
    }
  }
  return wake;
}

void decide_service(Context& context, std::int64_t key) {
  const Service* service = service_of(context.world, key);
  forget_wake(context, key);
  forget_starved(context, key);
  if (service == nullptr || service->status == ServiceStatus::inactive) {
    return;
  }
  std::optional<schemas::Instant> wake;
  if (service->external && service->status == ServiceStatus::active) {
    wake = decide_task_sets(context, *service);
  } else {
    const std::vector<ServiceTask> tasks = service_tasks(context.world, key);
    const ServicePlan plan =
        is_daemon(*service) && service->status == ServiceStatus::active
            ? plan_daemon(*service, tasks, daemon_hosts(context.world, *service),
                          context.settings.deploy, context.now)
            : plan_service(*service, tasks, context.settings.deploy, context.now,
                           zones_of(context.world, *service));
    carry_out(context, *service, plan);
    wake = plan.next_wake;
  }
  if (wake) {
    set_wake(context, key, *wake);
  }
}

}  // namespace

std::vector<ServiceTask> service_tasks(const World& world, std::int64_t service) {
  std::vector<ServiceTask> tasks;
  for (const std::int64_t key : entry_or_empty(world.index().live_tasks_of_service, service)) {
    const Task& task = world->tasks.at(key);
    const schemas::ContainerInstance* host =
        task.instance ? find_instance(world, *task.instance) : nullptr;
    const bool leaving = host != nullptr && host->status != schemas::InstanceStatus::active;
    tasks.push_back(
        {.task = &task, .host = leaving ? HostCondition::leaving : HostCondition::in_service});
  }
  return tasks;
}

void decide_services(Context& context) {
  for (int round = 0; round < rounds_max; ++round) {
    const std::set<std::int64_t> due = due_services(context);
    if (due.empty()) {
      return;
    }
    // Daemons come first on a host that is new.
    std::vector<std::int64_t> others;
    for (const std::int64_t key : due) {
      const Service* service = service_of(context.world, key);
      if (service != nullptr && is_daemon(*service)) {
        decide_service(context, key);
      } else {
        others.push_back(key);
      }
    }
    for (const std::int64_t key : others) {
      decide_service(context, key);
    }
  }
}

}  // namespace control

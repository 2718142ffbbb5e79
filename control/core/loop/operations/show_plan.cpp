#include "control/core/loop/operations/show_plan.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <set>
#include <string>

#include "control/core/billing/bill.h"
#include "control/core/deploy/lifecycle_hooks.h"
#include "control/core/loop/details.h"
#include "control/core/loop/operations/shapes.h"
#include "control/core/loop/operations/show_explanation.h"
#include "control/core/loop/operations/show_money.h"
#include "control/core/loop/provider_turn.h"
#include "control/core/world/lookups.h"
#include "schemas/wire/wire.h"

namespace control {

using schemas::InstanceId;
using schemas::Instant;
using schemas::LaunchType;
using schemas::Nanos;
using schemas::Service;
using schemas::Task;
using schemas::TaskStatus;

namespace {

/// What would help is worked out host by host, for the first few kinds of tasks.
constexpr std::size_t explained_max = 3;
constexpr std::int64_t hour_s = 3'600;

/// What a plan is shown from.
struct Played {
  const World& before;
  const RehearsalSubject& subject;
  const Rehearsal& rehearsal;
  Instant now;
  /// Of the cluster, by their ARNs: what events are about.
  std::map<std::string, std::int64_t> services{};

  [[nodiscard]] const World& after() const { return rehearsal.world; }
  /// Null for a task of another cluster: its owner may be somebody else.
  [[nodiscard]] const Task* own_task(std::int64_t key) const {
    const Task* task = task_of(after(), key);
    return task != nullptr && task->cluster == subject.cluster ? task : nullptr;
  }
  [[nodiscard]] bool begun_here(const Task& task) const {
    return task_of(before, task.key) == nullptr;
  }
  [[nodiscard]] std::int64_t seconds(Instant at) const {
    return std::chrono::ceil<std::chrono::seconds>(at - now).count();
  }
};

std::string definition_of(const Played& played, const schemas::TaskSpecification& specification) {
  return definition_arn(played.subject.scope, *specification.definition);
}

std::optional<std::string> service_name(const Played& played, std::int64_t service) {
  const Service* known = service_of(played.after(), service);
  return known == nullptr ? std::nullopt : std::optional(known->name);
}

/// Hosts of the pool are the operator's.
std::optional<std::string> host_of(const Played& played, const Task& task) {
  const schemas::ContainerInstance* host =
      fleet_of(task) == 0 ? nullptr : find_instance(played.after(), *task.instance);
  return host == nullptr ? std::nullopt : std::optional(instance_arn(played.after(), *host));
}

api::PlannedStart show_start(const Played& played, const Task& task) {
  api::PlannedStart shown;
  shown.task_definition_arn = definition_of(played, *task.specification);
  shown.service_name = service_name(played, task.service);
  shown.launch_type = show_launch_type(task.specification->launch_type);
  shown.capacity_provider_name = unless_empty(task.capacity_provider);
  shown.container_instance_arn = host_of(played, task);
  shown.availability_zone = task.availability_zone;
  return shown;
}

api::PlannedStop show_stop(const Played& played, const Task& task) {
  api::PlannedStop shown;
  if (!played.begun_here(task)) {
    shown.task_arn = task_arn(played.after(), task);
  }
  shown.task_definition_arn = definition_of(played, *task.specification);
  shown.service_name = service_name(played, task.service);
  shown.launch_type = show_launch_type(task.specification->launch_type);
  shown.container_instance_arn = host_of(played, task);
  shown.availability_zone = task.availability_zone;
  shown.reason = task.stopped_reason;
  return shown;
}

/// Which tasks it starts and stops the plan says itself, and without ids that will be others.
std::optional<std::string> show_event(const Played& played, const Event& event) {
  if (!played.services.contains(event.subject)) {
    return std::nullopt;
  }
  const auto detail = wire::decode<MessageDetail>(event.detail);
  schemas::require(detail.ok(), "an event that was just written cannot be read");
  const std::string& message = detail.value().message;
  const bool of_tasks = message.find(") has started ") != std::string::npos ||
                        message.find(") has stopped ") != std::string::npos;
  return of_tasks ? std::nullopt : std::optional(message);
}

api::PlanStep show_step(const Played& played, const RehearsalStep& step) {
  api::PlanStep shown;
  shown.after_seconds = played.seconds(step.at);
  for (const std::int64_t key : step.started) {
    if (const Task* task = played.own_task(key)) {
      shown.starts.push_back(show_start(played, *task));
    }
  }
  for (const std::int64_t key : step.stopped) {
    if (const Task* task = played.own_task(key)) {
      shown.stops.push_back(show_stop(played, *task));
    }
  }
  for (const Event& event : step.said) {
    if (std::optional<std::string> message = show_event(played, event)) {
      shown.events.push_back(*std::move(message));
    }
  }
  return shown;
}

Nanos hourly_price(const schemas::PriceBook& prices, const Task& task) {
  const schemas::TaskSpecification& size = *task.specification;
  if (size.launch_type != LaunchType::fargate) {
    return {};
  }
  return amount_of(hour_s, size.cpu.count, prices.fargate_vcpu_hour) +
         amount_of(hour_s, size.memory.count, prices.fargate_gb_hour);
}

void show_price(const Played& played, const schemas::PriceBook& prices, api::PlanResponse& plan) {
  const auto price_of = [&](std::int64_t key) {
    const Task* task = played.own_task(key);
    return task == nullptr ? 0 : hourly_price(prices, *task).count;
  };
  std::int64_t difference = 0;
  for (const RehearsalStep& step : played.rehearsal.steps) {
    for (const std::int64_t key : step.started) {
      difference += price_of(key);
    }
    for (const std::int64_t key : step.stopped) {
      difference -= price_of(key);
    }
  }
  plan.currency = prices.currency;
  plan.hourly_difference_nanos = difference;
  plan.hourly_difference = decimal({difference});
}

/// Those of the cluster on which tasks start or stop, and those that are lost.
std::set<InstanceId> touched_hosts(const Played& played) {
  std::set<InstanceId> hosts;
  for (const RehearsalStep& step : played.rehearsal.steps) {
    for (const auto* keys : {&step.started, &step.stopped}) {
      for (const std::int64_t key : *keys) {
        const Task* task = played.own_task(key);
        if (task != nullptr && fleet_of(*task) != 0) {
          hosts.insert(*task->instance);
        }
      }
    }
  }
  for (const InstanceId& id : played.subject.lost) {
    if (played.before.fleet(played.subject.cluster).contains(id)) {
      hosts.insert(id);
    }
  }
  return hosts;
}

api::PlannedHost show_planned_host(const Played& played, const InstanceId& id) {
  const Host* before = played.before.fleet(played.subject.cluster).host(id);
  const Host* after = played.after().fleet(played.subject.cluster).host(id);
  schemas::require(before != nullptr && after != nullptr, "a plan moved a host that is not there");
  api::PlannedHost shown;
  shown.container_instance_arn = instance_arn(played.before, *find_instance(played.before, id));
  shown.availability_zone = played.before.fleet(played.subject.cluster).zone(id);
  shown.lost = played.subject.lost.contains(id);
  shown.registered_cpu = before->cpu.count;
  shown.registered_memory = before->memory.count;
  shown.remaining_cpu_before = before->room.cpu.count;
  shown.remaining_memory_before = before->room.memory.count;
  shown.remaining_cpu_after = after->room.cpu.count;
  shown.remaining_memory_after = after->room.memory.count;
  return shown;
}

/// How a service stands in the end.
struct Outlook {
  std::int64_t missing = 0;  ///< tasks of its newest deployment
  bool steady = false;       ///< it has what it wants, running, and nothing else
};

Outlook outlook_of(const World& world, const Service& service) {
  // What the sets of an EXTERNAL service miss is whoever scales them's to know.
  const bool external = service.external.has_value();
  Outlook outlook{.missing = external ? 0 : service.desired_count, .steady = true};
  for (const std::int64_t key : entry_or_empty(world.index().live_tasks_of_service, service.key)) {
    const Task& task = world->tasks.at(key);
    const bool newest = external || task.deployment == service.deployments.front().id;
    const bool wanted = task.desired_status == TaskStatus::running;
    outlook.missing -= !external && newest && wanted ? 1 : 0;
    outlook.steady = outlook.steady && newest && wanted && task.last_status == TaskStatus::running;
  }
  const bool completed =
      external || service.deployments.front().rollout_state == schemas::RolloutState::completed;
  outlook.steady = outlook.steady && outlook.missing == 0 && completed;
  return outlook;
}

/// The next task of a service that misses some.
LaunchOrder next_order(const World& world, const Service& service) {
  const schemas::Deployment& newest = service.deployments.front();
  return {
      .cluster = service.cluster,
      .service = service.key,
      .deployment = newest.id,
      .host = {},
      .capacity_provider = ProviderTurn(world, service.key, newest.id, newest.specification).next(),
      .specification = newest.specification};
}

/// When anything happened last, by service.
std::map<std::int64_t, std::int64_t> last_moves(const Played& played) {
  std::map<std::int64_t, std::int64_t> last;
  for (const RehearsalStep& step : played.rehearsal.steps) {
    for (const auto* keys : {&step.started, &step.stopped}) {
      for (const std::int64_t key : *keys) {
        if (const Task* task = played.own_task(key)) {
          last[task->service] = played.seconds(step.at);
        }
      }
    }
    for (const Event& event : step.said) {
      const auto service = played.services.find(event.subject);
      if (service != played.services.end()) {
        last[service->second] = played.seconds(step.at);
      }
    }
  }
  return last;
}

std::string outcome_of(const Service& service, const Outlook& outlook, bool refused) {
  if (is_paused(service.deployments.front())) {
    return "WAITS_FOR_HOOK";
  }
  if (refused) {
    return "WAITS_FOR_ROOM";
  }
  return outlook.steady ? "STEADY" : "UNFINISHED";
}

void show_services(const Played& played, api::PlanResponse& plan) {
  const World& world = played.after();
  const std::map<std::int64_t, std::int64_t> moves = last_moves(played);
  for (const std::int64_t key :
       entry_or_empty(world.index().services_of_cluster, played.subject.cluster)) {
    const Service& service = world->services.at(key);
    const auto moved = moves.find(key);
    const bool concerned = moved != moves.end() || key == played.subject.service;
    if (!concerned || service.deployments.empty()) {
      continue;
    }
    const Outlook outlook = outlook_of(world, service);
    const LaunchOrder order = next_order(world, service);
    const std::optional<LaunchRefusal> refusal =
        outlook.missing > 0 ? refusal_to(world, order) : std::nullopt;
    api::PlannedService& shown = plan.services.emplace_back();
    shown.service_arn = service_arn(world, service);
    shown.outcome = outcome_of(service, outlook, refusal.has_value());
    shown.after_seconds = moved == moves.end() ? 0 : moved->second;
    shown.detail = unless_empty(service.deployments.front().rollout_state_reason);
    if (refusal) {
      add_unplaced(world, order, *refusal, outlook.missing, plan);
    }
  }
}

std::optional<std::string> why_incomplete(const Played& played) {
  switch (played.rehearsal.end) {
    case RehearsalEnd::rest:
    case RehearsalEnd::held:
      return std::nullopt;
    case RehearsalEnd::turns:
      return "It takes more turns than a plan has.";
    case RehearsalEnd::moves:
      break;
  }
  return played.rehearsal.steps.empty()
             ? "More tasks would be lost than a plan can move: ask host by host."
             : "More tasks would start and stop than a plan can move; what is shown comes first.";
}

std::string tasks_text(std::int64_t count) {
  return std::to_string(count) + (count == 1 ? " task" : " tasks");
}

}  // namespace

void add_unplaced(const World& after, const LaunchOrder& order, const LaunchRefusal& why,
                  std::int64_t count, api::PlanResponse& plan) {
  const schemas::TaskSpecification& specification = *order.specification;
  api::UnplacedTasks& shown = plan.unplaced.emplace_back();
  shown.task_definition_arn =
      definition_arn(cluster_of(after, order.cluster)->scope, *specification.definition);
  if (const Service* service = service_of(after, order.service)) {
    shown.service_name = service->name;
  }
  shown.launch_type = show_launch_type(specification.launch_type);
  shown.count = count;
  shown.reason = why.reason;
  shown.detail = why.detail;
  shown.cpu = specification.cpu.count * count;
  shown.memory = specification.memory.count * count;
  if (plan.unplaced.size() <= explained_max) {
    for (const api::PlacementChange& change : show_explanation(after, order).changes) {
      shown.changes.push_back(change.description);
    }
  }
}

std::string plan_summary(const api::PlanResponse& plan) {
  std::int64_t starts = 0;
  std::int64_t stops = 0;
  std::int64_t last = 0;
  for (const api::PlanStep& step : plan.steps) {
    starts += static_cast<std::int64_t>(step.starts.size());
    stops += static_cast<std::int64_t>(step.stops.size());
    last = step.starts.empty() && step.stops.empty() ? last : step.after_seconds;
  }
  std::int64_t unplaced = 0;
  for (const api::UnplacedTasks& tasks : plan.unplaced) {
    unplaced += tasks.count;
  }
  std::string text = starts + stops == 0
                         ? std::string("No task would start or stop.")
                         : tasks_text(starts) + " would start and " + tasks_text(stops) +
                               " would stop, the last after " + std::to_string(last) + " s.";
  if (unplaced > 0) {
    text += " " + tasks_text(unplaced) + " would find no room.";
  }
  if (plan.incomplete_reason) {
    text += " The plan is not complete: " + *plan.incomplete_reason;
  }
  return text;
}

api::PlanResponse show_plan(const World& before, const RehearsalSubject& subject,
                            const Rehearsal& rehearsal, const Settings& settings, Instant now) {
  Played played{.before = before, .subject = subject, .rehearsal = rehearsal, .now = now};
  for (const std::int64_t key :
       entry_or_empty(rehearsal.world.index().services_of_cluster, subject.cluster)) {
    played.services.emplace(service_arn(rehearsal.world, rehearsal.world->services.at(key)), key);
  }
  api::PlanResponse plan;
  plan.incomplete_reason = why_incomplete(played);
  plan.complete = !plan.incomplete_reason;
  for (const RehearsalStep& step : rehearsal.steps) {
    api::PlanStep shown = show_step(played, step);
    if (!shown.starts.empty() || !shown.stops.empty() || !shown.events.empty()) {
      plan.steps.push_back(std::move(shown));
    }
  }
  show_services(played, plan);
  for (const InstanceId& id : touched_hosts(played)) {
    plan.hosts.push_back(show_planned_host(played, id));
  }
  show_price(played, settings.prices, plan);
  return plan;
}

}  // namespace control

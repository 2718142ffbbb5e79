#include "control/core/loop/sweep.h"

#include <chrono>

#include "control/core/lifecycle/lifecycle.h"
#include "control/core/world/lookups.h"
#include "control/core/world/parts.h"

namespace control {

namespace {

/// How long a host that was lost may stay away and still be paid for what its tasks used. Longer:
/// more stopped tasks are kept of hosts that never come back.
constexpr schemas::Duration readings_awaited = std::chrono::days{30};

/// Whether its host has readings of it, most likely, that it could not hand over yet.
bool awaits_readings(const Context& context, const schemas::Task& task) {
  if (task.specification->launch_type != schemas::LaunchType::fargate ||
      *task.stopped_at + readings_awaited <= context.now) {
    return false;
  }
  const auto usage = context.world->usage.find(task.key);
  if (usage != context.world->usage.end()) {
    return !usage->second.use.closed;
  }
  // What is pulled is metered, and a host hands the last reading over with the task's end.
  return was_lost_with_host(task) || task.pull_started_at || task.started_at;
}

void forget_tasks(Context& context) {
  const auto& stopped = context.world.index().stopped_tasks;
  std::vector<std::int64_t> forgotten;
  for (const auto& [stopped_at, key] : stopped) {
    if (stopped_at + context.settings.stopped_retention > context.now) {
      break;
    }
    const schemas::Task& task = context.world->tasks.at(key);
    const bool has_address = task.eni && context.world->enis.contains(*task.eni);
    if (!has_address && !awaits_readings(context, task)) {
      forgotten.push_back(key);
    }
  }
  for (const std::int64_t key : forgotten) {
    apply(context.world, TaskForgotten{key});
  }
}

void forget_tokens(Context& context) {
  const auto& tokens = context.world->tokens;  // by key, so oldest first
  while (!tokens.empty() &&
         tokens.begin()->second.created_at + context.settings.token_retention <= context.now) {
    apply(context.world, TokenForgotten{tokens.begin()->first});
  }
}

void end_what_has_expired(Context& context) {
  const auto& tokens = context.world.index().join_tokens_by_end;
  while (!tokens.empty() && tokens.begin()->first <= context.now) {
    apply(context.world, JoinTokenSpent{tokens.begin()->second});
  }
  const auto& sessions = context.world.index().sessions_by_end;
  while (!sessions.empty() && sessions.begin()->first <= context.now) {
    apply(context.world, SessionEnded{sessions.begin()->second});
  }
}

/// A host says when it has removed an interface. Should that word be lost for good, the address is
/// freed when its task has been over for a whole grace and the host, connected, knows that it is.
void free_addresses(Context& context) {
  std::vector<schemas::EniId> freed;
  for (const auto& [id, eni] : context.world->enis) {
    const schemas::Task* task = find_task(context.world, eni.task);
    const bool over =
        task == nullptr ||
        (task->stopped_at && *task->stopped_at + context.settings.loss_grace <= context.now);
    const schemas::ContainerInstance* host =
        eni.instance ? find_instance(context.world, *eni.instance) : nullptr;
    if (over && (host == nullptr || host->connected)) {
      freed.push_back(id);
    }
  }
  for (const schemas::EniId& id : freed) {
    apply(context.world, EniReleased{id, context.now});
  }
}

bool outlived(const Context& context, schemas::Instant at) {
  return at + context.settings.stopped_retention <= context.now;
}

/// Hosts stay as long as their tasks can be described.
void forget_instances(Context& context) {
  const auto& left = context.world.index().deregistered;
  if (left.empty() || !outlived(context, left.begin()->first)) {
    return;
  }
  std::set<schemas::InstanceId> named;
  for (const auto& [key, task] : context.world->tasks) {
    if (task.instance) {
      named.insert(*task.instance);
    }
  }
  std::vector<schemas::InstanceId> forgotten;
  for (const auto& [at, id] : left) {
    if (!outlived(context, at)) {
      break;
    }
    if (!named.contains(id)) {
      forgotten.push_back(id);
    }
  }
  for (const schemas::InstanceId& id : forgotten) {
    apply(context.world, InstanceForgotten{id});
    context.parked.newest_reports.erase(id);
  }
}

/// History keeps no definition: where one goes, the records of what was made from it go with it.
void forget_records(Context& context, const std::set<std::int64_t>& leaving) {
  if (leaving.empty()) {
    return;
  }
  std::vector<std::int64_t> forgotten;
  for (const auto& [key, record] : context.world->service_deployments) {
    if (leaving.contains(record.specification->definition->key)) {
      forgotten.push_back(key);
    }
  }
  for (const std::int64_t key : forgotten) {
    apply(context.world, ServiceDeploymentForgotten{key});
  }
}

/// Definitions whose deletion was asked for go when no task and no deployment is made of them.
void forget_definitions(Context& context) {
  std::set<std::int64_t> leaving = context.world.index().definitions_leaving;
  if (leaving.empty()) {
    return;
  }
  for (const auto& [key, task] : context.world->tasks) {
    leaving.erase(task.specification->definition->key);
  }
  for (const auto& [key, service] : context.world->services) {
    for (const schemas::Deployment& deployment : service.deployments) {
      leaving.erase(deployment.specification->definition->key);
    }
    if (service.status == schemas::ServiceStatus::inactive) {
      continue;
    }
    for (const schemas::DeploymentId id : {service.current, service.last_completed}) {
      if (const schemas::ServiceDeployment* record = find_service_deployment(context.world, id)) {
        leaving.erase(record->specification->definition->key);
      }
    }
  }
  forget_records(context, leaving);
  for (const std::int64_t key : leaving) {
    const OwnedDefinition owned = context.world->definitions.at(key);
    apply(context.world, DefinitionForgotten{key});
    log_event(context, owned.scope, "definition.deleted",
              definition_arn(owned.scope, *owned.definition), "{}");
  }
}

}  // namespace

void sweep(Context& context) {
  forget_tokens(context);
  end_what_has_expired(context);
  if (context.now < context.parked.next_sweep) {
    return;
  }
  context.parked.next_sweep = context.now + context.settings.sweep_every;
  free_addresses(context);
  forget_tasks(context);
  forget_instances(context);
  forget_definitions(context);
  std::set<std::int64_t>& due = WorldAccess::parts(context.world).news.services;
  for (const auto& [key, service] : context.world->services) {
    if (service.status != schemas::ServiceStatus::inactive) {
      due.insert(key);
    }
  }
}

}  // namespace control

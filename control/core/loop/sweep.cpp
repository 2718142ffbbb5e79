#include "control/core/loop/sweep.h"

#include "control/core/world/lookups.h"
#include "control/core/world/parts.h"

namespace control {

namespace {

void forget_tasks(Context& context) {
  const auto& stopped = context.world.index().stopped_tasks;
  std::vector<std::int64_t> forgotten;
  for (const auto& [stopped_at, key] : stopped) {
    if (stopped_at + context.settings.stopped_retention > context.now) {
      break;
    }
    const schemas::Task& task = context.world->tasks.at(key);
    if (!task.eni || !context.world->enis.contains(*task.eni)) {
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

}  // namespace

void sweep(Context& context) {
  forget_tasks(context);
  forget_tokens(context);
  end_what_has_expired(context);
  if (context.now < context.parked.next_sweep) {
    return;
  }
  context.parked.next_sweep = context.now + context.settings.sweep_every;
  free_addresses(context);
  std::set<std::int64_t>& due = WorldAccess::parts(context.world).news.services;
  for (const auto& [key, service] : context.world->services) {
    if (service.status != schemas::ServiceStatus::inactive) {
      due.insert(key);
    }
  }
}

}  // namespace control

#include "control/core/loop/polls.h"

#include <algorithm>

#include "control/core/loop/assignment.h"
#include "control/core/loop/credentials.h"
#include "control/core/loop/names.h"
#include "control/core/loop/roles.h"
#include "control/core/world/lookups.h"
#include "control/core/world/parts.h"

namespace control {

using schemas::ContainerInstance;
using schemas::Error;
using schemas::ErrorCode;
using schemas::InstanceId;
using schemas::Result;
using schemas::Task;

namespace {

/// Takes a host's parked poll out, if there is one.
std::optional<Parked::Poll> unpark(Parked& parked, InstanceId instance) {
  const auto at = parked.polls.find(instance);
  if (at == parked.polls.end()) {
    return std::nullopt;
  }
  Parked::Poll poll = at->second;
  parked.poll_deadlines.erase({poll.until, instance});
  parked.polls.erase(at);
  return poll;
}

void make_due(Context& context, InstanceId instance) {
  if (std::optional<Parked::Poll> poll = unpark(context.parked, instance)) {
    context.due_polls.push_back({.instance = instance, .poll = *poll, .strangers = {}});
  }
}

bool is_timely(const Context& context, const Parked::PendingAsk& ask) {
  return !ask.sent_at || *ask.sent_at + context.settings.ask_again <= context.now;
}

void add_asks(Context& context, InstanceId instance, schemas::SyncAnswer& answer) {
  for (auto& [id, ask] : context.parked.asks) {
    if (ask.instance == instance && is_timely(context, ask)) {
      ask.sent_at = context.now;
      answer.asks.push_back(ask.ask);
    }
  }
}

void expire_asks(Context& context) {
  std::erase_if(context.parked.asks, [&](const auto& entry) {
    return entry.second.asked_at + context.settings.ask_expires <= context.now;
  });
}

Result<Parked::PendingAsk> ask_for(Context& context, const StreamWanted& request) {
  const Result<const Task*> found =
      task_named(context.world, request.scope, request.cluster, request.task);
  if (!found.ok()) {
    return found.error();
  }
  const Task& task = *found.value();
  std::string container = request.container;
  if (container.empty() && task.containers.size() == 1) {
    container = task.containers.front().name;
  }
  const bool exists =
      container.empty() ||
      std::any_of(task.containers.begin(), task.containers.end(),
                  [&](const schemas::Container& each) { return each.name == container; });
  if (!exists) {
    std::string names;
    for (const schemas::Container& each : task.containers) {
      names += (names.empty() ? "" : ", ") + each.name;
    }
    return Error{ErrorCode::invalid_parameter, "The task has no container '" + container +
                                                   "'; its containers are " + names + "."};
  }
  const ContainerInstance* host =
      task.instance ? find_instance(context.world, *task.instance) : nullptr;
  if (host == nullptr || !host->connected) {
    return Error{ErrorCode::target_not_connected,
                 "The host of the task is not connected, and its logs are there: try again when "
                 "it is back."};
  }
  return Parked::PendingAsk{.ask = {.id = schemas::AskId::draw(context.random),
                                    .purpose = request.purpose,
                                    .task = task.id,
                                    .container = std::move(container),
                                    .tail_lines = request.tail_lines},
                            .instance = host->id,
                            .asked_at = context.now,
                            .sent_at = {}};
}

}  // namespace

void park(Context& context, DuePoll poll) {
  make_due(context, poll.instance);
  context.parked.poll_deadlines.insert({poll.poll.until, poll.instance});
  context.parked.polls.insert_or_assign(poll.instance, poll.poll);
}

void forget_waiter(Context& context, std::int64_t waiter) {
  const auto& polls = context.parked.polls;
  const auto at = std::find_if(polls.begin(), polls.end(), [waiter](const auto& entry) {
    return entry.second.waiter == waiter;
  });
  if (at != polls.end()) {
    static_cast<void>(unpark(context.parked, at->first));
  }
}

void dismiss(Context& context, InstanceId instance) {
  if (const std::optional<Parked::Poll> poll = unpark(context.parked, instance)) {
    context.turn.agents.push_back(
        {.waiter = poll->waiter,
         .answer = Error{ErrorCode::access_denied, std::string(deregistered_message)}});
  }
  // What the same turn still owed it is the same word.
  std::erase_if(context.due_polls, [&](const DuePoll& due) {
    if (due.instance != instance) {
      return false;
    }
    context.turn.agents.push_back(
        {.waiter = due.poll.waiter,
         .answer = Error{ErrorCode::access_denied, std::string(deregistered_message)}});
    return true;
  });
  std::erase_if(context.parked.asks,
                [&](const auto& entry) { return entry.second.instance == instance; });
}

void want_stream(Context& context, const StreamWanted& request) {
  const std::optional<Error> refused = denied(context.world, request.principal, read_logs_action);
  Result<Parked::PendingAsk> ask =
      refused ? Result<Parked::PendingAsk>(*refused) : ask_for(context, request);
  if (!ask.ok()) {
    context.turn.streams.push_back({.request = request.request, .result = ask.error()});
    return;
  }
  const Parked::PendingAsk& wanted = ask.value();
  context.turn.streams.push_back(
      {.request = request.request,
       .result = StreamOpened{
           .ask = wanted.ask.id,
           .instance = wanted.instance,
           .identity_hash = context.world->instances.at(wanted.instance).identity_hash}});
  context.parked.asks.emplace(wanted.ask.id, wanted);
}

void settle_stream(Context& context, const StreamSettled& settled) {
  context.parked.asks.erase(settled.ask);
}

void answer_polls(Context& context) {
  expire_asks(context);
  for (const InstanceId& instance : WorldAccess::parts(context.world).assignments.take_news()) {
    const auto poll = context.parked.polls.find(instance);
    if (poll != context.parked.polls.end() &&
        poll->second.have_version != context.world.assignments().version(instance)) {
      make_due(context, instance);
    }
  }
  for (const auto& [id, ask] : context.parked.asks) {
    if (is_timely(context, ask)) {
      make_due(context, ask.instance);
    }
  }
  auto& deadlines = context.parked.poll_deadlines;
  while (!deadlines.empty() && deadlines.begin()->first <= context.now) {
    make_due(context, deadlines.begin()->second);
  }
  for (DuePoll& due : std::exchange(context.due_polls, {})) {
    schemas::SyncAnswer answer =
        assignment_answer(context.world, due.instance, due.poll.have_version);
    add_credentials(context, answer);
    answer.acknowledged = due.poll.acknowledge;
    answer.tasks_gone.insert(answer.tasks_gone.end(), due.strangers.begin(), due.strangers.end());
    answer.poll_ms = context.settings.poll_hold.count();
    add_asks(context, due.instance, answer);
    context.turn.agents.push_back({.waiter = due.poll.waiter, .answer = std::move(answer)});
  }
}

}  // namespace control

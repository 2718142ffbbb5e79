#include "control/core/loop/loop.h"

#include <algorithm>

#include "control/core/loop/access.h"
#include "control/core/loop/agents.h"
#include "control/core/loop/audit_trail.h"
#include "control/core/loop/context.h"
#include "control/core/loop/credentials.h"
#include "control/core/loop/operations/operations.h"
#include "control/core/loop/polls.h"
#include "control/core/loop/roles.h"
#include "control/core/loop/rows/encode.h"
#include "control/core/loop/services.h"
#include "control/core/loop/sweep.h"
#include "control/core/world/parts.h"

namespace control {

using schemas::Error;
using schemas::ErrorCode;
using schemas::Instant;

namespace {

schemas::Result<api::Value> decided(Context& context, const ApiCall& call) {
  const Handler handler = handler_of(call.operation);
  if (handler == nullptr) {
    return Error{ErrorCode::unknown_operation,
                 "The operation " + call.operation + " is not built."};
  }
  if (std::optional<Error> refused = denied(context.world, call)) {
    return *std::move(refused);
  }
  return handler(context, call);
}

void take(Context& context, const ApiCall& call) {
  const std::size_t before = WorldAccess::parts(context.world).news.events.size();
  schemas::Result<api::Value> result = decided(context, call);
  if (changes_things(call.operation)) {
    audit(context, call, before, result.ok() ? nullptr : &result.error());
  }
  context.turn.replies.push_back({.request = call.request, .result = std::move(result)});
}

void take(Context& context, const CallRefused& call) { audit(context, call); }

void take(Context& context, const AgentJoin& request) { join(context, request); }
void take(Context& context, const AgentSync& request) { sync(context, request); }
void take(Context& context, const FirstUserWanted& wanted) { make_first_user(context, wanted); }
void take(Context& context, const WaiterGone& gone) { forget_waiter(context, gone.waiter); }
void take(Context& context, const StreamWanted& request) { want_stream(context, request); }
void take(Context& context, const StreamSettled& settled) { settle_stream(context, settled); }
void take(Context& /*context*/, const Tick& /*tick*/) {}

Instant next_wake(const Context& context) {
  const Settings& settings = context.settings;
  const Index& index = context.world.index();
  Instant wake = context.parked.next_sweep;
  const auto sooner = [&wake](Instant at) { wake = std::min(wake, at); };
  if (!index.leases.empty()) {
    sooner(index.leases.begin()->first);
  }
  if (!index.absent.empty()) {
    sooner(index.absent.begin()->first + settings.loss_grace);
  }
  if (!context.parked.wakes.empty()) {
    sooner(context.parked.wakes.begin()->first);
  }
  if (!context.parked.renewals.empty()) {
    sooner(context.parked.renewals.begin()->first);
  }
  if (!context.parked.poll_deadlines.empty()) {
    sooner(context.parked.poll_deadlines.begin()->first);
  }
  for (const auto& [id, ask] : context.parked.asks) {
    sooner(ask.sent_at.value_or(ask.asked_at) + settings.ask_again);
  }
  // What a bounded turn left over goes on at once.
  return WorldAccess::parts(context.world).news.services.empty() ? wake : context.now;
}

}  // namespace

Turn step(World& world, Parked& parked, std::span<const Input> inputs, const Settings& settings,
          Instant now, schemas::Random& random, const std::function<void(TurnPart)>& passed) {
  const auto pass = [&passed](TurnPart part) {
    if (passed) {
      passed(part);
    }
  };
  Turn turn;
  Context context{.world = world,
                  .parked = parked,
                  .settings = settings,
                  .now = now,
                  .random = random,
                  .turn = turn,
                  .due_polls = {}};
  for (const Input& input : inputs) {
    std::visit([&context](const auto& what) { take(context, what); }, input);
  }
  pass(TurnPart::inputs);
  check_leases(context);
  sweep(context);
  pass(TurnPart::sweep);
  decide_services(context);
  renew_credentials(context);
  pass(TurnPart::services);
  answer_polls(context);
  pass(TurnPart::polls);
  turn.events = std::exchange(WorldAccess::parts(world).news.events, {});
  turn.rows = take_rows(world);
  pass(TurnPart::rows);
  turn.next_wake = next_wake(context);
  return turn;
}

}  // namespace control

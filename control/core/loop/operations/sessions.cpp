#include <algorithm>

#include "control/core/loop/access.h"
#include "control/core/loop/operations/operations.h"
#include "control/core/loop/operations/show_access.h"
#include "control/core/world/lookups.h"

namespace control {

using schemas::Error;
using schemas::ErrorCode;

namespace {

/// Sessions that one principal may have open at once: each is kept for half a day.
constexpr std::int64_t sessions_max = 1'000;

}  // namespace

Answer create_session(Context& context, const ApiCall& call) {
  const auto& sessions = context.world->sessions;
  const auto open = std::count_if(sessions.begin(), sessions.end(), [&call](const auto& entry) {
    return entry.second.principal == call.principal;
  });
  if (open >= sessions_max) {
    return Error{ErrorCode::limit_exceeded,
                 call.principal + " has " + std::to_string(sessions_max) +
                     " sessions open: end them with a signed DELETE /v1/sessions."};
  }
  const schemas::Session session{.key = context.world.next_key(Table::session),
                                 .account = call.scope.account,
                                 .region = call.scope.region,
                                 .principal = call.principal,
                                 .hash = call.drawn.kept,
                                 .created_at = context.now,
                                 .expires_at = context.now + context.settings.session_length};
  apply(context.world, SessionOpened{session});
  api::CreateSessionResponse output;
  output.principal = session.principal;
  output.region = session.region;
  output.expires_at = session.expires_at;
  return api::Value::of(std::move(output));
}

Answer end_session(Context& context, const ApiCall& call) {
  if (call.drawn.kept.empty()) {
    return api::Value::of(api::EndSessionResponse{.ended = end_sessions(context, call.principal)});
  }
  const schemas::Session* session = find_session(context.world, call.drawn.kept);
  if (session == nullptr) {
    return api::Value::of(api::EndSessionResponse{.ended = 0});
  }
  apply(context.world, SessionEnded{session->key});
  return api::Value::of(api::EndSessionResponse{.ended = 1});
}

}  // namespace control

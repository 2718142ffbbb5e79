#include <algorithm>

#include "control/core/loop/details.h"
#include "control/core/loop/names.h"
#include "control/core/loop/operations/operations.h"
#include "control/core/loop/operations/show_access.h"
#include "control/core/world/lookups.h"
#include "schemas/wire/wire.h"

namespace control {

using schemas::Error;
using schemas::ErrorCode;

namespace {

/// Tokens of an account that wait to be used.
constexpr std::int64_t tokens_max = 1'000;
constexpr std::int64_t seconds_default = 3'600;

}  // namespace

Answer create_join_token(Context& context, const ApiCall& call) {
  const auto& input = call.input.as<api::CreateJoinTokenRequest>();
  const bool pool = input.pool.value_or(false);
  if (pool == input.cluster.has_value()) {
    return Error{ErrorCode::invalid_parameter,
                 "A join token is for a cluster or for the pool: give either cluster or pool."};
  }
  if (pool && call.scope.account != context.settings.operator_account) {
    return Error{ErrorCode::access_denied,
                 "pool: only the operator's account may add hosts to the shared pool."};
  }
  const std::optional<std::string> cluster =
      pool ? std::optional(std::string()) : local_name(call.scope, "cluster", *input.cluster);
  if (!cluster) {
    return Error{ErrorCode::invalid_parameter,
                 "cluster: '" + *input.cluster + "' is an ARN of another account or region."};
  }
  const auto& tokens = context.world->join_tokens;
  const auto waiting = std::count_if(tokens.begin(), tokens.end(), [&call](const auto& entry) {
    return entry.second.account == call.scope.account;
  });
  if (waiting >= tokens_max) {
    return Error{ErrorCode::limit_exceeded,
                 "The account has " + std::to_string(tokens_max) +
                     " join tokens that are not used yet: use them, or wait until they expire."};
  }
  const schemas::JoinToken token{
      .key = context.world.next_key(Table::join_token),
      .account = call.scope.account,
      .region = call.scope.region,
      .cluster = *cluster,
      .pool = pool,
      .hash = call.drawn.kept,
      .created_by = call.principal,
      .created_at = context.now,
      .expires_at =
          context.now + std::chrono::seconds(input.expires_in_seconds.value_or(seconds_default))};
  apply(context.world, JoinTokenCreated{token});
  log_event(context, call.scope, "token.created", call.principal,
            wire::encode(MessageDetail{.message = pool ? "for a host of the pool"
                                                       : "for a host of cluster " + *cluster}));
  api::CreateJoinTokenResponse output;
  if (!pool) {
    output.cluster = *cluster;
  }
  output.pool = pool;
  output.expires_at = token.expires_at;
  return api::Value::of(std::move(output));
}

}  // namespace control

#include "control/core/loop/access.h"

#include <vector>

#include "control/core/loop/details.h"
#include "control/core/loop/names.h"
#include "control/core/world/lookups.h"
#include "schemas/wire/wire.h"

namespace control {

using schemas::Error;
using schemas::ErrorCode;

void make_first_user(Context& context, const FirstUserWanted& wanted) {
  if (!context.world->users.empty()) {
    return;
  }
  const schemas::User user{.key = context.world.next_key(Table::user),
                           .account = wanted.scope.account,
                           .name = wanted.name,
                           .created_at = context.now};
  apply(context.world, UserCreated{user});
  schemas::AccessKey access_key = wanted.access_key;
  access_key.key = context.world.next_key(Table::access_key);
  access_key.user = user.key;
  access_key.created_at = context.now;
  apply(context.world, AccessKeyCreated{access_key});
  log_event(context, wanted.scope, "user.created", user_arn(user),
            wire::encode(MessageDetail{.message = "made at the first start, with access key " +
                                                  access_key.id}));
}

schemas::Result<Entry> admit(const Context& context, const AgentJoin& join) {
  const schemas::JoinRequest& asked = join.request;
  if (join.token_hash.empty()) {
    if (context.settings.joining == Settings::Joining::with_token) {
      return Error{ErrorCode::access_denied,
                   "A host joins with a token: `ecsctl token create --cluster NAME` (or --pool) "
                   "prints one for `ecs-agent --token-file FILE`."};
    }
    return Entry{.scope = join.scope,
                 .cluster = asked.pool              ? ""
                            : asked.cluster.empty() ? "default"
                                                    : asked.cluster,
                 .token = 0};
  }
  const schemas::JoinToken* token = find_join_token(context.world, join.token_hash);
  if (token == nullptr || token->expires_at <= context.now) {
    return Error{ErrorCode::access_denied,
                 "This join token is unknown, was used before, or has expired: a token is good for "
                 "one host. `ecsctl token create` prints another."};
  }
  const auto place = [](bool pool, const std::string& cluster) {
    return pool ? std::string("the pool") : "cluster " + (cluster.empty() ? "default" : cluster);
  };
  const schemas::Scope scope{token->account, token->region};
  const std::string named = local_name(scope, "cluster", asked.cluster).value_or(asked.cluster);
  const bool elsewhere = !asked.pool && !token->pool && !named.empty() && named != token->cluster;
  if (asked.pool != token->pool || elsewhere) {
    return Error{ErrorCode::access_denied,
                 "This join token is for " + place(token->pool, token->cluster) +
                     ", but the host asks for " + place(asked.pool, asked.cluster) + "."};
  }
  return Entry{.scope = scope, .cluster = token->cluster, .token = token->key};
}

std::int64_t end_sessions(Context& context, const std::string& principal) {
  std::vector<std::int64_t> ended;
  for (const auto& [key, session] : context.world->sessions) {
    if (session.principal == principal) {
      ended.push_back(key);
    }
  }
  for (const std::int64_t key : ended) {
    apply(context.world, SessionEnded{key});
  }
  return static_cast<std::int64_t>(ended.size());
}

}  // namespace control

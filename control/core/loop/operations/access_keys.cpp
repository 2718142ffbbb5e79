#include <vector>

#include "control/core/loop/access.h"
#include "control/core/loop/details.h"
#include "control/core/loop/operations/operations.h"
#include "control/core/loop/operations/show_access.h"
#include "control/core/world/lookups.h"
#include "schemas/wire/wire.h"

namespace control {

using schemas::Error;
using schemas::ErrorCode;

namespace {

/// As in IAM: one to use and one to change over to.
constexpr std::size_t keys_of_user_max = 2;

void log_key(Context& context, const ApiCall& call, const schemas::User& user, std::string kind,
             const std::string& id) {
  log_event(context, {user.account, call.scope.region}, std::move(kind), user_arn(user),
            wire::encode(MessageDetail{.message = "access key " + id}));
}

/// The user whose key is asked for. Without a name it is the caller, who may be no user at all:
/// with --auth off, or in a task.
schemas::Result<const schemas::User*> owner(const Context& context, const ApiCall& call,
                                            const api::CreateAccessKeyRequest& input) {
  const auto account = account_for(context, call, input.account);
  if (!account.ok()) {
    return account.error();
  }
  if (input.user_name) {
    return user_named(context.world, account.value(), *input.user_name);
  }
  const std::string prefix = "arn:aws:iam::" + account.value() + ":user/";
  if (!call.principal.starts_with(prefix)) {
    return Error{ErrorCode::invalid_parameter, "userName: say whose key it will be; the caller, " +
                                                   call.principal + ", is no user of account " +
                                                   account.value() + "."};
  }
  return user_named(context.world, account.value(), call.principal.substr(prefix.size()));
}

/// A key by its id, of the caller's account; of any for the operator.
schemas::Result<const schemas::AccessKey*> key_named(const Context& context, const ApiCall& call,
                                                     const std::string& id) {
  const schemas::AccessKey* key = find_access_key(context.world, id);
  const bool visible =
      key != nullptr && account_for(context, call, context.world->users.at(key->user).account).ok();
  if (!visible) {
    return Error{ErrorCode::resource_not_found,
                 "accessKeyId: there is no access key '" + id + "'. See ecsctl key list."};
  }
  return key;
}

}  // namespace

Answer create_access_key(Context& context, const ApiCall& call) {
  const auto found = owner(context, call, call.input.as<api::CreateAccessKeyRequest>());
  if (!found.ok()) {
    return found.error();
  }
  const schemas::User& user = *found.value();
  if (entry_or_empty(context.world.index().access_keys_of_user, user.key).size() >=
      keys_of_user_max) {
    return Error{ErrorCode::limit_exceeded,
                 "User '" + user.name + "' has " + std::to_string(keys_of_user_max) +
                     " access keys already, as many as a user may have: delete one first."};
  }
  schemas::AccessKey key;
  key.key = context.world.next_key(Table::access_key);
  key.id = call.drawn.id;
  key.user = user.key;
  key.sealed_secret = call.drawn.kept;
  key.created_at = context.now;
  apply(context.world, AccessKeyCreated{key});
  log_key(context, call, user, "key.created", key.id);
  api::CreateAccessKeyResponse output;
  output.access_key = show_access_key(context.world, key);
  return api::Value::of(std::move(output));
}

Answer list_access_keys(Context& context, const ApiCall& call) {
  const auto& input = call.input.as<api::ListAccessKeysRequest>();
  const auto account = account_for(context, call, input.account);
  if (!account.ok()) {
    return account.error();
  }
  if (input.user_name) {
    const auto user = user_named(context.world, account.value(), *input.user_name);
    if (!user.ok()) {
      return user.error();
    }
  }
  api::ListAccessKeysResponse output;
  const auto& names = context.world.index().user_by_name;
  for (auto at = names.lower_bound({account.value(), ""});
       at != names.end() && at->first.first == account.value(); ++at) {
    if (input.user_name && at->first.second != *input.user_name) {
      continue;
    }
    for (const std::int64_t key :
         entry_or_empty(context.world.index().access_keys_of_user, at->second)) {
      output.access_keys.push_back(
          show_access_key(context.world, context.world->access_keys.at(key)));
    }
  }
  return api::Value::of(std::move(output));
}

Answer update_access_key(Context& context, const ApiCall& call) {
  const auto& input = call.input.as<api::UpdateAccessKeyRequest>();
  const auto found = key_named(context, call, input.access_key_id);
  if (!found.ok()) {
    return found.error();
  }
  const schemas::AccessKey key = *found.value();
  const auto status = input.status == api::AccessKeyStatus::active
                          ? schemas::AccessKeyStatus::active
                          : schemas::AccessKeyStatus::inactive;
  if (status != key.status) {
    const schemas::User& user = context.world->users.at(key.user);
    apply(context.world, AccessKeyChanged{key.key, status});
    if (status == schemas::AccessKeyStatus::inactive) {
      end_sessions(context, user_arn(user));
    }
    log_key(context, call, user,
            status == schemas::AccessKeyStatus::active ? "key.activated" : "key.deactivated",
            key.id);
  }
  api::UpdateAccessKeyResponse output;
  output.access_key = show_access_key(context.world, context.world->access_keys.at(key.key));
  return api::Value::of(std::move(output));
}

Answer delete_access_key(Context& context, const ApiCall& call) {
  const auto& input = call.input.as<api::DeleteAccessKeyRequest>();
  const auto found = key_named(context, call, input.access_key_id);
  if (!found.ok()) {
    return found.error();
  }
  const schemas::AccessKey key = *found.value();
  api::DeleteAccessKeyResponse output;
  output.access_key = show_access_key(context.world, key);
  const schemas::User& user = context.world->users.at(key.user);
  apply(context.world, AccessKeyDeleted{key.key});
  end_sessions(context, user_arn(user));
  log_key(context, call, user, "key.deleted", key.id);
  return api::Value::of(std::move(output));
}

}  // namespace control

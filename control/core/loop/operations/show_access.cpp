#include "control/core/loop/operations/show_access.h"

#include "control/core/world/lookups.h"

namespace control {

using schemas::Error;
using schemas::ErrorCode;

api::User show_user(const schemas::User& user) {
  return {.user_name = user.name,
          .arn = user_arn(user),
          .account = user.account,
          .created_at = user.created_at};
}

api::AccessKey show_access_key(const World& world, const schemas::AccessKey& access_key) {
  const schemas::User& user = world->users.at(access_key.user);
  return {.access_key_id = access_key.id,
          .user_name = user.name,
          .account = user.account,
          .status = access_key.status == schemas::AccessKeyStatus::active
                        ? api::AccessKeyStatus::active
                        : api::AccessKeyStatus::inactive,
          .created_at = access_key.created_at};
}

schemas::Result<std::string> account_for(const Context& context, const ApiCall& call,
                                         const std::optional<std::string>& stated) {
  const std::string account = stated.value_or(call.scope.account);
  if (account != call.scope.account && call.scope.account != context.settings.operator_account) {
    return Error{ErrorCode::access_denied,
                 "account: only the operator's account may look after account " + account + "."};
  }
  return account;
}

schemas::Result<const schemas::User*> user_named(const World& world, const std::string& account,
                                                 const std::string& name) {
  const schemas::User* user = find_user(world, account, name);
  if (user == nullptr) {
    return Error{ErrorCode::resource_not_found, "userName: account " + account + " has no user '" +
                                                    name + "'. `ecsctl user create` makes one."};
  }
  return user;
}

}  // namespace control

#include <vector>

#include "control/core/loop/access.h"
#include "control/core/loop/operations/operations.h"
#include "control/core/loop/operations/show_access.h"
#include "control/core/world/lookups.h"

namespace control {

using schemas::Error;
using schemas::ErrorCode;

namespace {

/// Far more than an account has people and programs.
constexpr std::int64_t users_max = 1'000;

template <class Act>
void each_user(const World& world, const std::string& account, Act act) {
  const auto& names = world.index().user_by_name;
  for (auto at = names.lower_bound({account, ""}); at != names.end() && at->first.first == account;
       ++at) {
    act(world->users.at(at->second));
  }
}

}  // namespace

Answer create_user(Context& context, const ApiCall& call) {
  const auto& input = call.input.as<api::CreateUserRequest>();
  const auto account = account_for(context, call, input.account);
  if (!account.ok()) {
    return account.error();
  }
  if (find_user(context.world, account.value(), input.user_name) != nullptr) {
    return Error{ErrorCode::conflict, "userName: account " + account.value() + " has a user '" +
                                          input.user_name + "' already."};
  }
  std::int64_t count = 0;
  each_user(context.world, account.value(), [&count](const schemas::User&) { ++count; });
  if (count >= users_max) {
    return Error{ErrorCode::limit_exceeded,
                 "An account has at most " + std::to_string(users_max) + " users."};
  }
  const schemas::User user{.key = context.world.next_key(Table::user),
                           .account = account.value(),
                           .name = input.user_name,
                           .created_at = context.now};
  apply(context.world, UserCreated{user});
  log_event(context, {user.account, call.scope.region}, "user.created", user_arn(user), "{}");
  return api::Value::of(api::CreateUserResponse{.user = show_user(user)});
}

Answer list_users(Context& context, const ApiCall& call) {
  const auto account = account_for(context, call, call.input.as<api::ListUsersRequest>().account);
  if (!account.ok()) {
    return account.error();
  }
  api::ListUsersResponse output;
  each_user(context.world, account.value(),
            [&output](const schemas::User& user) { output.users.push_back(show_user(user)); });
  return api::Value::of(std::move(output));
}

Answer delete_user(Context& context, const ApiCall& call) {
  const auto& input = call.input.as<api::DeleteUserRequest>();
  const auto account = account_for(context, call, input.account);
  if (!account.ok()) {
    return account.error();
  }
  const auto found = user_named(context.world, account.value(), input.user_name);
  if (!found.ok()) {
    return found.error();
  }
  const schemas::User user = *found.value();
  const Keys& keys = entry_or_empty(context.world.index().access_keys_of_user, user.key);
  if (!keys.empty()) {
    return Error{ErrorCode::resource_in_use, "User '" + user.name + "' has " +
                                                 std::to_string(keys.size()) +
                                                 " access keys: delete them first."};
  }
  end_sessions(context, user_arn(user));
  apply(context.world, UserDeleted{user.key});
  log_event(context, {user.account, call.scope.region}, "user.deleted", user_arn(user), "{}");
  return api::Value::of(api::DeleteUserResponse{.user = show_user(user)});
}

}  // namespace control

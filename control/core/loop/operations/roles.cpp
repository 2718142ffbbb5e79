#include "api/roles.h"
#include "control/core/access/role.h"
#include "control/core/loop/operations/operations.h"
#include "control/core/loop/operations/page.h"
#include "control/core/loop/operations/refusals.h"
#include "control/core/loop/operations/shapes.h"
#include "control/core/loop/roles.h"
#include "control/core/world/lookups.h"

namespace control {

using schemas::Done;
using schemas::Error;
using schemas::ErrorCode;
using schemas::Outcome;
using schemas::Result;
using schemas::Role;

namespace {

/// Far more than an account has kinds of tasks.
constexpr std::int64_t roles_max = 1'000;
constexpr std::size_t action_bytes_max = 128;

api::Role show_role(const Role& role) {
  api::Role shown;
  shown.role_name = role.name;
  shown.arn = role_arn(role);
  shown.path = role.path;
  shown.description = unless_empty(role.description);
  shown.actions = role.actions;
  shown.tags = show_tags(role.tags);
  shown.created_at = role.created_at;
  return shown;
}

Result<const Role*> role_named(const World& world, const ApiCall& call, const std::string& name) {
  const Role* role = find_role(world, call.scope.account, name);
  if (role == nullptr) {
    return Error{ErrorCode::resource_not_found,
                 "Account " + call.scope.account + " has no role '" + name + "'."};
  }
  return role;
}

/// Whether there is anything that the action lets through: a name that was mistyped allows nothing,
/// and nobody would see it.
bool is_known(const std::string& action) {
  for (const std::string_view other : {std::string_view("iam:PassRole"), read_logs_action}) {
    if (allows({action}, other)) {
      return true;
    }
  }
  for (const api::Operation& operation : api::operations()) {
    if (allows({action}, action_of(operation.name))) {
      return true;
    }
  }
  for (const std::string_view name : api::later_operations()) {
    if (allows({action}, "ecs:" + std::string(name))) {
      return true;
    }
  }
  return false;
}

Outcome check_actions(const std::vector<std::string>& actions) {
  for (const std::string& action : actions) {
    if (action.size() > action_bytes_max || !is_action(action)) {
      return invalid("actions: '" + action.substr(0, action_bytes_max) +
                     "' is no action; write ecs:RunTask, ecs:List* or *.");
    }
    if (!is_known(action)) {
      return invalid("actions: '" + action + "' is no operation, nor a pattern of any.");
    }
  }
  return Done{};
}

void log_role(Context& context, const ApiCall& call, const char* kind, const Role& role) {
  log_event(context, call.scope, kind, role_arn(role), "{}");
}

/// Tasks of a role that is there again need credentials of the new one.
void renew_for(Context& context, const Role& role) {
  const std::string arn = role_arn(role);
  std::vector<schemas::TaskId> tasks;
  for (const auto& [key, task] : context.world->tasks) {
    const bool has =
        task_role_arn(*task.specification) == arn || execution_role_arn(*task.specification) == arn;
    if (has && task.last_status != schemas::TaskStatus::stopped) {
      tasks.push_back(task.id);
    }
  }
  for (const schemas::TaskId& task : tasks) {
    apply(context.world, CredentialsRenewalDue{task});
  }
}

}  // namespace

Answer create_role(Context& context, const ApiCall& call) {
  const auto& input = call.input.as<api::CreateRoleRequest>();
  Role role;
  role.account = call.scope.account;
  role.name = input.role_name;
  role.path = input.path.value_or("/");
  if (!role.path.starts_with('/') || !role.path.ends_with('/') ||
      role.path.find("//") != std::string::npos) {
    return invalid("path: '" + role.path + "' must begin and end with /, with a name between two.");
  }
  role.description = input.description.value_or("");
  role.actions = input.actions.value_or(std::vector<std::string>{});
  const Outcome actions = check_actions(role.actions);
  if (!actions.ok()) {
    return actions.error();
  }
  const auto tags = read_tags(input.tags);
  if (!tags.ok()) {
    return tags.error();
  }
  role.tags = tags.value();
  if (find_role(context.world, role.account, role.name) != nullptr) {
    return Error{ErrorCode::conflict,
                 "roleName: account " + role.account + " has a role '" + role.name + "' already."};
  }
  const auto& names = context.world.index().role_by_name;
  std::int64_t count = 0;
  for (auto at = names.lower_bound({role.account, ""});
       at != names.end() && at->first.first == role.account; ++at) {
    ++count;
  }
  if (count >= roles_max) {
    return Error{ErrorCode::limit_exceeded,
                 "An account has at most " + std::to_string(roles_max) + " roles."};
  }
  role.key = context.world.next_key(Table::role);
  role.created_at = context.now;
  apply(context.world, RoleCreated{role});
  log_role(context, call, "role.created", role);
  renew_for(context, role);
  return api::Value::of(api::CreateRoleResponse{.role = show_role(role)});
}

Answer list_roles(Context& context, const ApiCall& call) {
  const auto& input = call.input.as<api::ListRolesRequest>();
  auto page = open_page(context, call, input, "");
  if (!page.ok()) {
    return page.error();
  }
  api::ListRolesResponse output;
  const auto& names = context.world.index().role_by_name;
  for (auto at = names.upper_bound({call.scope.account, page.value().after()});
       at != names.end() && at->first.first == call.scope.account; ++at) {
    if (!page.value().add(at->first.second, at->first.second)) {
      break;
    }
    output.roles.push_back(show_role(context.world->roles.at(at->second)));
  }
  output.next_token = page.value().next_token();
  return api::Value::of(std::move(output));
}

Answer describe_role(Context& context, const ApiCall& call) {
  const auto& input = call.input.as<api::DescribeRoleRequest>();
  const auto role = role_named(context.world, call, input.role_name);
  return role.ok()
             ? Answer(api::Value::of(api::DescribeRoleResponse{.role = show_role(*role.value())}))
             : Answer(role.error());
}

Answer update_role(Context& context, const ApiCall& call) {
  const auto& input = call.input.as<api::UpdateRoleRequest>();
  const auto found = role_named(context.world, call, input.role_name);
  if (!found.ok()) {
    return found.error();
  }
  Role role = *found.value();
  role.description = input.description.value_or(role.description);
  role.actions = input.actions.value_or(role.actions);
  const Outcome actions = check_actions(role.actions);
  if (!actions.ok()) {
    return actions.error();
  }
  apply(context.world, RoleCreated{role});
  log_role(context, call, "role.changed", role);
  return api::Value::of(api::UpdateRoleResponse{.role = show_role(role)});
}

Answer delete_role(Context& context, const ApiCall& call) {
  const auto& input = call.input.as<api::DeleteRoleRequest>();
  const auto found = role_named(context.world, call, input.role_name);
  if (!found.ok()) {
    return found.error();
  }
  const Role role = *found.value();
  apply(context.world, RoleDeleted{role.key});
  log_role(context, call, "role.deleted", role);
  return api::Value::of(api::DeleteRoleResponse{.role = show_role(role)});
}

}  // namespace control

#include "control/core/loop/roles.h"

#include "control/core/access/role.h"
#include "control/core/world/lookups.h"
#include "schemas/codec/api.h"

namespace control {

using schemas::Error;
using schemas::ErrorCode;
using schemas::Outcome;
using schemas::Role;

namespace {

constexpr std::string_view pass_action = "iam:PassRole";

const Role* role_behind(const World& world, const std::string& account, const std::string& text) {
  const std::optional<std::string> name = role_name(account, text);
  const Role* role = name ? find_role(world, account, *name) : nullptr;
  const bool by_arn = text.starts_with("arn:");
  return role != nullptr && (!by_arn || role_arn(*role) == text) ? role : nullptr;
}

/// A role that hands on another makes itself what that one is: it must be allowed to.
std::optional<Error> may_not_pass(const World& world, const ApiCall& call, const Role& role) {
  const std::optional<AssumedRole> caller = assumed_role_of(call.principal);
  if (!caller || caller->role == role.name) {
    return std::nullopt;
  }
  return denied(world, call.principal, pass_action);
}

Outcome check_role(const World& world, const ApiCall& call, const std::string& arn) {
  if (arn.empty()) {
    return schemas::Done{};
  }
  const Role* role = role_behind(world, call.scope.account, arn);
  if (role == nullptr) {
    return Error{ErrorCode::client, "ECS was unable to assume the role '" + arn +
                                        "' that was provided for this task: it is not there. "
                                        "ecsctl role create makes it."};
  }
  const std::optional<Error> refused = may_not_pass(world, call, *role);
  return refused ? Outcome(*refused) : Outcome(schemas::Done{});
}

}  // namespace

schemas::Result<std::string> role_for_tasks(const World& world, const ApiCall& call,
                                            const std::optional<std::string>& stated,
                                            ErrorCode invalid) {
  if (!stated || stated->empty()) {
    return std::string();
  }
  const Role* role = role_behind(world, call.scope.account, *stated);
  if (role == nullptr) {
    return Error{invalid, "Role is not valid: account " + call.scope.account + " has no role '" +
                              *stated + "'. ecsctl role create makes one."};
  }
  const std::optional<Error> refused = may_not_pass(world, call, *role);
  return refused ? schemas::Result<std::string>(*refused)
                 : schemas::Result<std::string>(role_arn(*role));
}

Outcome check_mode(schemas::NetworkMode mode, const std::string& role, ErrorCode invalid) {
  const bool own = mode == schemas::NetworkMode::awsvpc || mode == schemas::NetworkMode::bridge;
  if (own || role.empty()) {
    return schemas::Done{};
  }
  return Error{
      invalid,
      "taskRoleArn is supported with the network modes awsvpc and bridge: in others a task "
      "has no network namespace in which only its own containers could ask for "
      "credentials. Leave it out, or choose one of these."};
}

Outcome check_roles(const World& world, const ApiCall& call,
                    const schemas::TaskSpecification& specification) {
  Outcome task = check_role(world, call, task_role_arn(specification));
  return task.ok() ? check_role(world, call, execution_role_arn(specification)) : task;
}

std::string missing_role(const World& world, const schemas::Scope& scope,
                         const schemas::TaskSpecification& specification) {
  for (const std::string* arn :
       {&task_role_arn(specification), &execution_role_arn(specification)}) {
    if (!arn->empty() && role_behind(world, scope.account, *arn) == nullptr) {
      return *arn;
    }
  }
  return {};
}

const std::string& task_role_arn(const schemas::TaskSpecification& specification) {
  return specification.overrides.task_role_arn.empty() ? specification.definition->task_role_arn
                                                       : specification.overrides.task_role_arn;
}

const std::string& execution_role_arn(const schemas::TaskSpecification& specification) {
  return specification.overrides.execution_role_arn.empty()
             ? specification.definition->execution_role_arn
             : specification.overrides.execution_role_arn;
}

std::optional<Error> denied(const World& world, const std::string& principal,
                            std::string_view action) {
  const std::optional<AssumedRole> assumed = assumed_role_of(principal);
  if (!assumed) {
    return std::nullopt;
  }
  const schemas::Task* task = find_task(world, assumed->task);
  const Role* role = find_role(world, assumed->account, assumed->role);
  if (task == nullptr || task->last_status == schemas::TaskStatus::stopped || role == nullptr) {
    return Error{ErrorCode::unrecognized_client,
                 "The security token included in the request is invalid: its task has stopped, or "
                 "its role was deleted."};
  }
  // A session would outlive the credentials that it was bought with.
  if (action == "stowage:CreateSession" || !allows(role->actions, action)) {
    return Error{ErrorCode::access_denied,
                 "User: " + principal + " is not authorized to perform: " + std::string(action) +
                     " because role " + role->name + " does not allow it."};
  }
  return std::nullopt;
}

std::optional<Error> denied(const World& world, const ApiCall& call) {
  if (call.operation == "Plan") {
    return std::nullopt;  // who may make a call may plan it, and that is seen when it is read
  }
  // Nearly all callers are users: for them nothing is looked up.
  return assumed_role_of(call.principal) ? denied(world, call.principal, action_of(call.operation))
                                         : std::nullopt;
}

std::string action_of(std::string_view operation) {
  const auto known = api::find_operation(operation);
  const bool ours = known.ok() && known.value()->origin == api::Origin::stowage;
  return (ours ? "stowage:" : "ecs:") + std::string(operation);
}

}  // namespace control

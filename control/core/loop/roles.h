#pragma once

// Roles where they act: what tasks may be, and what those may do that call as a role.

#include <optional>
#include <string>

#include "control/core/loop/context.h"

namespace control {

/// The account's role that was named, by name or ARN, as its ARN. Nothing stated is no role. Fails
/// with `invalid` and ECS's words, and with AccessDeniedException when the caller may not hand it
/// on.
schemas::Result<std::string> role_for_tasks(const World& world, const ApiCall& call,
                                            const std::optional<std::string>& stated,
                                            schemas::ErrorCode invalid);

/// Whether a task of this network mode can have a role: the credentials of one without a namespace
/// of its own could be had by every process of its host.
schemas::Outcome check_mode(schemas::NetworkMode mode, const std::string& role,
                            schemas::ErrorCode invalid);

/// Whether the roles that a task of this specification would have are there, and the caller's to
/// hand on.
schemas::Outcome check_roles(const World& world, const ApiCall& call,
                             const schemas::TaskSpecification& specification);

/// Which of its roles a task could not have, for they were deleted since; empty = none.
std::string missing_role(const World& world, const schemas::Scope& scope,
                         const schemas::TaskSpecification& specification);

/// The role of the override, else of the definition; empty = none.
const std::string& task_role_arn(const schemas::TaskSpecification& specification);
const std::string& execution_role_arn(const schemas::TaskSpecification& specification);

/// Why the principal may not do this. Users may do everything in their account. Who calls as a
/// task's role may do what the role lists, as long as the task has not stopped.
std::optional<schemas::Error> denied(const World& world, const std::string& principal,
                                     std::string_view action);

/// The same for a call of an operation.
std::optional<schemas::Error> denied(const World& world, const ApiCall& call);

/// "ecs:RunTask", or "stowage:GetBill" for an operation of ours.
std::string action_of(std::string_view operation);

/// What reading a container's log is called.
inline constexpr std::string_view read_logs_action = "stowage:ReadLogs";

}  // namespace control

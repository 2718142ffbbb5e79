#pragma once

// What a role is called, and what its list of actions lets through.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/base/id.h"

namespace control {

/// Whether one of the actions ("ecs:RunTask", "ecs:List*", "*") is this one. A `*` stands for the
/// rest of the name; letters count as they are written, as the API's names do.
bool allows(const std::vector<std::string>& actions, std::string_view action);

/// Whether this is an action, or a pattern of some, as a list may have it.
bool is_action(std::string_view text);

/// What a task is when it calls: its role, in its own session.
struct AssumedRole {
  std::string account;
  std::string role;  ///< name
  schemas::TaskId task;
};
/// `arn:aws:sts::ACCOUNT:assumed-role/ROLE/TASK`
std::string assumed_role_arn(const AssumedRole& assumed);
/// None for any other principal.
std::optional<AssumedRole> assumed_role_of(std::string_view principal);

/// The name of a role that was given by name or ARN, or nothing when the ARN is of something else
/// or of another account. What stands before the last slash of a path is not looked at.
std::optional<std::string> role_name(std::string_view account, std::string_view text);

}  // namespace control

#include "control/core/access/role.h"

#include <algorithm>

namespace control {

namespace {

constexpr std::string_view session_prefix = "arn:aws:sts::";
constexpr std::string_view session_kind = ":assumed-role/";
constexpr std::string_view arn_prefix = "arn:";

bool is_word(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z');
  });
}

}  // namespace

bool allows(const std::vector<std::string>& actions, std::string_view action) {
  return std::any_of(actions.begin(), actions.end(), [action](std::string_view pattern) {
    if (!pattern.ends_with('*')) {
      return pattern == action;
    }
    pattern.remove_suffix(1);
    return action.starts_with(pattern);
  });
}

bool is_action(std::string_view text) {
  if (text == "*") {
    return true;
  }
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || !is_word(text.substr(0, colon))) {
    return false;
  }
  std::string_view name = text.substr(colon + 1);
  if (name == "*") {
    return true;
  }
  if (name.ends_with('*')) {
    name.remove_suffix(1);
  }
  return is_word(name);
}

std::string assumed_role_arn(const AssumedRole& assumed) {
  return std::string(session_prefix) + assumed.account + std::string(session_kind) + assumed.role +
         "/" + assumed.task.text();
}

std::optional<AssumedRole> assumed_role_of(std::string_view principal) {
  if (!principal.starts_with(session_prefix)) {
    return std::nullopt;
  }
  principal.remove_prefix(session_prefix.size());
  const std::size_t kind = principal.find(session_kind);
  const std::size_t slash = principal.rfind('/');
  if (kind == std::string_view::npos || slash < kind + session_kind.size()) {
    return std::nullopt;
  }
  const std::size_t name = kind + session_kind.size();
  const auto task = schemas::TaskId::parse(principal.substr(slash + 1));
  if (!task) {
    return std::nullopt;
  }
  return AssumedRole{.account = std::string(principal.substr(0, kind)),
                     .role = std::string(principal.substr(name, slash - name)),
                     .task = *task};
}

std::optional<std::string> role_name(std::string_view account, std::string_view text) {
  if (!text.starts_with(arn_prefix)) {
    return std::string(text);
  }
  const std::string prefix = "arn:aws:iam::" + std::string(account) + ":role/";
  if (!text.starts_with(prefix)) {
    return std::nullopt;
  }
  return std::string(text.substr(text.rfind('/') + 1));
}

}  // namespace control

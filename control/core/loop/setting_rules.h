#pragma once

// The account settings that there are: what they may be, and what they are by default.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "control/core/world/world.h"
#include "schemas/base/result.h"

namespace control {

struct SettingRule {
  std::string_view name;
  std::vector<std::string_view> values;  ///< those that act, or ask for what happens anyway
  std::string_view standard;
  std::string_view why;  ///< why other values that ECS knows are refused
};

/// In the order in which settings are listed.
std::span<const SettingRule> setting_rules();

/// InvalidParameterException for a value that the setting does not take.
schemas::Outcome check_setting(std::string_view name, const std::string& value);

/// What applies to a principal: its own setting, else the account's, else the default.
std::string effective_setting(const World& world, const schemas::Scope& scope,
                              const std::string& principal, std::string_view name);

}  // namespace control

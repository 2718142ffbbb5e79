#include "control/core/loop/setting_rules.h"

#include <algorithm>

#include "control/core/world/lookups.h"

namespace control {

using schemas::AccountSetting;
using schemas::Error;
using schemas::ErrorCode;

namespace {

const SettingRule& rule_of(std::string_view name) {
  const auto rules = setting_rules();
  const auto rule = std::find_if(rules.begin(), rules.end(),
                                 [name](const SettingRule& each) { return each.name == name; });
  schemas::require(rule != rules.end(), "an account setting without a rule");
  return *rule;
}

}  // namespace

std::span<const SettingRule> setting_rules() {
  constexpr std::string_view long_arns =
      "ARNs of this service always name the cluster; the short form is accepted, but not given.";
  static const std::vector<SettingRule> rules{
      {"awsvpcTrunking", {"enabled", "disabled"}, "disabled", ""},
      {"containerInsights", {"enabled", "disabled", "enhanced"}, "disabled", ""},
      {"containerInstanceLongArnFormat", {"enabled"}, "enabled", long_arns},
      {"defaultLogDriverMode", {"blocking", "non-blocking"}, "non-blocking", ""},
      {"fargateEventWindows", {"disabled"}, "disabled", "No task is retired here."},
      {"fargateFIPSMode", {"disabled"}, "disabled", "The pool has no FIPS mode."},
      {"fargateTaskRetirementWaitPeriod", {"0", "7", "14"}, "7", ""},
      {"guardDutyActivate", {"off"}, "off", "There is no GuardDuty that could watch."},
      {"serviceLongArnFormat", {"enabled"}, "enabled", long_arns},
      {"tagResourceAuthorization",
       {"off"},
       "off",
       "Who may make something may make it with tags; to change them ecs:TagResource is asked "
       "for."},
      {"taskLongArnFormat", {"enabled"}, "enabled", long_arns},
  };
  return rules;
}

schemas::Outcome check_setting(std::string_view name, const std::string& value) {
  const SettingRule& rule = rule_of(name);
  if (std::find(rule.values.begin(), rule.values.end(), value) != rule.values.end()) {
    return schemas::Done{};
  }
  std::string message = "The account setting " + std::string(name) + " may be ";
  for (const std::string_view each : rule.values) {
    message += (each == rule.values.front() ? "" : " or ") + std::string(each);
  }
  message += ", not '" + value + "'.";
  if (!rule.why.empty()) {
    message += " " + std::string(rule.why);
  }
  return Error{ErrorCode::invalid_parameter, std::move(message)};
}

std::string effective_setting(const World& world, const schemas::Scope& scope,
                              const std::string& principal, std::string_view name) {
  for (const std::string& whose : {principal, std::string()}) {
    const AccountSetting* setting = find_account_setting(world, scope, whose, std::string(name));
    if (setting != nullptr) {
      return setting->value;
    }
  }
  return std::string(rule_of(name).standard);
}

}  // namespace control

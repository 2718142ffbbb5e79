#include "api/account_settings.h"

#include <algorithm>

#include "control/core/loop/operations/operations.h"
#include "control/core/loop/operations/page.h"
#include "control/core/loop/operations/refusals.h"
#include "control/core/loop/setting_rules.h"
#include "control/core/world/lookups.h"

namespace control {

using schemas::AccountSetting;
using schemas::Result;

namespace {

constexpr std::int64_t settings_a_page = 10;

std::string root_of(const schemas::Scope& scope) {
  return "arn:aws:iam::" + scope.account + ":root";
}

/// Whose settings are meant: as the key of a setting, where the root is the account itself.
Result<std::string> principal_of(const ApiCall& call, const std::optional<std::string>& stated) {
  std::string principal = stated.value_or(call.principal);
  const std::string of_account = ":" + call.scope.account + ":";
  if (!principal.starts_with("arn:aws:") || principal.find(of_account) == std::string::npos) {
    return invalid("principalArn: '" + principal +
                   "' is no ARN of a user, role or root of the account " + call.scope.account +
                   ".");
  }
  return principal == root_of(call.scope) ? std::string() : std::move(principal);
}

api::Setting show_setting(const schemas::Scope& scope, const std::string& principal,
                          std::string_view name, const std::string& value) {
  api::Setting shown;
  shown.name = codec::named<api::SettingName>(name);
  shown.value = value;
  shown.principal_arn = principal.empty() ? root_of(scope) : principal;
  shown.type = name == "guardDutyActivate" ? api::SettingType::aws_managed : api::SettingType::user;
  return shown;
}

Result<api::Setting> put(Context& context, const ApiCall& call, const std::string& principal,
                         api::SettingName which, const std::string& value) {
  const std::string name(codec::name_of(which));
  const schemas::Outcome valid = check_setting(name, value);
  if (!valid.ok()) {
    return valid.error();
  }
  const AccountSetting* known = find_account_setting(context.world, call.scope, principal, name);
  AccountSetting setting{
      .key = known != nullptr ? known->key : context.world.next_key(Table::account_setting),
      .scope = call.scope,
      .principal = principal,
      .name = name,
      .value = value};
  if (known == nullptr || *known != setting) {
    apply(context.world, AccountSettingPut{setting});
    log_event(context, call.scope, "account-setting.put",
              principal.empty() ? root_of(call.scope) : principal, "{}");
  }
  return show_setting(call.scope, principal, name, value);
}

template <class Output>
Answer answer_setting(const Result<api::Setting>& setting) {
  if (!setting.ok()) {
    return setting.error();
  }
  Output output;
  output.setting = setting.value();
  return api::Value::of(std::move(output));
}

}  // namespace

Answer put_account_setting(Context& context, const ApiCall& call) {
  const auto& input = call.input.as<api::PutAccountSettingRequest>();
  const auto principal = principal_of(call, input.principal_arn);
  if (!principal.ok()) {
    return principal.error();
  }
  return answer_setting<api::PutAccountSettingResponse>(
      put(context, call, principal.value(), input.name, input.value));
}

Answer put_account_setting_default(Context& context, const ApiCall& call) {
  const auto& input = call.input.as<api::PutAccountSettingDefaultRequest>();
  return answer_setting<api::PutAccountSettingDefaultResponse>(
      put(context, call, "", input.name, input.value));
}

/// What was never set can be taken back as well: what applies is answered.
Answer delete_account_setting(Context& context, const ApiCall& call) {
  const auto& input = call.input.as<api::DeleteAccountSettingRequest>();
  const auto principal = principal_of(call, input.principal_arn);
  if (!principal.ok()) {
    return principal.error();
  }
  const std::string name(codec::name_of(input.name));
  if (const AccountSetting* known =
          find_account_setting(context.world, call.scope, principal.value(), name)) {
    apply(context.world, AccountSettingDeleted{known->key});
    log_event(context, call.scope, "account-setting.deleted",
              principal.value().empty() ? root_of(call.scope) : principal.value(), "{}");
  }
  return answer_setting<api::DeleteAccountSettingResponse>(
      show_setting(call.scope, principal.value(), name,
                   effective_setting(context.world, call.scope, principal.value(), name)));
}

Answer list_account_settings(Context& context, const ApiCall& call) {
  const auto& input = call.input.as<api::ListAccountSettingsRequest>();
  const auto principal = principal_of(call, input.principal_arn);
  if (!principal.ok()) {
    return principal.error();
  }
  if (input.value && !input.name) {
    return invalid("A value is looked for in one setting: give its name with it.");
  }
  const bool effective = input.effective_settings.value_or(false);
  const std::string only = input.name ? std::string(codec::name_of(*input.name)) : "";
  auto page = open_page(context, call, input,
                        principal.value() + "\n" + only + "\n" + input.value.value_or("") + "\n" +
                            (effective ? "effective" : "set"),
                        settings_a_page);
  if (!page.ok()) {
    return page.error();
  }
  for (const SettingRule& rule : setting_rules()) {
    const std::string name(rule.name);
    const bool set =
        find_account_setting(context.world, call.scope, principal.value(), name) != nullptr;
    const std::string value =
        effective_setting(context.world, call.scope, principal.value(), rule.name);
    const bool wanted = (effective || set) && (only.empty() || only == name) &&
                        (!input.value || *input.value == value);
    if (wanted && name > page.value().after() && !page.value().add(name, name)) {
      break;
    }
  }
  api::ListAccountSettingsResponse output;
  output.settings.emplace();
  output.next_token = page.value().next_token();
  for (const std::string& name : std::move(page).value().entries()) {
    output.settings->push_back(
        show_setting(call.scope, principal.value(), name,
                     effective_setting(context.world, call.scope, principal.value(), name)));
  }
  return api::Value::of(std::move(output));
}

}  // namespace control

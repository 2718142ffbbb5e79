#include "control/core/world/parts.h"

namespace control {

using schemas::require;

void carry_out(WorldParts& parts, const AccountSettingPut& change) {
  const schemas::AccountSetting& setting = change.setting;
  keep_key(parts, Table::account_setting, setting.key);
  const auto [at, fresh] = parts.index.account_setting_by_name.try_emplace(
      {setting.scope, setting.principal, setting.name}, setting.key);
  require(fresh || at->second == setting.key, "two values of one account setting");
  parts.tables.account_settings[setting.key] = setting;
  touch(parts, Table::account_setting, setting.key, {});
}

void carry_out(WorldParts& parts, const AccountSettingDeleted& change) {
  const auto at = parts.tables.account_settings.find(change.setting);
  require(at != parts.tables.account_settings.end(), "an account setting is deleted twice");
  const schemas::AccountSetting& setting = at->second;
  parts.index.account_setting_by_name.erase({setting.scope, setting.principal, setting.name});
  parts.tables.account_settings.erase(at);
  touch(parts, Table::account_setting, change.setting, {});
}

}  // namespace control

#include <doctest/doctest.h>

#include "api/account_settings.h"
#include "tests/unit/control_loop/stage.h"

using schemas::ErrorCode;
using stage::Stage;

namespace {

const std::string ann = "arn:aws:iam::123456789012:user/ann";

schemas::Result<api::PutAccountSettingResponse> put_setting(
    Stage& stage, api::SettingName name, const std::string& value,
    const std::optional<std::string>& principal = {}) {
  api::PutAccountSettingRequest request;
  request.name = name;
  request.value = value;
  request.principal_arn = principal;
  return stage.call<api::PutAccountSettingResponse>("PutAccountSetting", request);
}

void put_default(Stage& stage, api::SettingName name, const std::string& value) {
  api::PutAccountSettingDefaultRequest request;
  request.name = name;
  request.value = value;
  stage.must<api::PutAccountSettingDefaultResponse>("PutAccountSettingDefault", request);
}

/// All pages of what `who` has: "name=value ...".
std::string settings_of(Stage& stage, const std::string& who,
                        api::ListAccountSettingsRequest request = {}) {
  request.principal_arn = who;
  std::string text;
  do {
    const auto page = stage.must<api::ListAccountSettingsResponse>("ListAccountSettings", request);
    CHECK(page.settings->size() <= 10);
    for (const api::Setting& each : *page.settings) {
      text += (text.empty() ? "" : " ") + std::string(codec::name_of(*each.name)) + "=" +
              each.value.value_or("");
      CHECK(each.principal_arn == who);
    }
    request.next_token = page.next_token;
  } while (request.next_token);
  return text;
}

api::ListAccountSettingsRequest effective() {
  api::ListAccountSettingsRequest request;
  request.effective_settings = true;
  return request;
}

std::string insights_of_new(Stage& stage, const std::string& name, const std::string& principal) {
  const auto made = stage.call<api::CreateClusterResponse>(
      "CreateCluster", api::CreateClusterRequest{.cluster_name = name}, stage::scope, principal);
  REQUIRE(made.ok());
  return *made.value().cluster->settings->front().value;
}

}  // namespace

TEST_CASE("what applies to a principal is its own setting, else the account's, else the default") {
  Stage stage;
  auto insights = effective();
  insights.name = api::SettingName::container_insights;
  CHECK(settings_of(stage, ann, insights) == "containerInsights=disabled");
  put_default(stage, api::SettingName::container_insights, "enabled");
  CHECK(settings_of(stage, ann, insights) == "containerInsights=enabled");
  REQUIRE(put_setting(stage, api::SettingName::container_insights, "enhanced", ann).ok());
  CHECK(settings_of(stage, ann, insights) == "containerInsights=enhanced");
  CHECK(settings_of(stage, stage::root, insights) == "containerInsights=enabled");
  stage.restart();
  CHECK(settings_of(stage, ann) == "containerInsights=enhanced");
  CHECK(settings_of(stage, stage::root) == "containerInsights=enabled");
  api::DeleteAccountSettingRequest gone;
  gone.name = api::SettingName::container_insights;
  gone.principal_arn = ann;
  const auto left = stage.must<api::DeleteAccountSettingResponse>("DeleteAccountSetting", gone);
  CHECK(left.setting->value == "enabled");
  CHECK(settings_of(stage, ann).empty());
  stage.must<api::DeleteAccountSettingResponse>("DeleteAccountSetting", gone);
  stage.check_invariants();
}

TEST_CASE("a cluster that states no containerInsights has its creator's") {
  Stage stage;
  CHECK(insights_of_new(stage, "a", ann) == "disabled");
  put_default(stage, api::SettingName::container_insights, "enabled");
  CHECK(insights_of_new(stage, "b", ann) == "enabled");
  REQUIRE(put_setting(stage, api::SettingName::container_insights, "enhanced", ann).ok());
  CHECK(insights_of_new(stage, "c", ann) == "enhanced");
  CHECK(insights_of_new(stage, "d", stage::root) == "enabled");
}

TEST_CASE("all settings are listed ten a page, defaults among them") {
  Stage stage;
  CHECK(settings_of(stage, stage::root).empty());
  CHECK(settings_of(stage, stage::root, effective()) ==
        "awsvpcTrunking=disabled containerInsights=disabled "
        "containerInstanceLongArnFormat=enabled defaultLogDriverMode=non-blocking "
        "fargateEventWindows=disabled fargateFIPSMode=disabled "
        "fargateTaskRetirementWaitPeriod=7 guardDutyActivate=off serviceLongArnFormat=enabled "
        "tagResourceAuthorization=off taskLongArnFormat=enabled");
  auto disabled = effective();
  disabled.name = api::SettingName::awsvpc_trunking;
  disabled.value = "enabled";
  CHECK(settings_of(stage, stage::root, disabled).empty());
  disabled.name.reset();
  const auto refused =
      stage.call<api::ListAccountSettingsResponse>("ListAccountSettings", disabled);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code == ErrorCode::invalid_parameter);
}

TEST_CASE("the caller's own setting is meant when no principal is named") {
  Stage stage;
  api::PutAccountSettingRequest request;
  request.name = api::SettingName::awsvpc_trunking;
  request.value = "enabled";
  const auto put =
      stage.call<api::PutAccountSettingResponse>("PutAccountSetting", request, stage::scope, ann);
  REQUIRE(put.ok());
  CHECK(put.value().setting->principal_arn == ann);
  CHECK(settings_of(stage, ann) == "awsvpcTrunking=enabled");
  CHECK(settings_of(stage, stage::root).empty());
}

TEST_CASE("a setting that would not act is refused with the reason") {
  Stage stage;
  const auto message = [&](api::SettingName name, const std::string& value,
                           const std::optional<std::string>& principal = {}) {
    const auto put = put_setting(stage, name, value, principal);
    REQUIRE_FALSE(put.ok());
    CHECK(put.error().code == ErrorCode::invalid_parameter);
    return put.error().message;
  };
  CHECK(message(api::SettingName::container_insights, "on") ==
        "The account setting containerInsights may be enabled or disabled or enhanced, not 'on'.");
  CHECK(
      message(api::SettingName::task_long_arn_format, "disabled").find("always name the cluster") !=
      std::string::npos);
  CHECK(message(api::SettingName::fargate_fips_mode, "enabled").find("no FIPS mode") !=
        std::string::npos);
  CHECK(message(api::SettingName::guard_duty_activate, "on").find("GuardDuty") !=
        std::string::npos);
  CHECK(message(api::SettingName::awsvpc_trunking, "enabled", "arn:aws:iam::999999999999:user/eve")
            .find("of the account 123456789012") != std::string::npos);
  CHECK(stage.world->account_settings.empty());
}

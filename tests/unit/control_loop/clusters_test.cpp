#include <doctest/doctest.h>

#include "tests/unit/control_loop/stage.h"

using schemas::ErrorCode;
using stage::Stage;

namespace {

using Include = std::vector<api::ClusterField>;

api::Cluster cluster_with(Stage& stage, const std::string& name, const Include& include) {
  api::DescribeClustersRequest request;
  request.clusters = {name};
  request.include = include;
  const auto output = stage.must<api::DescribeClustersResponse>("DescribeClusters", request);
  REQUIRE(output.clusters->size() == 1);
  return output.clusters->front();
}

std::string insights_of(const api::Cluster& cluster) {
  return cluster.settings->empty() ? "not shown" : cluster.settings->front().value.value_or("");
}

api::ClusterSetting insights(const std::string& value) {
  return {.name = api::ClusterSettingName::container_insights, .value = value};
}

api::CreateClusterRequest cluster(const std::string& name) {
  api::CreateClusterRequest request;
  request.cluster_name = name;
  return request;
}

api::UpdateClusterRequest update(const std::string& name) {
  api::UpdateClusterRequest request;
  request.cluster = name;
  return request;
}

api::ExecuteCommandConfiguration logged_to(const std::string& bucket) {
  api::ExecuteCommandConfiguration sessions;
  sessions.kms_key_id = "key";
  sessions.logging = api::ExecuteCommandLogging::override;
  sessions.log_configuration = api::ExecuteCommandLogConfiguration{};
  sessions.log_configuration->s3_bucket_name = bucket;
  sessions.log_configuration->s3_encryption_enabled = true;
  return sessions;
}

template <class Output, class Input>
schemas::Error refused_cluster(Stage& stage, const std::string& operation, const Input& request) {
  const auto output = stage.call<Output>(operation, request);
  REQUIRE_FALSE(output.ok());
  return output.error();
}

}  // namespace

TEST_CASE("a cluster's settings are those it was created with until they are updated") {
  Stage stage;
  auto request = cluster("c");
  request.settings = {insights("enabled")};
  const auto made = stage.must<api::CreateClusterResponse>("CreateCluster", request);
  CHECK(insights_of(*made.cluster) == "enabled");
  stage.must<api::CreateClusterResponse>("CreateCluster", cluster("plain"));
  CHECK(insights_of(cluster_with(stage, "plain", {api::ClusterField::settings})) == "disabled");
  CHECK(insights_of(cluster_with(stage, "c", {})) == "not shown");
  SUBCASE("by UpdateClusterSettings") {
    api::UpdateClusterSettingsRequest settings;
    settings.cluster = "c";
    settings.settings = {insights("enhanced")};
    const auto updated =
        stage.must<api::UpdateClusterSettingsResponse>("UpdateClusterSettings", settings);
    CHECK(insights_of(*updated.cluster) == "enhanced");
  }
  SUBCASE("by UpdateCluster") {
    auto wanted = update("arn:aws:ecs:us-east-1:123456789012:cluster/c");
    wanted.settings = {insights("enhanced")};
    const auto updated = stage.must<api::UpdateClusterResponse>("UpdateCluster", wanted);
    CHECK(insights_of(*updated.cluster) == "enhanced");
  }
  stage.restart();
  CHECK(insights_of(cluster_with(stage, "c", {api::ClusterField::settings})) == "enhanced");
}

TEST_CASE("how a cluster's sessions are kept is shown as it was stated, to who asks") {
  Stage stage;
  auto request = cluster("c");
  request.configuration.emplace().execute_command_configuration = logged_to("first");
  stage.must<api::CreateClusterResponse>("CreateCluster", request);
  auto wanted = update("c");
  wanted.settings = {insights("enabled")};  // says nothing of sessions
  stage.must<api::UpdateClusterResponse>("UpdateCluster", wanted);
  stage.restart();
  CHECK_FALSE(cluster_with(stage, "c", {}).configuration);
  const api::Cluster shown = cluster_with(stage, "c", {api::ClusterField::configurations});
  CHECK(api::encode(*shown.configuration) ==
        R"({"executeCommandConfiguration":{"kmsKeyId":"key","logging":"OVERRIDE",)"
        R"("logConfiguration":{"s3BucketName":"first","s3EncryptionEnabled":true}}})");
  wanted.settings.reset();
  wanted.configuration.emplace().execute_command_configuration.emplace();
  stage.must<api::UpdateClusterResponse>("UpdateCluster", wanted);
  CHECK(api::encode(*cluster_with(stage, "c", {api::ClusterField::configurations}).configuration) ==
        R"({"executeCommandConfiguration":{}})");
}

TEST_CASE("a cluster that could not be kept as stated is refused, and nothing changes") {
  Stage stage;
  stage.must<api::CreateClusterResponse>("CreateCluster", cluster("c"));
  const auto rows = stage.store.held();
  auto wanted = update("c");
  std::string expected;
  SUBCASE("a value that containerInsights does not take") {
    wanted.settings = {insights("on")};
    expected = "containerInsights is disabled, enabled or enhanced, not 'on'.";
  }
  SUBCASE("a setting without a name") {
    wanted.settings = {api::ClusterSetting{.name = {}, .value = "enabled"}};
    expected = "A cluster setting has no name; there is containerInsights.";
  }
  SUBCASE("one setting twice") {
    wanted.settings = {insights("enabled"), insights("disabled")};
    expected = "The cluster setting containerInsights is given twice.";
  }
  SUBCASE("a log of its own that says nowhere") {
    wanted.settings = {insights("enabled")};
    wanted.configuration.emplace().execute_command_configuration = logged_to("");
    expected =
        "The logging OVERRIDE needs a logConfiguration with a cloudWatchLogGroupName or an "
        "s3BucketName.";
  }
  SUBCASE("a log of its own, and the containers' log") {
    auto sessions = logged_to("bucket");
    sessions.logging = api::ExecuteCommandLogging::default_;
    wanted.configuration.emplace().execute_command_configuration = sessions;
    expected = "logConfiguration is for the logging OVERRIDE only; it was given with DEFAULT.";
  }
  const schemas::Error error =
      refused_cluster<api::UpdateClusterResponse>(stage, "UpdateCluster", wanted);
  CHECK(error.code == ErrorCode::invalid_parameter);
  CHECK(error.message == expected);
  CHECK(stage.store.held() == rows);
  auto created = cluster("d");
  created.settings = wanted.settings;
  created.configuration = wanted.configuration;
  CHECK(refused_cluster<api::CreateClusterResponse>(stage, "CreateCluster", created).message ==
        expected);
}

TEST_CASE("only an active cluster of the account can be updated") {
  Stage stage;
  api::UpdateClusterSettingsRequest settings;
  settings.cluster = "c";
  settings.settings = {insights("enabled")};
  const auto code = [&](const std::string& name) {
    settings.cluster = name;
    return refused_cluster<api::UpdateClusterSettingsResponse>(stage, "UpdateClusterSettings",
                                                               settings)
        .code;
  };
  CHECK(code("c") == ErrorCode::cluster_not_found);
  stage.must<api::CreateClusterResponse>("CreateCluster", cluster("c"));
  CHECK(code("arn:aws:ecs:us-east-1:999999999999:cluster/c") == ErrorCode::cluster_not_found);
  api::DeleteClusterRequest gone;
  gone.cluster = "c";
  stage.must<api::DeleteClusterResponse>("DeleteCluster", gone);
  CHECK(code("c") == ErrorCode::cluster_not_found);
}

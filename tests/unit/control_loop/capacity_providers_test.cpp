#include <doctest/doctest.h>

#include <map>

#include "api/placement.h"
#include "tests/unit/control_loop/stage.h"

using schemas::ErrorCode;
using stage::Stage;

namespace {

const std::string group =
    "arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:1:autoScalingGroupName/";
const std::string arn_prefix = "arn:aws:ecs:us-east-1:123456789012:capacity-provider/";

api::CreateCapacityProviderRequest provider(const std::string& name) {
  api::CreateCapacityProviderRequest request;
  request.name = name;
  request.auto_scaling_group_provider.emplace().auto_scaling_group_arn = group + name;
  return request;
}

void make_provider(Stage& stage, const std::string& name) {
  stage.must<api::CreateCapacityProviderResponse>("CreateCapacityProvider", provider(name));
}

using Items = std::vector<api::CapacityProviderStrategyItem>;

api::CapacityProviderStrategyItem item(const std::string& name, std::int64_t weight,
                                       std::int64_t base = 0) {
  return {.capacity_provider = name, .weight = weight, .base = base};
}

api::PutClusterCapacityProvidersRequest put(const std::vector<std::string>& names,
                                            const Items& standard = {}) {
  api::PutClusterCapacityProvidersRequest request;
  request.cluster = "c";
  request.capacity_providers = names;
  request.default_capacity_provider_strategy = standard;
  return request;
}

/// A cluster whose first host is blue's, whose second is green's; both may be named.
void two_providers(Stage& stage) {
  stage::small_cluster(stage);
  make_provider(stage, "blue");
  make_provider(stage, "green");
  stage.must<api::PutClusterCapacityProvidersResponse>("PutClusterCapacityProviders",
                                                       put({"blue", "green", "FARGATE"}));
  stage.name_provider(stage.hosts[0], "blue");
  stage.name_provider(stage.hosts[1], "green");
}

/// How the tasks of a cluster that have not stopped are divided, and that each is on a host of its
/// provider.
std::string divided(const Stage& stage) {
  std::map<std::string, int> counts;
  for (const auto& [key, task] : stage.world->tasks) {
    if (task.desired_status == schemas::TaskStatus::stopped) {
      continue;
    }
    ++counts[task.capacity_provider];
    if (task.capacity_provider == "blue" || task.capacity_provider == "green") {
      CHECK(task.instance == stage.hosts[task.capacity_provider == "blue" ? 0 : 1].id);
    }
  }
  std::string text;
  for (const auto& [name, count] : counts) {
    text += (text.empty() ? "" : " ") + name + "=" + std::to_string(count);
  }
  return text;
}

template <class Output, class Input>
schemas::Error refused(Stage& stage, const std::string& operation, const Input& request) {
  const auto output = stage.call<Output>(operation, request);
  REQUIRE_FALSE(output.ok());
  return output.error();
}

api::DescribeCapacityProvidersResponse described_providers(
    Stage& stage, const api::DescribeCapacityProvidersRequest& request) {
  return stage.must<api::DescribeCapacityProvidersResponse>("DescribeCapacityProviders", request);
}

}  // namespace

TEST_CASE("a capacity provider is shown with ECS's defaults, and what was stated over them") {
  Stage stage;
  auto request = provider("blue");
  request.tags.emplace().push_back({.key = "team", .value = "red"});
  const auto made =
      stage.must<api::CreateCapacityProviderResponse>("CreateCapacityProvider", request);
  CHECK(api::encode(*made.capacity_provider) ==
        R"({"capacityProviderArn":")" + arn_prefix + R"(blue","name":"blue","status":"ACTIVE",)" +
            R"("autoScalingGroupProvider":{"autoScalingGroupArn":")" + group +
            R"(blue","managedScaling":{"status":"DISABLED","targetCapacity":100,)"
            R"("minimumScalingStepSize":1,"maximumScalingStepSize":10000,)"
            R"("instanceWarmupPeriod":300},"managedTerminationProtection":"DISABLED",)"
            R"("managedDraining":"ENABLED"},"updateStatus":"CREATE_COMPLETE",)"
            R"("tags":[{"key":"team","value":"red"}],"type":"EC2_AUTOSCALING"})");
  api::UpdateCapacityProviderRequest update;
  update.name = arn_prefix + "blue";
  auto& wanted = update.auto_scaling_group_provider.emplace();
  wanted.managed_termination_protection = api::ManagedTerminationProtection::enabled;
  CHECK(
      refused<api::UpdateCapacityProviderResponse>(stage, "UpdateCapacityProvider", update).code ==
      ErrorCode::invalid_parameter);
  wanted.managed_scaling.emplace().status = api::ManagedScalingStatus::enabled;
  wanted.managed_scaling->target_capacity = 80;
  wanted.managed_draining = api::ManagedDraining::disabled;
  stage.must<api::UpdateCapacityProviderResponse>("UpdateCapacityProvider", update);
  stage.restart();
  const auto shown = described_providers(stage, {.capacity_providers = {{"blue"}},
                                                 .cluster = {},
                                                 .include = {},
                                                 .max_results = {},
                                                 .next_token = {}})
                         .capacity_providers->front();
  CHECK(shown.update_status == api::CapacityProviderUpdateStatus::update_complete);
  CHECK(shown.auto_scaling_group_provider->managed_scaling->target_capacity == 80);
  CHECK(shown.auto_scaling_group_provider->managed_scaling->instance_warmup_period == 300);
  CHECK(shown.auto_scaling_group_provider->managed_draining == api::ManagedDraining::disabled);
  CHECK(shown.tags->empty());  // nobody asked for TAGS
}

TEST_CASE("a capacity provider that could not be is refused") {
  Stage stage;
  make_provider(stage, "blue");
  auto request = provider("mine");
  ErrorCode expected = ErrorCode::invalid_parameter;
  SUBCASE("a name that is the service's own") { request.name = "Fargate-2"; }
  SUBCASE("an ARN of something else") {
    request.auto_scaling_group_provider->auto_scaling_group_arn =
        "arn:aws:ecs:us-east-1:123456789012:cluster/c";
  }
  SUBCASE("no group at all") { request.auto_scaling_group_provider.reset(); }
  SUBCASE("steps that exclude each other") {
    auto& scaling = request.auto_scaling_group_provider->managed_scaling.emplace();
    scaling.minimum_scaling_step_size = 5;
    scaling.maximum_scaling_step_size = 4;
  }
  SUBCASE("hosts protected from nobody") {
    request.auto_scaling_group_provider->managed_termination_protection =
        api::ManagedTerminationProtection::enabled;
  }
  SUBCASE("a name that is taken") {
    request.name = "blue";
    expected = ErrorCode::client;
  }
  SUBCASE("a group that is taken") {
    request.auto_scaling_group_provider->auto_scaling_group_arn = group + "blue";
    expected = ErrorCode::client;
  }
  const auto rows = stage.store.held();
  CHECK(
      refused<api::CreateCapacityProviderResponse>(stage, "CreateCapacityProvider", request).code ==
      expected);
  CHECK(stage.store.held() == rows);
}

TEST_CASE("all capacity providers are listed ten a page, the pool's two names among them") {
  Stage stage;
  for (int number = 10; number < 23; ++number) {
    make_provider(stage, "p" + std::to_string(number));
  }
  api::DescribeCapacityProvidersRequest request;
  std::vector<std::string> names;
  std::vector<std::size_t> pages;
  do {
    const auto page = described_providers(stage, request);
    pages.push_back(page.capacity_providers->size());
    for (const api::CapacityProvider& each : *page.capacity_providers) {
      names.push_back(*each.name);
    }
    request.next_token = page.next_token;
  } while (request.next_token);
  CHECK(pages == std::vector<std::size_t>{10, 5});
  CHECK(names.front() == "FARGATE");
  CHECK(names[1] == "FARGATE_SPOT");
  CHECK(names.back() == "p22");
  request.next_token = "nonsense";
  CHECK(refused<api::DescribeCapacityProvidersResponse>(stage, "DescribeCapacityProviders", request)
            .code == ErrorCode::invalid_parameter);
}

TEST_CASE("capacity providers are found by name, ARN and cluster; others are failures") {
  Stage stage;
  two_providers(stage);
  make_provider(stage, "free");
  api::DescribeCapacityProvidersRequest request;
  request.capacity_providers = {"FARGATE_SPOT", arn_prefix + "blue", "ghost",
                                "arn:aws:ecs:us-east-1:999999999999:capacity-provider/blue"};
  auto output = described_providers(stage, request);
  CHECK(output.capacity_providers->size() == 2);
  REQUIRE(output.failures->size() == 2);
  CHECK(output.failures->front().arn == arn_prefix + "ghost");
  CHECK(output.failures->front().reason == "MISSING");
  request.capacity_providers.reset();
  request.cluster = "c";
  output = described_providers(stage, request);
  REQUIRE(output.capacity_providers->size() == 3);
  CHECK(output.capacity_providers->back().name == "green");
  request.cluster = "none";
  CHECK(refused<api::DescribeCapacityProvidersResponse>(stage, "DescribeCapacityProviders", request)
            .code == ErrorCode::cluster_not_found);
}

TEST_CASE("a cluster names capacity providers that there are, and a strategy over them") {
  Stage stage;
  two_providers(stage);
  const auto code = [&](const api::PutClusterCapacityProvidersRequest& request) {
    return refused<api::PutClusterCapacityProvidersResponse>(stage, "PutClusterCapacityProviders",
                                                             request)
        .code;
  };
  CHECK(code(put({"ghost"})) == ErrorCode::invalid_parameter);
  CHECK(code(put({"blue", "blue"})) == ErrorCode::invalid_parameter);
  CHECK(code(put({"blue"}, {item("green", 1)})) == ErrorCode::invalid_parameter);
  CHECK(code(put({"blue", "FARGATE"}, {item("blue", 1), item("FARGATE", 1)})) ==
        ErrorCode::invalid_parameter);
  CHECK(code(put({"blue", "green"}, {item("blue", 0), item("green", 0)})) ==
        ErrorCode::invalid_parameter);
  CHECK(code(put({"blue", "green"}, {item("blue", 1, 1), item("green", 0, 1)})) ==
        ErrorCode::invalid_parameter);
  const auto done = stage.must<api::PutClusterCapacityProvidersResponse>(
      "PutClusterCapacityProviders", put({"FARGATE", "FARGATE_SPOT"}, {item("FARGATE", 1, 2)}));
  CHECK(done.cluster->capacity_providers == std::vector<std::string>{"FARGATE", "FARGATE_SPOT"});
  CHECK(api::encode(done.cluster->default_capacity_provider_strategy->front()) ==
        R"({"capacityProvider":"FARGATE","weight":1,"base":2})");
  CHECK_FALSE(done.cluster->attachments_status);
}

TEST_CASE("a provider with managed scaling belongs to one cluster") {
  Stage stage;
  two_providers(stage);
  api::UpdateCapacityProviderRequest update;
  update.name = "blue";
  update.auto_scaling_group_provider.emplace().managed_scaling.emplace().status =
      api::ManagedScalingStatus::enabled;
  stage.must<api::UpdateCapacityProviderResponse>("UpdateCapacityProvider", update);
  api::CreateClusterRequest other;
  other.cluster_name = "other";
  other.capacity_providers = {"green"};
  stage.must<api::CreateClusterResponse>("CreateCluster", other);
  other.cluster_name = "third";
  other.capacity_providers = {"blue"};
  const auto error = refused<api::CreateClusterResponse>(stage, "CreateCluster", other);
  CHECK(error.code == ErrorCode::client);
  CHECK(error.message.find("'c'") != std::string::npos);
}

TEST_CASE("tasks go to hosts of the provider that the strategy gives them to") {
  Stage stage;
  two_providers(stage);
  auto request = stage::run("web");
  request.count = 8;
  request.capacity_provider_strategy = {item("blue", 1, 2), item(arn_prefix + "green", 1)};
  const auto run = stage.must<api::RunTaskResponse>("RunTask", request);
  CHECK(run.failures->empty());
  CHECK(run.tasks->front().capacity_provider_name == "blue");
  CHECK(run.tasks->front().launch_type == api::LaunchType::ec2);
  CHECK(divided(stage) == "blue=5 green=3");
  stage.restart();
  CHECK(divided(stage) == "blue=5 green=3");
  CHECK(stage::described(stage, "c", *run.tasks->front().task_arn).capacity_provider_name ==
        "blue");
}

TEST_CASE("a strategy that breaks a rule starts nothing") {
  Stage stage;
  two_providers(stage);
  auto request = stage::run("web");
  SUBCASE("one that the cluster does not have") {
    make_provider(stage, "free");
    request.capacity_provider_strategy = {item("free", 1)};
  }
  SUBCASE("beside a launch type") {
    request.capacity_provider_strategy = {item("blue", 1)};
    request.launch_type = api::LaunchType::ec2;
  }
  SUBCASE("one provider twice") {
    request.capacity_provider_strategy = {item("blue", 1), item("blue", 2)};
  }
  CHECK(refused<api::RunTaskResponse>(stage, "RunTask", request).code ==
        ErrorCode::invalid_parameter);
  CHECK(stage.world->tasks.empty());
}

TEST_CASE("a provider without room keeps its tasks out of other providers' hosts") {
  Stage stage;
  two_providers(stage);
  make_provider(stage, "empty");
  stage.must<api::PutClusterCapacityProvidersResponse>("PutClusterCapacityProviders",
                                                       put({"blue", "green", "empty"}));
  auto request = stage::run("web");
  request.count = 2;
  request.capacity_provider_strategy = {item("empty", 1)};
  const auto run = stage.must<api::RunTaskResponse>("RunTask", request);
  CHECK(run.tasks->empty());
  CHECK(run.failures->size() == 2);
}

TEST_CASE("without strategy and launch type the cluster's default strategy decides") {
  Stage stage;
  two_providers(stage);
  stage.must<api::PutClusterCapacityProvidersResponse>("PutClusterCapacityProviders",
                                                       put({"blue", "green"}, {item("green", 1)}));
  stage.must<api::RunTaskResponse>("RunTask", stage::run("web"));
  CHECK(divided(stage) == "green=1");
  auto on_hosts = stage::run("web");
  on_hosts.launch_type = api::LaunchType::ec2;
  stage.must<api::RunTaskResponse>("RunTask", on_hosts);
  CHECK(divided(stage) == "=1 green=1");
  stage.must<api::CreateServiceResponse>("CreateService", stage::service("web", "web", 2));
  CHECK(divided(stage) == "=1 green=3");
}

TEST_CASE("FARGATE_SPOT is the pool by another name") {
  Stage stage;
  stage::small_cluster(stage);
  stage.join("", "us-east-1a", {4096}, {8192});
  stage.must<api::RegisterTaskDefinitionResponse>("RegisterTaskDefinition",
                                                  stage::pool_definition("job"));
  stage.must<api::PutClusterCapacityProvidersResponse>(
      "PutClusterCapacityProviders",
      put({"FARGATE", "FARGATE_SPOT"}, {item("FARGATE", 1), item("FARGATE_SPOT", 1)}));
  auto request = stage::run_on_pool(stage, "job");
  request.launch_type.reset();
  request.count = 2;
  const auto run = stage.must<api::RunTaskResponse>("RunTask", request);
  REQUIRE(run.tasks->size() == 2);
  CHECK(run.tasks->at(0).capacity_provider_name == "FARGATE");
  CHECK(run.tasks->at(1).capacity_provider_name == "FARGATE_SPOT");
  CHECK(run.tasks->at(1).launch_type == api::LaunchType::fargate);
}

TEST_CASE("a service keeps its tasks divided as its strategy says, and a new one moves them") {
  Stage stage;
  two_providers(stage);
  auto request = stage::service("web", "web", 4);
  request.capacity_provider_strategy = {item("blue", 1, 1), item("green", 1)};
  stage.must<api::CreateServiceResponse>("CreateService", request);
  stage.settle();
  CHECK(divided(stage) == "blue=3 green=1");
  auto shown = stage::described_service(stage, "c", "web");
  CHECK_FALSE(shown.launch_type);
  CHECK(shown.capacity_provider_strategy->size() == 2);
  CHECK(shown.deployments->front().capacity_provider_strategy->size() == 2);
  api::UpdateServiceRequest scale;
  scale.cluster = "c";
  scale.service = "web";
  scale.desired_count = 5;
  stage.must<api::UpdateServiceResponse>("UpdateService", scale);
  stage.settle();
  CHECK(divided(stage) == "blue=3 green=2");
  CHECK(stage::described_service(stage, "c", "web").deployments->size() == 1);
  scale.capacity_provider_strategy = {item("green", 1)};
  stage.must<api::UpdateServiceResponse>("UpdateService", scale);
  for (int round = 0; round < 20; ++round) {
    stage.settle();
    stage.advance(std::chrono::seconds(10));
  }
  CHECK(divided(stage) == "green=5");
  scale.capacity_provider_strategy = Items{};
  stage.must<api::UpdateServiceResponse>("UpdateService", scale);
  shown = stage::described_service(stage, "c", "web");
  CHECK(shown.launch_type == api::LaunchType::ec2);
  CHECK_FALSE(shown.capacity_provider_strategy);
}

TEST_CASE("a capacity provider in use is not taken away, one that is not can be") {
  Stage stage;
  two_providers(stage);
  auto request = stage::service("web", "web", 1);
  request.capacity_provider_strategy = {item("blue", 1)};
  stage.must<api::CreateServiceResponse>("CreateService", request);
  stage.settle();
  const auto code = [&](const std::vector<std::string>& names) {
    return refused<api::PutClusterCapacityProvidersResponse>(stage, "PutClusterCapacityProviders",
                                                             put(names))
        .code;
  };
  CHECK(code({"green"}) == ErrorCode::resource_in_use);
  stage.must<api::PutClusterCapacityProvidersResponse>("PutClusterCapacityProviders",
                                                       put({"blue"}));
  api::DeleteCapacityProviderRequest gone;
  gone.capacity_provider = "blue";
  const auto error =
      refused<api::DeleteCapacityProviderResponse>(stage, "DeleteCapacityProvider", gone);
  CHECK(error.code == ErrorCode::client);
  CHECK(error.message.find("'c'") != std::string::npos);
  gone.capacity_provider = arn_prefix + "green";
  const auto deleted =
      stage.must<api::DeleteCapacityProviderResponse>("DeleteCapacityProvider", gone);
  CHECK(deleted.capacity_provider->status == api::CapacityProviderStatus::inactive);
  const auto again =
      refused<api::DeleteCapacityProviderResponse>(stage, "DeleteCapacityProvider", gone);
  CHECK(again.code == ErrorCode::client);
  CHECK(again.message.find("capacity provider does not exist") != std::string::npos);
  gone.capacity_provider = "FARGATE";
  CHECK(refused<api::DeleteCapacityProviderResponse>(stage, "DeleteCapacityProvider", gone).code ==
        ErrorCode::client);
  make_provider(stage, "green");  // the name is free
  stage.restart();
}

TEST_CASE("a cluster with capacity providers of its own cannot be deleted") {
  Stage stage;
  stage.must<api::CreateClusterResponse>("CreateCluster",
                                         api::CreateClusterRequest{.cluster_name = "c"});
  make_provider(stage, "blue");
  stage.must<api::PutClusterCapacityProvidersResponse>("PutClusterCapacityProviders",
                                                       put({"FARGATE", "blue"}));
  api::DeleteClusterRequest gone;
  gone.cluster = "c";
  CHECK(refused<api::DeleteClusterResponse>(stage, "DeleteCluster", gone).code ==
        ErrorCode::cluster_contains_capacity_provider);
  stage.must<api::PutClusterCapacityProvidersResponse>("PutClusterCapacityProviders",
                                                       put({"FARGATE"}));
  stage.must<api::DeleteClusterResponse>("DeleteCluster", gone);
}

TEST_CASE("a host shows the capacity provider that it joined under") {
  Stage stage;
  two_providers(stage);
  api::DescribeContainerInstancesRequest request;
  request.cluster = "c";
  request.container_instances = {stage.hosts[0].id.text()};
  const auto shown =
      stage.must<api::DescribeContainerInstancesResponse>("DescribeContainerInstances", request);
  CHECK(shown.container_instances->front().capacity_provider_name == "blue");
}

TEST_CASE("an explanation asks the hosts of the provider that the next task would go to") {
  Stage stage;
  two_providers(stage);
  auto request = stage::service("web", "web", 1);
  request.capacity_provider_strategy = {item("green", 1)};
  stage.must<api::CreateServiceResponse>("CreateService", request);
  api::ExplainServiceRequest asked;
  asked.cluster = "c";
  asked.service = "web";
  const auto explained = stage.must<api::ExplainServiceResponse>("ExplainService", asked);
  const std::string text = api::encode(explained);
  CHECK(text.find("stowage.capacity-provider=green") != std::string::npos);
  CHECK(text.find("stowage.capacity-provider=blue") == std::string::npos);
}

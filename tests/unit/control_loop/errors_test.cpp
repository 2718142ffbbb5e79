#include <doctest/doctest.h>

#include "tests/unit/control_loop/stage.h"

using schemas::ErrorCode;
using stage::Stage;

namespace {

/// Registers and answers the error, which must be a ClientException.
std::string refusal(const api::RegisterTaskDefinitionRequest& request) {
  Stage stage;
  const auto answer =
      stage.call<api::RegisterTaskDefinitionResponse>("RegisterTaskDefinition", request);
  REQUIRE_FALSE(answer.ok());
  CHECK(answer.error().code == ErrorCode::client);
  CHECK(stage.world->definitions.empty());
  return answer.error().message;
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

api::ContainerDefinition container(const std::string& name) {
  api::ContainerDefinition made;
  made.name = name;
  made.image = "image";
  made.memory = 64;
  return made;
}

api::ContainerDependency after(const std::string& name, api::ContainerCondition condition) {
  return {.container_name = name, .condition = condition};
}

}  // namespace

TEST_CASE("a task definition that could not run is refused with the setting to mend") {
  auto request = stage::definition("web");
  SUBCASE("two containers of one name") {
    request.container_definitions.push_back(request.container_definitions.front());
    CHECK(contains(refusal(request), "'main' is used twice"));
  }
  SUBCASE("no essential container") {
    request.container_definitions.front().essential = false;
    CHECK(contains(refusal(request), "essential"));
  }
  SUBCASE("no memory") {
    request.container_definitions.front().memory.reset();
    CHECK(contains(refusal(request), "At least one of 'memory' or 'memoryReservation'"));
  }
  SUBCASE("less memory than reserved") {
    request.container_definitions.front().memory_reservation = 500;
    CHECK(contains(refusal(request), "'memoryReservation' (500)"));
  }
  SUBCASE("more memory than the task has") {
    request.memory = "100";
    CHECK(contains(refusal(request), "exceeds the task's memory (100)"));
  }
  SUBCASE("an image with a blank") {
    request.container_definitions.front().image = "a b";
    CHECK(contains(refusal(request), "Container.image contains invalid characters"));
  }
  SUBCASE("a dependency on nobody") {
    request.container_definitions.front().depends_on = {
        {after("ghost", api::ContainerCondition::start)}};
    CHECK(contains(refusal(request), "'ghost', which is not in the task definition"));
  }
  SUBCASE("a dependency on itself") {
    request.container_definitions.front().depends_on = {
        {after("main", api::ContainerCondition::start)}};
    CHECK(contains(refusal(request), "cycle among 'main'"));
  }
  SUBCASE("a circle of three") {
    request.container_definitions = {container("a"), container("b"), container("c")};
    request.container_definitions[0].depends_on = {{after("b", api::ContainerCondition::start)}};
    request.container_definitions[1].depends_on = {{after("c", api::ContainerCondition::start)}};
    request.container_definitions[2].depends_on = {{after("a", api::ContainerCondition::start)}};
    CHECK(contains(refusal(request), "cycle among 'a', 'b', 'c'"));
  }
  SUBCASE("waiting for the end of an essential container") {
    request.container_definitions = {container("a"), container("b")};
    request.container_definitions[0].depends_on = {{after("b", api::ContainerCondition::success)}};
    CHECK(contains(refusal(request), "which is essential"));
  }
  SUBCASE("a host port that differs in awsvpc mode") {
    request = stage::pool_definition("job");
    api::PortMapping port;
    port.container_port = 80;
    port.host_port = 81;
    request.container_definitions.front().port_mappings = {port};
    CHECK(contains(refusal(request),
                   "When networkMode=awsvpc, the host ports and container ports in port mappings "
                   "must match"));
  }
  SUBCASE("a host port that differs in host mode") {
    request.network_mode = api::NetworkMode::host;
    api::PortMapping port;
    port.container_port = 80;
    port.host_port = 8080;
    request.container_definitions.front().port_mappings = {port};
    CHECK(contains(refusal(request),
                   "When networkMode=host, the host ports and container ports in port mappings "
                   "must match"));
  }
  SUBCASE("one port for two containers in host mode") {
    request.network_mode = api::NetworkMode::host;
    request.container_definitions = {container("a"), container("b")};
    api::PortMapping port;
    port.container_port = 80;
    request.container_definitions[0].port_mappings = {port};
    request.container_definitions[1].port_mappings = {port};
    CHECK(contains(refusal(request), "host port 80 is mapped twice"));
  }
  SUBCASE("ports where there is no network") {
    request.network_mode = api::NetworkMode::none;
    api::PortMapping port;
    port.container_port = 80;
    request.container_definitions.front().port_mappings = {port};
    CHECK(contains(refusal(request), "not supported when networkMode=none"));
  }
  SUBCASE("one host port for two containers") {
    request.container_definitions = {container("a"), container("b")};
    api::PortMapping port;
    port.container_port = 80;
    port.host_port = 8080;
    request.container_definitions[0].port_mappings = {port};
    request.container_definitions[1].port_mappings = {port};
    CHECK(contains(refusal(request), "host port 8080 is mapped twice"));
  }
  SUBCASE("a Fargate size that does not exist") {
    request = stage::pool_definition("job");
    request.memory = "777";
    CHECK(contains(refusal(request), "No Fargate configuration exists for given values"));
  }
  SUBCASE("Fargate without awsvpc") {
    request = stage::pool_definition("job");
    request.network_mode = api::NetworkMode::bridge;
    CHECK(contains(refusal(request), "awsvpc"));
  }
  SUBCASE("too little CPU") {
    request.cpu = "1";
    CHECK(contains(refusal(request), "Invalid 'cpu' setting for task"));
  }
}

TEST_CASE("every network mode can be registered, with its own default of a host port") {
  Stage stage;
  for (const auto& [mode, shown_port] :
       std::vector<std::pair<api::NetworkMode, std::int64_t>>{{api::NetworkMode::bridge, 0},
                                                              {api::NetworkMode::host, 80},
                                                              {api::NetworkMode::awsvpc, 80}}) {
    auto request = stage::definition("web");
    request.network_mode = mode;
    api::PortMapping port;
    port.container_port = 80;
    request.container_definitions.front().port_mappings = {port};
    const auto made =
        stage.call<api::RegisterTaskDefinitionResponse>("RegisterTaskDefinition", request);
    REQUIRE(made.ok());
    const api::TaskDefinition& shown = *made.value().task_definition;
    CHECK(shown.network_mode == mode);
    CHECK(shown.container_definitions->front().port_mappings->front().host_port == shown_port);
  }
  auto request = stage::definition("alone");
  request.network_mode = api::NetworkMode::none;
  CHECK(stage.call<api::RegisterTaskDefinitionResponse>("RegisterTaskDefinition", request).ok());
}

TEST_CASE("a definition is shown with the defaults that ECS fills in") {
  Stage stage;
  auto request = stage::definition("web");
  request.container_definitions.front().cpu.reset();
  const auto made =
      stage.call<api::RegisterTaskDefinitionResponse>("RegisterTaskDefinition", request);
  REQUIRE(made.ok());
  const api::TaskDefinition& shown = *made.value().task_definition;
  CHECK(shown.revision == 1);
  CHECK(shown.network_mode == api::NetworkMode::bridge);
  CHECK(shown.status == api::TaskDefinitionStatus::active);
  CHECK(shown.compatibilities == std::vector{api::Compatibility::ec2});
  CHECK(shown.registered_by == "arn:aws:iam::123456789012:root");
  const api::ContainerDefinition& container = shown.container_definitions->front();
  CHECK(container.cpu == 0);
  CHECK(container.essential == true);
  CHECK(container.environment->empty());
  CHECK(container.port_mappings->empty());
  CHECK(container.mount_points);
  CHECK(container.volumes_from);
  const auto pool = stage.call<api::RegisterTaskDefinitionResponse>("RegisterTaskDefinition",
                                                                    stage::pool_definition("web"));
  REQUIRE(pool.ok());
  CHECK(pool.value().task_definition->revision == 2);
  CHECK(pool.value().task_definition->compatibilities ==
        std::vector{api::Compatibility::ec2, api::Compatibility::fargate});
}

TEST_CASE("a revision retires, its number is never used again, and launching it is refused") {
  Stage stage;
  stage::small_cluster(stage);
  api::DeregisterTaskDefinitionRequest request;
  request.task_definition = "web";
  CHECK_FALSE(
      stage.call<api::DeregisterTaskDefinitionResponse>("DeregisterTaskDefinition", request).ok());
  request.task_definition = "web:1";
  const auto gone =
      stage.call<api::DeregisterTaskDefinitionResponse>("DeregisterTaskDefinition", request);
  REQUIRE(gone.ok());
  CHECK(gone.value().task_definition->status == api::TaskDefinitionStatus::inactive);
  const auto run = stage.call<api::RunTaskResponse>("RunTask", stage::run("web:1"));
  REQUIRE_FALSE(run.ok());
  CHECK(run.error() == schemas::Error{ErrorCode::client, "TaskDefinition is inactive."});
  const auto none = stage.call<api::RunTaskResponse>("RunTask", stage::run("web"));
  REQUIRE_FALSE(none.ok());
  CHECK(none.error().message == "TaskDefinition not found.");
  CHECK(stage
            .call<api::RegisterTaskDefinitionResponse>("RegisterTaskDefinition",
                                                       stage::definition("web"))
            .value()
            .task_definition->revision == 2);
  api::DescribeTaskDefinitionRequest describe;
  describe.task_definition = "web:1";
  CHECK(stage.call<api::DescribeTaskDefinitionResponse>("DescribeTaskDefinition", describe)
            .value()
            .task_definition->status == api::TaskDefinitionStatus::inactive);
  describe.task_definition = "ghost";
  CHECK(
      stage.call<api::DescribeTaskDefinitionResponse>("DescribeTaskDefinition", describe).error() ==
      schemas::Error{ErrorCode::client, "Unable to describe task definition."});
}

TEST_CASE("names of things that do not exist are answered in ECS's words") {
  Stage stage;
  api::RunTaskRequest run = stage::run("web");
  CHECK(stage.call<api::RunTaskResponse>("RunTask", run).error() ==
        schemas::Error{ErrorCode::cluster_not_found, "Cluster not found."});
  stage::small_cluster(stage);
  api::StopTaskRequest stop;
  stop.cluster = "c";
  stop.task = "0123456789abcdef0123456789abcdef";
  CHECK(stage.call<api::StopTaskResponse>("StopTask", stop).error() ==
        schemas::Error{ErrorCode::invalid_parameter, "The referenced task was not found."});
  api::UpdateServiceRequest update;
  update.cluster = "arn:aws:ecs:us-east-1:123456789012:cluster/c";
  update.service = "ghost";
  CHECK(stage.call<api::UpdateServiceResponse>("UpdateService", update).error() ==
        schemas::Error{ErrorCode::service_not_found, "Service not found."});
  api::ListTasksRequest list;
  list.cluster = "c";
  list.service_name = "ghost";
  CHECK(stage.call<api::ListTasksResponse>("ListTasks", list).error().code ==
        ErrorCode::service_not_found);
  api::DescribeClustersRequest describe;
  const auto clusters = stage.call<api::DescribeClustersResponse>("DescribeClusters", describe);
  CHECK(clusters.value().clusters->empty());
  CHECK(clusters.value().failures->front().arn ==
        "arn:aws:ecs:us-east-1:123456789012:cluster/default");
  CHECK(clusters.value().failures->front().reason == "MISSING");
}

TEST_CASE("a launch that contradicts itself is refused with what to do") {
  Stage stage;
  stage::small_cluster(stage);
  stage.must<api::RegisterTaskDefinitionResponse>("RegisterTaskDefinition",
                                                  stage::pool_definition("job"));
  const auto message = [&stage](const api::RunTaskRequest& request) {
    const auto answer = stage.call<api::RunTaskResponse>("RunTask", request);
    REQUIRE_FALSE(answer.ok());
    return answer.error().message;
  };
  api::RunTaskRequest request = stage::run("job");
  request.launch_type = api::LaunchType::fargate;
  const std::string hint = message(request);
  CHECK(contains(hint,
                 "Network Configuration must be provided when networkMode 'awsvpc' is "
                 "specified."));
  CHECK(contains(hint, "subnet-"));
  CHECK(contains(hint, "us-east-1b"));
  request = stage::run_on_pool(stage, "web");
  CHECK(contains(message(request), "FARGATE"));
  request.launch_type = api::LaunchType::ec2;
  CHECK(contains(message(request), "Network Configuration is not valid"));
  request = stage::run_on_pool(stage, "job");
  request.platform_version = "9.9.9";
  CHECK(stage.call<api::RunTaskResponse>("RunTask", request).error().code ==
        ErrorCode::platform_unknown);
  request = stage::run_on_pool(stage, "job");
  request.launch_type = api::LaunchType::ec2;
  request.network_configuration->awsvpc_configuration->assign_public_ip =
      api::AssignPublicIp::enabled;
  CHECK(message(request) == "Assign public IP is not supported for this launch type.");
  request = stage::run_on_pool(stage, "job");
  request.network_configuration->awsvpc_configuration->subnets = {"subnet-0123456789abcdef0"};
  CHECK(contains(message(request), "subnet-0123456789abcdef0"));
  request = stage::run("web");
  request.group = "service:x";
  CHECK(contains(message(request), "reserved"));
  request = stage::run("web");
  request.placement_strategy = {{{.type = api::PlacementStrategyType::binpack, .field = "disk"}}};
  CHECK(contains(message(request), "binpack takes cpu or memory"));
  CHECK(stage.world->tasks.empty());
}

TEST_CASE("a cluster is deleted when it is empty, and not before") {
  Stage stage;
  api::CreateClusterRequest create;
  REQUIRE(stage.call<api::CreateClusterResponse>("CreateCluster", create).ok());
  const auto made = stage.call<api::CreateClusterResponse>("CreateCluster", create);
  CHECK(made.value().cluster->cluster_name == "default");
  CHECK(stage.world->clusters.size() == 1);
  stage.join("default", "us-east-1a", {1024}, {1024});
  api::DeleteClusterRequest request;
  request.cluster = "default";
  CHECK(stage.call<api::DeleteClusterResponse>("DeleteCluster", request).error().code ==
        ErrorCode::cluster_contains_container_instances);

  create.cluster_name = "other";
  REQUIRE(stage.call<api::CreateClusterResponse>("CreateCluster", create).ok());
  stage.must<api::RegisterTaskDefinitionResponse>("RegisterTaskDefinition",
                                                  stage::definition("web"));
  api::CreateServiceRequest service = stage::service("s", "web", 1);
  service.cluster = "other";
  REQUIRE(stage.call<api::CreateServiceResponse>("CreateService", service).ok());
  request.cluster = "other";
  CHECK(stage.call<api::DeleteClusterResponse>("DeleteCluster", request).error().code ==
        ErrorCode::cluster_contains_services);
  api::DeleteServiceRequest remove;
  remove.cluster = "other";
  remove.service = "s";
  remove.force = true;
  REQUIRE(stage.call<api::DeleteServiceResponse>("DeleteService", remove).ok());
  const auto deleted = stage.call<api::DeleteClusterResponse>("DeleteCluster", request);
  REQUIRE(deleted.ok());
  CHECK(deleted.value().cluster->status == "INACTIVE");
  api::ListClustersRequest list;
  CHECK(stage.call<api::ListClustersResponse>("ListClusters", list).value().cluster_arns->size() ==
        1);
}

TEST_CASE("lists come page by page, and a token fits its own list only") {
  Stage stage;
  stage::small_cluster(stage);
  api::RunTaskRequest run = stage::run("web");
  run.count = 7;
  REQUIRE(stage.call<api::RunTaskResponse>("RunTask", run).value().tasks->size() == 7);
  api::ListTasksRequest request;
  request.cluster = "c";
  request.max_results = 3;
  std::set<std::string> seen;
  std::string token;
  for (int page = 0; page < 3; ++page) {
    const auto output = stage.call<api::ListTasksResponse>("ListTasks", request);
    REQUIRE(output.ok());
    seen.insert(output.value().task_arns->begin(), output.value().task_arns->end());
    CHECK(output.value().next_token.has_value() == (page < 2));
    token = output.value().next_token.value_or(token);
    request.next_token = output.value().next_token;
  }
  CHECK(seen.size() == 7);
  request.next_token = token;
  request.family = "web";
  CHECK(stage.call<api::ListTasksResponse>("ListTasks", request).error().code ==
        ErrorCode::invalid_parameter);
  request.family.reset();
  request.next_token = "nonsense";
  CHECK(stage.call<api::ListTasksResponse>("ListTasks", request).error().code ==
        ErrorCode::invalid_parameter);
  request.next_token.reset();
  request.max_results.reset();
  request.family = "ghost";
  CHECK(stage.call<api::ListTasksResponse>("ListTasks", request).value().task_arns->empty());
}

TEST_CASE("accounts and regions never see each other") {
  Stage stage;
  stage::small_cluster(stage);
  const schemas::Scope other{"999999999999", "us-east-1"};
  const schemas::Scope elsewhere{"123456789012", "eu-west-1"};
  for (const schemas::Scope& who : {other, elsewhere}) {
    CHECK(stage.call<api::RunTaskResponse>("RunTask", stage::run("web"), who).error().code ==
          ErrorCode::cluster_not_found);
    CHECK(stage.call<api::ListClustersResponse>("ListClusters", api::ListClustersRequest{}, who)
              .value()
              .cluster_arns->empty());
  }
  const auto mine = stage.call<api::ListSubnetsResponse>("ListSubnets", api::ListSubnetsRequest{});
  const auto theirs =
      stage.call<api::ListSubnetsResponse>("ListSubnets", api::ListSubnetsRequest{}, other);
  const auto away =
      stage.call<api::ListSubnetsResponse>("ListSubnets", api::ListSubnetsRequest{}, elsewhere);
  CHECK(mine.value().subnets.size() == 2);
  CHECK(mine.value().subnets.front().subnet_id != theirs.value().subnets.front().subnet_id);
  CHECK(away.value().subnets.front().availability_zone.starts_with("eu-west-1"));
}

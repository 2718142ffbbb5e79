// What is asked of task sets and of the services that have them, shown, and refused.

#include "tests/unit/control_loop/task_set_stage.h"

using schemas::ErrorCode;
using stage::Stage;
using std::chrono_literals::operator""s;
using task_sets::deletion;
using task_sets::external;
using task_sets::make_set;
using task_sets::prepare;
using task_sets::primary;
using task_sets::refused;
using task_sets::says;
using task_sets::scaling;
using task_sets::service_change;
using task_sets::set_of;
using task_sets::shown_set;
using task_sets::wanted_of;

TEST_CASE("a task set without a scale has no task, and one of a tenth of a percent has one") {
  Stage stage;
  prepare(stage, 3);
  api::CreateTaskSetRequest request = set_of(0.0);
  request.scale.reset();
  const api::TaskSet silent = make_set(stage, request);
  CHECK(silent.computed_desired_count == 0);
  CHECK(silent.scale->value == 0.0);
  CHECK(silent.stability_status == api::StabilityStatus::steady_state);
  const api::TaskSet small = make_set(stage, set_of(0.1));
  CHECK(small.computed_desired_count == 1);
  CHECK(small.scale->value == 0.1);
  CHECK(make_set(stage, set_of(100.0)).computed_desired_count == 3);
  for (const double percent : {-0.1, 100.1}) {
    CHECK(refused<api::CreateTaskSetResponse>(stage, "CreateTaskSet", set_of(percent))
              .find("between 0 and 100") != std::string::npos);
    CHECK(refused<api::UpdateTaskSetResponse>(stage, "UpdateTaskSet", scaling(small, percent))
              .find("between 0 and 100") != std::string::npos);
  }
  api::UpdateTaskSetRequest nothing = scaling(small, 1.0);
  nothing.scale.value.reset();
  CHECK(refused<api::UpdateTaskSetResponse>(stage, "UpdateTaskSet", nothing)
            .find("scale.value is required") != std::string::npos);
}

TEST_CASE("a client token makes one task set, and a service has five at most") {
  Stage stage;
  prepare(stage, 1);
  api::CreateTaskSetRequest request = set_of(0.0);
  request.client_token = "once";
  const api::TaskSet set = make_set(stage, request);
  CHECK(make_set(stage, request).id == set.id);
  request.external_id = "another";
  CHECK(
      refused<api::CreateTaskSetResponse>(stage, "CreateTaskSet", request).find("not idempotent") !=
      std::string::npos);
  for (int count = 1; count < 5; ++count) {
    make_set(stage, set_of(0.0));
  }
  refused<api::CreateTaskSetResponse>(stage, "CreateTaskSet", set_of(0.0),
                                      ErrorCode::limit_exceeded);
  stage.must<api::DeleteTaskSetResponse>("DeleteTaskSet", deletion(set));
  stage.settle();
  CHECK(stage.call<api::CreateTaskSetResponse>("CreateTaskSet", set_of(0.0)).ok());
}

TEST_CASE("task sets are described by id and ARN, with tags for who asks, and others are missing") {
  Stage stage;
  prepare(stage, 1);
  api::CreateTaskSetRequest request = set_of(0.0);
  request.tags.emplace().push_back({.key = "of", .value = "set"});
  const api::TaskSet first = make_set(stage, request);
  const api::TaskSet second = make_set(stage, set_of(0.0));
  api::DescribeTaskSetsRequest ask;
  ask.cluster = "c";
  ask.service = "s";
  ask.task_sets = {*first.id, *second.task_set_arn, "ecs-svc/1234567890123456789",
                   "arn:aws:ecs:us-east-1:999999999999:task-set/c/s/" + *first.id};
  auto answer = stage.must<api::DescribeTaskSetsResponse>("DescribeTaskSets", ask);
  REQUIRE(answer.task_sets->size() == 2);
  CHECK(answer.task_sets->at(0).id == first.id);
  CHECK(answer.task_sets->at(1).id == second.id);
  CHECK_FALSE(answer.task_sets->at(0).tags.has_value());
  REQUIRE(answer.failures->size() == 2);
  CHECK(answer.failures->at(0).reason == "MISSING");
  CHECK(answer.failures->at(0).arn ==
        "arn:aws:ecs:us-east-1:123456789012:task-set/c/s/ecs-svc/1234567890123456789");
  ask.include = {api::TaskSetField::tags};
  ask.task_sets.reset();
  answer = stage.must<api::DescribeTaskSetsResponse>("DescribeTaskSets", ask);
  REQUIRE(answer.task_sets->size() == 2);
  CHECK(answer.task_sets->at(0).tags->front().value == "set");
}

TEST_CASE("a task set can be tagged by its ARN, and stays as it is over a restart") {
  Stage stage;
  prepare(stage, 2);
  const api::TaskSet set = make_set(stage, set_of(33.3333));
  stage.must<api::UpdateServicePrimaryTaskSetResponse>("UpdateServicePrimaryTaskSet", primary(set));
  api::TagResourceRequest tag;
  tag.resource_arn = *set.task_set_arn;
  tag.tags = {{.key = "team", .value = "a"}};
  stage.must<api::TagResourceResponse>("TagResource", tag);
  stage.pass(60s);
  stage.restart();
  api::ListTagsForResourceRequest ask;
  ask.resource_arn = *set.task_set_arn;
  const auto tags = stage.must<api::ListTagsForResourceResponse>("ListTagsForResource", ask).tags;
  REQUIRE(tags->size() == 1);
  CHECK(tags->front().key == "team");
  const api::TaskSet kept = shown_set(stage, set);
  CHECK(kept.status == "PRIMARY");
  CHECK(kept.scale->value == 33.3333);
  CHECK(kept.running_count == 1);
  const api::Service service = stage::described_service(stage, "c", "s");
  CHECK(service.deployments->empty());
  CHECK_FALSE(service.current_service_deployment.has_value());
  tag.resource_arn += "9";
  refused<api::TagResourceResponse>(stage, "TagResource", tag, ErrorCode::resource_not_found);
  stage.check_invariants();
}

TEST_CASE("where task sets may go and which tags their tasks have is the service's to say") {
  Stage stage;
  stage::small_cluster(stage);
  api::CreateServiceRequest request = external(4);
  request.placement_strategy = {{.type = api::PlacementStrategyType::binpack, .field = "memory"}};
  request.placement_constraints = {{.type = api::PlacementConstraintType::member_of,
                                    .expression = "attribute:ecs.availability-zone != nowhere"}};
  request.tags.emplace().push_back({.key = "of", .value = "service"});
  request.propagate_tags = api::PropagateTags::service;
  stage.must<api::CreateServiceResponse>("CreateService", request);
  const api::TaskSet set = make_set(stage, set_of(100.0));
  stage.settle();
  CHECK(shown_set(stage, set).running_count == 4);
  CHECK((stage.hosts[0].tasks.empty() || stage.hosts[1].tasks.empty()));
  CHECK(wanted_of(stage, set).front().specification->tags.front().value == "service");
  api::UpdateServiceRequest change = service_change();
  change.placement_constraints = {{.type = api::PlacementConstraintType::member_of,
                                   .expression = "attribute:ecs.availability-zone == nowhere"}};
  change.desired_count = 5;
  const auto updated = stage.must<api::UpdateServiceResponse>("UpdateService", change);
  CHECK(updated.service->placement_constraints->front().expression->ends_with("== nowhere"));
  CHECK(updated.service->placement_strategy->front().type == api::PlacementStrategyType::binpack);
  stage.pass(30s);
  CHECK(shown_set(stage, set).running_count == 4);
  CHECK(says(stage, "was unable to place a task"));
}

TEST_CASE("the pool runs task sets, too") {
  Stage stage;
  prepare(stage, 2);
  stage.join("", "us-east-1a", schemas::CpuUnits{4096}, schemas::MemoryMib{8192});
  stage.must<api::RegisterTaskDefinitionResponse>("RegisterTaskDefinition",
                                                  stage::pool_definition("pool"));
  const api::RunTaskRequest run = stage::run_on_pool(stage, "pool");
  api::CreateTaskSetRequest request = set_of(100.0);
  request.task_definition = "pool";
  request.launch_type = api::LaunchType::fargate;
  request.network_configuration = run.network_configuration;
  request.platform_version = "1.4.0";
  const api::TaskSet set = make_set(stage, request);
  CHECK(set.platform_version == "1.4.0");
  CHECK(set.platform_family == "Linux");
  CHECK(set.network_configuration.has_value());
  stage.settle();
  CHECK(shown_set(stage, set).running_count == 2);
  request.platform_version = "9.9.9";
  refused<api::CreateTaskSetResponse>(stage, "CreateTaskSet", request, ErrorCode::platform_unknown);
}

TEST_CASE("a task set divides its tasks among capacity providers") {
  Stage stage;
  prepare(stage, 3);
  api::CreateCapacityProviderRequest provider;
  provider.name = "left";
  provider.auto_scaling_group_provider.emplace().auto_scaling_group_arn = "left";
  stage.must<api::CreateCapacityProviderResponse>("CreateCapacityProvider", provider);
  api::PutClusterCapacityProvidersRequest put;
  put.cluster = "c";
  put.capacity_providers = {"left"};
  stage.must<api::PutClusterCapacityProvidersResponse>("PutClusterCapacityProviders", put);
  stage.name_provider(stage.hosts[1], "left");
  api::CreateTaskSetRequest request = set_of(100.0);
  request.capacity_provider_strategy = {{.capacity_provider = "left", .weight = 1}};
  const api::TaskSet set = make_set(stage, request);
  CHECK_FALSE(set.launch_type.has_value());
  CHECK(set.capacity_provider_strategy->front().capacity_provider == "left");
  stage.settle();
  CHECK(shown_set(stage, set).running_count == 3);
  CHECK(stage.hosts[0].tasks.empty());
}

TEST_CASE("what task sets say is refused of their service, and task sets of any other") {
  Stage stage;
  prepare(stage, 1);
  const auto create = [&stage](const auto& wish) {
    api::CreateServiceRequest request = external(1);
    request.service_name = "other";
    wish(request);
    return refused<api::CreateServiceResponse>(stage, "CreateService", request);
  };
  using Request = api::CreateServiceRequest;
  CHECK(create([](Request& ask) { ask.task_definition = "web"; }).starts_with("taskDefinition"));
  CHECK(create([](Request& ask) {
          ask.launch_type = api::LaunchType::ec2;
        }).starts_with("launchType"));
  CHECK(
      create([](Request& ask) { ask.platform_version = "1.4.0"; }).starts_with("platformVersion"));
  CHECK(create([](Request& ask) {
          ask.network_configuration.emplace();
        }).starts_with("networkConfiguration"));
  CHECK(create([](Request& ask) {
          ask.capacity_provider_strategy = {{.capacity_provider = "left"}};
        }).starts_with("capacityProviderStrategy"));
  CHECK(create([](Request& ask) {
          ask.scheduling_strategy = api::SchedulingStrategy::daemon;
        }).find("daemon") != std::string::npos);
  CHECK(create([](Request& ask) {
          ask.deployment_configuration.emplace().maximum_percent = 150;
        }).find("maximumPercent") != std::string::npos);
  CHECK(create([](Request& ask) {
          ask.deployment_configuration.emplace().deployment_circuit_breaker = {.enable = true,
                                                                               .rollback = false};
        }).find("circuit breaker") != std::string::npos);
  CHECK(create([](Request& ask) {
          ask.deployment_controller.reset();
        }).find("taskDefinition is required") != std::string::npos);

  const auto update = [&stage](const std::string& service, const auto& wish) {
    api::UpdateServiceRequest request = service_change();
    request.service = service;
    wish(request);
    return refused<api::UpdateServiceResponse>(stage, "UpdateService", request);
  };
  using Change = api::UpdateServiceRequest;
  CHECK(
      update("s", [](Change& ask) { ask.task_definition = "web"; }).starts_with("taskDefinition"));
  CHECK(update("s", [](Change& ask) {
          ask.force_new_deployment = true;
        }).find("Create a new task set") != std::string::npos);
  const auto ecs = [](Change& ask) {
    ask.deployment_controller = {.type = api::DeploymentControllerType::ecs};
  };
  CHECK(update("s", ecs).find("cannot be changed") != std::string::npos);
  stage.must<api::CreateServiceResponse>("CreateService", stage::service("rolling", "web", 1));
  CHECK(update("rolling", [](Change& ask) {
          ask.deployment_controller = {.type = api::DeploymentControllerType::external};
        }).find("cannot be changed") != std::string::npos);
  api::CreateTaskSetRequest request = set_of(1.0);
  request.service = "rolling";
  CHECK(refused<api::CreateTaskSetResponse>(stage, "CreateTaskSet", request)
            .find("controller of the service rolling is ECS") != std::string::npos);
  request.service = "nobody";
  refused<api::CreateTaskSetResponse>(stage, "CreateTaskSet", request,
                                      ErrorCode::service_not_found);
}

// Plans: what a call or a loss would do, without doing it.

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "api/plan.h"
#include "control/core/access/role.h"
#include "control/core/loop/rows/encode.h"
#include "tests/unit/control_loop/plan_stage.h"

using plan_stage::call_of;
using plan_stage::revise;
using plan_stage::steady_service;
using plan_stage::update_of;
using schemas::ErrorCode;
using stage::Host;
using stage::Stage;
using std::chrono_literals::operator""s;

namespace {

api::PlanRequest about(api::RunTaskRequest run) { return {.run_task = std::move(run)}; }
api::PlanRequest about(api::CreateServiceRequest create) {
  return {.create_service = std::move(create)};
}
api::PlanRequest about(api::UpdateServiceRequest update) {
  return {.update_service = std::move(update)};
}
api::PlanRequest about_host(const Host& host) {
  return {.lose_host = api::HostLoss{.cluster = "c", .container_instance = host.id.text()}};
}
api::PlanRequest about_zone(const std::string& zone) {
  return {.lose_zone = api::ZoneLoss{.cluster = "c", .availability_zone = zone}};
}

/// The plan, and that making it left everything as it was.
schemas::Result<api::PlanResponse> try_plan(Stage& stage, const api::PlanRequest& request,
                                            const std::string& principal = stage::root) {
  const std::size_t events = stage.events.size();
  const std::vector<control::Row> before = control::all_rows(stage.world);
  auto plan = stage.call<api::PlanResponse>("Plan", request, stage::scope, principal);
  CHECK(control::all_rows(stage.world) == before);
  CHECK(stage.events.size() == events);
  CHECK(stage.store.table(control::Table::audit).size() ==
        static_cast<std::size_t>(stage.world.next_key(control::Table::audit) - 1));
  return plan;
}

api::PlanResponse plan_of(Stage& stage, const api::PlanRequest& request) {
  const auto plan = try_plan(stage, request);
  REQUIRE_MESSAGE(plan.ok(), plan.error().message);
  return plan.value();
}

std::multiset<std::string> hosts_of(const std::vector<api::PlannedStart>& starts) {
  std::multiset<std::string> hosts;
  for (const api::PlannedStart& start : starts) {
    hosts.insert(start.container_instance_arn.value_or("pool " + start.availability_zone));
  }
  return hosts;
}

}  // namespace

TEST_CASE("a plan of RunTask names the hosts that its tasks then get, and starts nothing") {
  Stage stage;
  stage::small_cluster(stage);
  api::RunTaskRequest run = stage::run("web");
  run.count = 3;
  run.client_token = "once";
  const api::PlanResponse plan = plan_of(stage, about(run));
  CHECK(plan.complete);
  CHECK(plan.summary == "3 tasks would start and 0 tasks would stop, the last after 0 s.");
  REQUIRE(plan.steps.size() == 1);
  CHECK(plan.steps.front().after_seconds == 0);
  CHECK(stage.world->tasks.empty());
  CHECK(stage.world->tokens.empty());

  std::multiset<std::string> hosts;
  const auto answer = stage.must<api::RunTaskResponse>("RunTask", run);
  for (const api::Task& task : *answer.tasks) {
    hosts.insert(*task.container_instance_arn);
  }
  CHECK(hosts_of(plan.steps.front().starts) == hosts);
  const api::PlannedStart& first = plan.steps.front().starts.front();
  CHECK(first.task_definition_arn.ends_with("task-definition/web:1"));
  CHECK(!first.service_name);
  CHECK(first.launch_type == api::LaunchType::ec2);
}

TEST_CASE("a plan says what hosts have left before and after it") {
  Stage stage;
  stage::small_cluster(stage);
  const api::PlanResponse plan = plan_of(stage, about(stage::run("web")));
  REQUIRE(plan.hosts.size() == 1);
  const api::PlannedHost& host = plan.hosts.front();
  CHECK(host.registered_cpu == 2048);
  CHECK(host.remaining_cpu_before == 2048);
  CHECK(host.remaining_cpu_after == 2048 - 256);
  CHECK(host.remaining_memory_before - host.remaining_memory_after == 128);
  CHECK(!host.lost);
}

TEST_CASE("what a plan cannot place has the words of RunTask, what it wants and what would help") {
  Stage stage;
  stage::small_cluster(stage);
  revise(stage, 1500);
  api::RunTaskRequest run = stage::run("web");
  run.count = 4;
  const api::PlanResponse plan = plan_of(stage, about(run));
  REQUIRE(plan.unplaced.size() == 1);
  const api::UnplacedTasks& unplaced = plan.unplaced.front();
  CHECK(unplaced.count == 2);
  CHECK(unplaced.cpu == 3000);
  CHECK(unplaced.task_definition_arn.ends_with("web:2"));
  CHECK(!unplaced.changes.empty());
  CHECK(plan.summary.find("2 tasks would find no room.") != std::string::npos);

  const auto answer = stage.must<api::RunTaskResponse>("RunTask", run);
  REQUIRE(answer.failures->size() == 2);
  CHECK(unplaced.reason == answer.failures->front().reason);
  CHECK(unplaced.detail == answer.failures->front().detail);
}

TEST_CASE("a plan of CreateService is steady when its tasks are healthy") {
  Stage stage;
  stage::small_cluster(stage);
  const api::PlanResponse plan = plan_of(stage, about(stage::service("s", "web", 2)));
  CHECK(stage.world->services.empty());
  REQUIRE(plan.services.size() == 1);
  CHECK(plan.services.front().service_arn.ends_with("service/c/s"));
  CHECK(plan.services.front().outcome == "STEADY");
  CHECK(plan.services.front().after_seconds == 40);
  REQUIRE(plan.steps.size() == 2);
  CHECK(plan.steps[0].starts.size() == 2);
  CHECK(plan.steps[0].starts[0].service_name == "s");
  CHECK(plan.steps[1].events.back() == "(service s) has reached a steady state.");
}

TEST_CASE("a service that would wait for room says what is short") {
  Stage stage;
  stage::small_cluster(stage);
  revise(stage, 1500);
  const api::PlanResponse plan = plan_of(stage, about(stage::service("s", "web", 5)));
  REQUIRE(plan.services.size() == 1);
  CHECK(plan.services.front().outcome == "WAITS_FOR_ROOM");
  REQUIRE(plan.unplaced.size() == 1);
  CHECK(plan.unplaced.front().service_name == "s");
  CHECK(plan.unplaced.front().count == 3);
  CHECK(plan.unplaced.front().reason == "RESOURCE:CPU");
  CHECK(plan.complete);
}

TEST_CASE("a plan has the services that wait for room take what becomes free") {
  Stage stage;
  steady_service(stage, 16);  // all of both hosts
  revise(stage, 1024);
  stage.must<api::CreateServiceResponse>("CreateService", stage::service("big", "web", 1));
  stage.pass(60s);
  api::UpdateServiceRequest request = update_of("s");
  request.desired_count = 4;
  const api::PlanResponse plan = plan_of(stage, about(request));
  std::int64_t started = 0;
  std::int64_t stopped = 0;
  for (const api::PlanStep& step : plan.steps) {
    started += static_cast<std::int64_t>(step.starts.size());
    stopped += static_cast<std::int64_t>(step.stops.size());
    for (const api::PlannedStart& start : step.starts) {
      CHECK(start.service_name == "big");
    }
  }
  CHECK(stopped == 12);
  CHECK(started == 1);
  CHECK(plan.unplaced.empty());
}

TEST_CASE("a plan knows of what is decided in the same turn before what it is about") {
  Stage stage;
  stage::small_cluster(stage);
  revise(stage, 1500);
  const std::vector<control::Reply> replies =
      stage
          .turn({call_of("CreateService", api::Value::of(stage::service("first", "web", 2))),
                 call_of("Plan", api::Value::of(about(stage::service("second", "web", 1))))})
          .replies;
  REQUIRE(replies.size() == 2);
  REQUIRE(replies.back().result.ok());
  const auto& plan = replies.back().result.value().as<api::PlanResponse>();
  REQUIRE(plan.unplaced.size() == 1);
  CHECK(plan.unplaced.front().service_name == "second");
}

TEST_CASE("a plan goes as far as a hook that somebody has to answer") {
  Stage stage;
  steady_service(stage, 2);
  api::DeploymentLifecycleHook hook;
  hook.target_type = api::DeploymentLifecycleHookTargetType::pause;
  hook.lifecycle_stages = {api::DeploymentLifecycleHookStage::post_scale_up};
  api::UpdateServiceRequest request = update_of("s");
  request.force_new_deployment = true;
  request.deployment_configuration.emplace();
  request.deployment_configuration->lifecycle_hooks = {hook};
  const api::PlanResponse plan = plan_of(stage, about(request));
  CHECK(plan.complete);
  REQUIRE(plan.services.size() == 1);
  CHECK(plan.services.front().outcome == "WAITS_FOR_HOOK");
  CHECK(plan.services.front().after_seconds == 40);
}

TEST_CASE("the loss of a host stops its tasks after lease and grace, and services replace theirs") {
  Stage stage;
  steady_service(stage, 4);
  stage.must<api::RunTaskResponse>("RunTask", stage::run("web"));
  stage.settle();
  const auto alone = std::find_if(stage.world->tasks.begin(), stage.world->tasks.end(),
                                  [](const auto& entry) { return entry.second.service == 0; });
  const Host& lost = *std::find_if(stage.hosts.begin(), stage.hosts.end(), [&](const Host& each) {
    return each.id == alone->second.instance;
  });
  const api::PlanResponse plan = plan_of(stage, about_host(lost));
  std::vector<api::PlannedStop> stops;
  std::vector<api::PlannedStart> starts;
  std::int64_t first = 0;
  for (const api::PlanStep& step : plan.steps) {
    first = first == 0 && !step.stops.empty() ? step.after_seconds : first;
    stops.insert(stops.end(), step.stops.begin(), step.stops.end());
    starts.insert(starts.end(), step.starts.begin(), step.starts.end());
  }
  CHECK(first == 330);
  CHECK(stops.size() == 3);
  REQUIRE(starts.size() == 2);
  for (const api::PlannedStop& stop : stops) {
    CHECK(stop.container_instance_arn->ends_with(lost.id.text()));
    CHECK(stop.reason == "Host EC2 (instance " + lost.id.text() + ") terminated.");
    CHECK(stop.task_arn);
  }
  for (const api::PlannedStart& start : starts) {
    CHECK(!start.container_instance_arn->ends_with(lost.id.text()));
  }
  CHECK(std::any_of(plan.hosts.begin(), plan.hosts.end(), [&](const api::PlannedHost& host) {
    return host.lost && host.container_instance_arn.ends_with(lost.id.text());
  }));
  CHECK(stage.world->instances.at(lost.id).connected);
}

TEST_CASE("the loss of a zone takes hosts of the cluster and of the pool, and tells of own tasks") {
  Stage stage;
  steady_service(stage, 2);
  stage.join("", "us-east-1a", {4096}, {8192});
  stage.must<api::RegisterTaskDefinitionResponse>("RegisterTaskDefinition",
                                                  stage::pool_definition("pool"));
  stage.must<api::CreateClusterResponse>("CreateCluster",
                                         api::CreateClusterRequest{.cluster_name = "other"});
  stage.must<api::RunTaskResponse>("RunTask", stage::run_on_pool(stage, "pool"));
  api::RunTaskRequest elsewhere = stage::run_on_pool(stage, "pool");
  elsewhere.cluster = "other";
  stage.must<api::RunTaskResponse>("RunTask", elsewhere);
  stage.settle();
  const api::PlanResponse plan = plan_of(stage, about_zone("us-east-1a"));
  std::int64_t on_pool = 0;
  std::int64_t on_hosts = 0;
  for (const api::PlanStep& step : plan.steps) {
    for (const api::PlannedStop& stop : step.stops) {
      const bool pool = stop.launch_type == api::LaunchType::fargate;
      CHECK(pool != stop.container_instance_arn.has_value());
      (pool ? on_pool : on_hosts) += 1;
    }
  }
  CHECK(on_pool == 1);
  CHECK(on_hosts == 1);
  CHECK(plan.hosts.size() == 2);
  CHECK(plan.hourly_difference_nanos < 0);

  const auto nowhere = try_plan(stage, about_zone("us-east-1z"));
  REQUIRE(!nowhere.ok());
  CHECK(nowhere.error().code == ErrorCode::invalid_parameter);
}

TEST_CASE("a plan says what an hour more or less of the pool costs") {
  Stage stage;
  stage::small_cluster(stage);
  stage.join("", "us-east-1a", {4096}, {8192});
  stage.must<api::RegisterTaskDefinitionResponse>("RegisterTaskDefinition",
                                                  stage::pool_definition("pool"));
  api::RunTaskRequest run = stage::run_on_pool(stage, "pool");
  run.count = 2;
  const api::PlanResponse plan = plan_of(stage, about(run));
  // Twice a quarter of a vCPU and half a GB.
  CHECK(plan.hourly_difference_nanos == 2 * (40'480'000 / 4) + 4'445'000);
  CHECK(plan.hourly_difference == "0.024685000");
  CHECK(plan.currency == "USD");
  CHECK(plan.hosts.empty());
  CHECK(plan_of(stage, about(stage::run("web"))).hourly_difference == "0.000000000");
}

TEST_CASE("a call that would be refused is refused in the same words") {
  Stage stage;
  stage::small_cluster(stage);
  api::RunTaskRequest run = stage::run("nothing");
  const auto planned = try_plan(stage, about(run));
  const auto called = stage.call<api::RunTaskResponse>("RunTask", run);
  REQUIRE(!planned.ok());
  REQUIRE(!called.ok());
  CHECK(planned.error().code == called.error().code);
  CHECK(planned.error().message == called.error().message);

  run = stage::run("web");
  run.client_token = "once";
  stage.must<api::RunTaskResponse>("RunTask", run);
  run.count = 2;
  const auto conflict = try_plan(stage, about(run));
  REQUIRE(!conflict.ok());
  CHECK(conflict.error().code == ErrorCode::conflict);
  CHECK(conflict.error().message ==
        stage.call<api::RunTaskResponse>("RunTask", run).error().message);

  const auto service = try_plan(stage, about(update_of("nobody")));
  REQUIRE(!service.ok());
  CHECK(service.error().code == ErrorCode::service_not_found);
}

TEST_CASE("a plan is about exactly one thing, of one's own account") {
  Stage stage;
  stage::small_cluster(stage);
  CHECK(!try_plan(stage, api::PlanRequest{}).ok());
  api::PlanRequest both = about(stage::run("web"));
  both.create_service = stage::service("s", "web", 1);
  CHECK(!try_plan(stage, both).ok());

  const schemas::Scope stranger{"999999999999", "us-east-1"};
  for (const api::PlanRequest& request :
       {about(stage::run("web")), about_host(stage.hosts.front()), about_zone("us-east-1a")}) {
    const auto plan = stage.call<api::PlanResponse>("Plan", request, stranger);
    REQUIRE(!plan.ok());
    CHECK(plan.error().code == ErrorCode::cluster_not_found);
  }
  api::PlanRequest missing = about_host(stage.hosts.front());
  missing.lose_host->container_instance = std::string(32, 'f');
  const auto plan = try_plan(stage, missing);
  REQUIRE(!plan.ok());
  CHECK(plan.error().code == ErrorCode::invalid_parameter);
}

TEST_CASE("who may make a call may plan it; a loss takes a permission of its own") {
  Stage stage;
  stage::small_cluster(stage);
  api::CreateRoleRequest role;
  role.role_name = "planner";
  role.actions = {"ecs:RunTask"};
  stage.must<api::CreateRoleResponse>("CreateRole", role);
  api::RegisterTaskDefinitionRequest definition = stage::definition("app");
  definition.task_role_arn = "planner";
  stage.must<api::RegisterTaskDefinitionResponse>("RegisterTaskDefinition", definition);
  const auto output = stage.must<api::RunTaskResponse>("RunTask", stage::run("app"));
  const std::string principal =
      control::assumed_role_arn({.account = stage::scope.account,
                                 .role = "planner",
                                 .task = stage::task_id(*output.tasks->front().task_arn)});
  CHECK(try_plan(stage, about(stage::run("web")), principal).ok());
  for (const api::PlanRequest& request :
       {about(stage::service("s", "web", 1)), about_host(stage.hosts.front())}) {
    const auto plan = try_plan(stage, request, principal);
    REQUIRE(!plan.ok());
    CHECK(plan.error().code == ErrorCode::access_denied);
  }
}

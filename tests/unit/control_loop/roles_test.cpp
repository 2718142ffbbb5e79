// Roles: who tasks are, what they may do, and how their credentials come and go.

#include <doctest/doctest.h>

#include <algorithm>

#include "control/core/access/role.h"
#include "control/core/loop/roles.h"
#include "control/core/world/lookups.h"
#include "tests/unit/control_loop/stage.h"

using schemas::ErrorCode;
using schemas::RoleUse;
using stage::Host;
using stage::Stage;
using std::chrono_literals::operator""s;

namespace {

const std::string reader = "arn:aws:iam::123456789012:role/reader";

api::Role make_role(Stage& stage, const std::string& name,
                    const std::vector<std::string>& actions) {
  api::CreateRoleRequest request;
  request.role_name = name;
  request.actions = actions;
  return stage.must<api::CreateRoleResponse>("CreateRole", request).role;
}

void delete_role(Stage& stage, const std::string& name) {
  api::DeleteRoleRequest request;
  request.role_name = name;
  stage.must<api::DeleteRoleResponse>("DeleteRole", request);
}

api::RegisterTaskDefinitionRequest definition_of(const std::string& family,
                                                 const std::string& role) {
  auto request = stage::definition(family);
  request.task_role_arn = role;
  return request;
}

/// A cluster with a role "reader" and a definition "app" that has it.
void prepare(Stage& stage) {
  stage::small_cluster(stage);
  make_role(stage, "reader", {"ecs:Describe*", "ecs:ListTasks"});
  stage.must<api::RegisterTaskDefinitionResponse>("RegisterTaskDefinition",
                                                  definition_of("app", reader));
}

/// Runs a task of "app", and answers the host that it is on.
Host& run_app(Stage& stage, schemas::TaskId& task) {
  const auto output = stage.must<api::RunTaskResponse>("RunTask", stage::run("app"));
  REQUIRE(output.tasks->size() == 1);
  task = stage::task_id(*output.tasks->front().task_arn);
  const auto host = std::find_if(stage.hosts.begin(), stage.hosts.end(), [&](const Host& each) {
    return stage.world->tasks.at(stage.world.index().task_by_id.at(task)).instance == each.id;
  });
  REQUIRE(host != stage.hosts.end());
  return *host;
}

std::string principal_of(schemas::TaskId task, const std::string& role = "reader") {
  return control::assumed_role_arn({.account = "123456789012", .role = role, .task = task});
}

template <class Output, class Input>
schemas::Result<Output> as(Stage& stage, const std::string& principal, const std::string& operation,
                           const Input& input) {
  return stage.call<Output>(operation, input, stage::scope, principal);
}

api::DescribeTasksRequest describe(schemas::TaskId task) {
  api::DescribeTasksRequest request;
  request.cluster = "c";
  request.tasks = {task.text()};
  return request;
}

}  // namespace

TEST_CASE("an action list lets through what it names, by name or by its beginning") {
  CHECK(control::allows({"ecs:RunTask"}, "ecs:RunTask"));
  CHECK_FALSE(control::allows({"ecs:RunTask"}, "ecs:RunTasks"));
  CHECK(control::allows({"ecs:List*"}, "ecs:ListTasks"));
  CHECK_FALSE(control::allows({"ecs:List*"}, "ecs:DescribeTasks"));
  CHECK_FALSE(control::allows({"ecs:*"}, "stowage:GetBill"));
  CHECK(control::allows({"x:y", "*"}, "stowage:GetBill"));
  CHECK_FALSE(control::allows({}, "ecs:ListTasks"));
  CHECK(control::is_action("ecs:*"));
  for (const char* text :
       {"", "ecs", "ecs:", "ecs:Run Task", "ecs:*Task", ":RunTask", "ecs:List**"}) {
    CHECK_FALSE(control::is_action(text));
  }
}

TEST_CASE("an assumed role is read back from its ARN, and nothing else is one") {
  schemas::Random random(1);
  const control::AssumedRole assumed{
      .account = "123456789012", .role = "a.b", .task = schemas::TaskId::draw(random)};
  const auto read = control::assumed_role_of(control::assumed_role_arn(assumed));
  REQUIRE(read);
  CHECK(read->account == assumed.account);
  CHECK(read->role == assumed.role);
  CHECK(read->task == assumed.task);
  for (const char* text :
       {"", "arn:aws:iam::123456789012:root", "arn:aws:iam::123456789012:user/a",
        "arn:aws:sts::123456789012:assumed-role/", "arn:aws:sts::123456789012:assumed-role/x",
        "arn:aws:sts::123456789012:assumed-role/x/y"}) {
    CHECK_FALSE(control::assumed_role_of(text));
  }
}

TEST_CASE("roles are made, listed, changed and deleted in their account") {
  Stage stage;
  const api::Role made = make_role(stage, "reader", {"ecs:List*"});
  CHECK(made.arn == reader);
  api::CreateRoleRequest pathed;
  pathed.role_name = "writer";
  pathed.path = "/team/blue/";
  CHECK(stage.must<api::CreateRoleResponse>("CreateRole", pathed).role.arn ==
        "arn:aws:iam::123456789012:role/team/blue/writer");
  api::ListRolesRequest list;
  list.max_results = 1;
  auto page = stage.must<api::ListRolesResponse>("ListRoles", list);
  REQUIRE(page.roles.size() == 1);
  CHECK(page.roles.front().role_name == "reader");
  list.next_token = page.next_token;
  page = stage.must<api::ListRolesResponse>("ListRoles", list);
  CHECK(page.roles.front().role_name == "writer");
  CHECK_FALSE(page.next_token.has_value());
  api::UpdateRoleRequest update;
  update.role_name = "reader";
  update.actions = {"*"};
  stage.must<api::UpdateRoleResponse>("UpdateRole", update);
  stage.restart();
  api::DescribeRoleRequest show;
  show.role_name = "reader";
  CHECK(stage.must<api::DescribeRoleResponse>("DescribeRole", show).role.actions ==
        std::vector<std::string>{"*"});
  CHECK(stage.must<api::ListRolesResponse>("ListRoles", api::ListRolesRequest{}).roles.size() == 2);
  const auto elsewhere =
      stage.call<api::DescribeRoleResponse>("DescribeRole", show, {"999999999999", "us-east-1"});
  REQUIRE_FALSE(elsewhere.ok());
  CHECK(elsewhere.error().code == ErrorCode::resource_not_found);
  delete_role(stage, "reader");
  CHECK_FALSE(stage.call<api::DescribeRoleResponse>("DescribeRole", show).ok());
  stage.check_invariants();
}

TEST_CASE(
    "a role that could not be meant is refused: a taken name, a mistyped action, a bad path") {
  Stage stage;
  make_role(stage, "reader", {});
  const auto refused = [&](const api::CreateRoleRequest& request) {
    const auto output = stage.call<api::CreateRoleResponse>("CreateRole", request);
    REQUIRE_FALSE(output.ok());
    return output.error().code;
  };
  api::CreateRoleRequest request;
  request.role_name = "reader";
  CHECK(refused(request) == ErrorCode::conflict);
  request.role_name = "other";
  for (const char* action : {"ecs:RunTsk", "RunTask", "s3:GetObject", "ecs:Run Task"}) {
    request.actions = {action};
    CHECK(refused(request) == ErrorCode::invalid_parameter);
  }
  request.actions = {"ecs:ExecuteCommand", "iam:PassRole",
                     "stowage:ReadLogs"};  // known, if not built
  request.path = "team/";
  CHECK(refused(request) == ErrorCode::invalid_parameter);
}

TEST_CASE("a definition or an override that names a role that is not there is refused") {
  Stage stage;
  stage::small_cluster(stage);
  make_role(stage, "reader", {});
  for (const char* role :
       {"nobody", "arn:aws:iam::123456789012:role/nobody", "arn:aws:iam::999999999999:role/reader",
        "arn:aws:iam::123456789012:role/path/reader", "arn:aws:iam::123456789012:user/reader"}) {
    CAPTURE(role);
    const auto registered = stage.call<api::RegisterTaskDefinitionResponse>(
        "RegisterTaskDefinition", definition_of("app", role));
    REQUIRE_FALSE(registered.ok());
    CHECK(registered.error().code == ErrorCode::client);
    CHECK(registered.error().message.starts_with("Role is not valid"));
    auto run = stage::run("web");
    run.overrides.emplace().task_role_arn = role;
    const auto started = stage.call<api::RunTaskResponse>("RunTask", run);
    REQUIRE_FALSE(started.ok());
    CHECK(started.error().code == ErrorCode::invalid_parameter);
    CHECK(started.error().message.starts_with("Role is not valid"));
  }
  const auto registered = stage.must<api::RegisterTaskDefinitionResponse>(
      "RegisterTaskDefinition", definition_of("app", "reader"));
  CHECK(registered.task_definition->task_role_arn == reader);
  auto run = stage::run("web");
  run.overrides.emplace().execution_role_arn = reader;
  const auto started = stage.must<api::RunTaskResponse>("RunTask", run);
  CHECK(started.tasks->front().overrides->execution_role_arn == reader);
}

TEST_CASE("what was registered with a role that was deleted since does not start") {
  Stage stage;
  prepare(stage);
  delete_role(stage, "reader");
  const auto run = stage.call<api::RunTaskResponse>("RunTask", stage::run("app"));
  REQUIRE_FALSE(run.ok());
  CHECK(run.error().code == ErrorCode::client);
  CHECK(run.error().message.starts_with("ECS was unable to assume the role '" + reader));
  const auto service =
      stage.call<api::CreateServiceResponse>("CreateService", stage::service("app", "app", 1));
  REQUIRE_FALSE(service.ok());
  CHECK(service.error().code == ErrorCode::client);
}

TEST_CASE("a service whose role is gone says so, and starts again when the role is back") {
  Stage stage;
  prepare(stage);
  stage.must<api::CreateServiceResponse>("CreateService", stage::service("app", "app", 1));
  stage.settle();
  delete_role(stage, "reader");
  api::StopTaskRequest stop;
  stop.cluster = "c";
  stop.task = stage.world->tasks.begin()->second.id.text();
  stage.must<api::StopTaskResponse>("StopTask", stop);
  stage.settle();
  stage.advance(30s);
  const api::Service starved = stage::described_service(stage, "c", "app");
  CHECK(starved.running_count == 0);
  CHECK(starved.events->front().message->find("unable to assume the role") != std::string::npos);
  make_role(stage, "reader", {});
  stage.advance(30s);
  stage.settle();
  CHECK(stage::described_service(stage, "c", "app").running_count == 1);
}

TEST_CASE("a host is told of the credentials of its own tasks, and of no others") {
  Stage stage;
  prepare(stage);
  schemas::TaskId task;
  Host& host = run_app(stage, task);
  for (Host& each : stage.hosts) {
    const schemas::SyncAnswer answer = stage.sync(each);
    if (each.id != host.id) {
      CHECK(answer.credentials.empty());
      continue;
    }
    REQUIRE(answer.credentials.size() == 1);
    const schemas::RoleCredentials& told = answer.credentials.front();
    CHECK(told.task == task);
    CHECK(told.use == RoleUse::task);
    CHECK(told.role_arn == reader);
    CHECK(told.expires_at == stage.now + stage.settings.credentials_life);
    CHECK(told.secret_access_key.empty());  // the edge's to fill in
    CHECK(answer.tasks_set.front().task_role_arn == reader);
  }
  CHECK(stage.sync(host).credentials.empty());  // once is enough
  host.version.reset();                         // its agent has lost everything
  CHECK(stage.sync(host).credentials.size() == 1);
  stage.restart();
  CHECK(stage.sync(host).credentials.size() == 1);
}

TEST_CASE("credentials of both roles of a task are told apart, and an override's are its own") {
  Stage stage;
  prepare(stage);
  make_role(stage, "agent", {});
  auto run = stage::run("app");
  run.overrides.emplace().task_role_arn = "agent";
  run.overrides->execution_role_arn = "reader";
  stage.must<api::RunTaskResponse>("RunTask", run);
  std::vector<schemas::RoleCredentials> told;
  for (Host& host : stage.hosts) {
    const auto answer = stage.sync(host);
    told.insert(told.end(), answer.credentials.begin(), answer.credentials.end());
  }
  REQUIRE(told.size() == 2);
  CHECK(told[0].use == RoleUse::task);
  CHECK(told[0].role_arn == "arn:aws:iam::123456789012:role/agent");
  CHECK(told[1].use == RoleUse::execution);
  CHECK(told[1].role_arn == reader);
}

TEST_CASE("credentials are renewed when half of their life is over, also when the word is lost") {
  Stage stage;
  prepare(stage);
  stage.settings.credentials_life = schemas::Duration(1'000'000);
  stage.settings.lease = schemas::Duration(100'000'000);
  schemas::TaskId task;
  Host& host = run_app(stage, task);
  stage.sync(host);
  stage.settle();
  const std::int64_t known = *host.version;
  stage.advance(499s);
  CHECK(stage.sync(host).credentials.empty());
  stage.advance(2s);
  CHECK(stage.sync(host).credentials.size() == 1);
  host.version = known;  // that answer never arrived
  const auto again = stage.sync(host);
  REQUIRE(again.credentials.size() == 1);
  CHECK(again.credentials.front().expires_at == stage.now + stage.settings.credentials_life);
  stage.advance(501s);
  CHECK(stage.sync(host).credentials.size() == 1);
}

TEST_CASE("a stopped task's credentials are renewed no more") {
  Stage stage;
  prepare(stage);
  schemas::TaskId task;
  Host& host = run_app(stage, task);
  stage.settle();
  api::StopTaskRequest stop;
  stop.cluster = "c";
  stop.task = task.text();
  stage.must<api::StopTaskResponse>("StopTask", stop);
  stage.settle();
  stage.silent.clear();
  for (int hour = 0; hour < 8; ++hour) {
    stage.advance(schemas::Duration(3'600'000));
    CHECK(stage.sync(host).credentials.empty());
  }
  CHECK(stage.parked.renewals.empty());
  CHECK(stage.parked.renewal_of_task.empty());
}

TEST_CASE("who calls as a task's role may do what the role lists, and nothing else") {
  Stage stage;
  prepare(stage);
  schemas::TaskId task;
  run_app(stage, task);
  stage.settle();
  const std::string me = principal_of(task);
  CHECK(as<api::DescribeTasksResponse>(stage, me, "DescribeTasks", describe(task)).ok());
  const auto run = as<api::RunTaskResponse>(stage, me, "RunTask", stage::run("web"));
  REQUIRE_FALSE(run.ok());
  CHECK(run.error().code == ErrorCode::access_denied);
  CHECK(run.error().message == "User: " + me +
                                   " is not authorized to perform: ecs:RunTask because role reader "
                                   "does not allow it.");
  const auto bill = as<api::GetBillResponse>(stage, me, "GetBill", api::GetBillRequest{});
  REQUIRE_FALSE(bill.ok());
  CHECK(bill.error().message.find("stowage:GetBill") != std::string::npos);
  SUBCASE("a change of the role counts at once") {
    api::UpdateRoleRequest update;
    update.role_name = "reader";
    update.actions = {"stowage:GetBill"};
    stage.must<api::UpdateRoleResponse>("UpdateRole", update);
    CHECK(as<api::GetBillResponse>(stage, me, "GetBill", api::GetBillRequest{}).ok());
    CHECK_FALSE(as<api::DescribeTasksResponse>(stage, me, "DescribeTasks", describe(task)).ok());
  }
  SUBCASE("logs are read by who may read logs") {
    const control::Turn turn = stage.turn({control::StreamWanted{.request = 1,
                                                                 .scope = stage::scope,
                                                                 .principal = me,
                                                                 .cluster = "c",
                                                                 .task = task.text(),
                                                                 .container = {}}});
    REQUIRE(turn.streams.size() == 1);
    REQUIRE_FALSE(turn.streams.front().result.ok());
    CHECK(turn.streams.front().result.error().code == ErrorCode::access_denied);
  }
}

TEST_CASE("credentials die with their task, and with their role") {
  Stage stage;
  prepare(stage);
  schemas::TaskId task;
  run_app(stage, task);
  stage.settle();
  const std::string me = principal_of(task);
  REQUIRE(as<api::DescribeTasksResponse>(stage, me, "DescribeTasks", describe(task)).ok());
  SUBCASE("the task stops") {
    api::StopTaskRequest stop;
    stop.cluster = "c";
    stop.task = task.text();
    stage.must<api::StopTaskResponse>("StopTask", stop);
    // While it ends it may still say goodbye.
    CHECK(as<api::DescribeTasksResponse>(stage, me, "DescribeTasks", describe(task)).ok());
    stage.settle();
  }
  SUBCASE("the role is deleted") { delete_role(stage, "reader"); }
  const auto dead = as<api::DescribeTasksResponse>(stage, me, "DescribeTasks", describe(task));
  REQUIRE_FALSE(dead.ok());
  CHECK(dead.error().code == ErrorCode::unrecognized_client);
}

TEST_CASE(
    "a task that runs when its deleted role is made anew is sent credentials of the new one") {
  Stage stage;
  prepare(stage);
  schemas::TaskId task;
  Host& host = run_app(stage, task);
  stage.settle();
  delete_role(stage, "reader");
  CHECK(stage.sync(host).credentials.empty());
  make_role(stage, "reader", {});
  CHECK(stage.sync(host).credentials.size() == 1);
}

TEST_CASE("a role cannot make itself another by starting tasks of it, unless it may pass roles") {
  Stage stage;
  prepare(stage);
  make_role(stage, "admin", {"*"});
  make_role(stage, "starter", {"ecs:RunTask", "ecs:RegisterTaskDefinition"});
  stage.must<api::RegisterTaskDefinitionResponse>("RegisterTaskDefinition",
                                                  definition_of("all", "admin"));
  auto run = stage::run("web");
  run.overrides.emplace().task_role_arn = "starter";
  const auto started = stage.must<api::RunTaskResponse>("RunTask", run);
  const std::string me = principal_of(stage::task_id(*started.tasks->front().task_arn), "starter");
  CHECK(as<api::RunTaskResponse>(stage, me, "RunTask", run).ok());  // its own role
  const auto direct = as<api::RunTaskResponse>(stage, me, "RunTask", stage::run("all"));
  REQUIRE_FALSE(direct.ok());
  CHECK(direct.error().code == ErrorCode::access_denied);
  CHECK(direct.error().message.find("iam:PassRole") != std::string::npos);
  run.overrides->task_role_arn = "admin";
  CHECK_FALSE(as<api::RunTaskResponse>(stage, me, "RunTask", run).ok());
  CHECK_FALSE(as<api::RegisterTaskDefinitionResponse>(stage, me, "RegisterTaskDefinition",
                                                      definition_of("mine", "admin"))
                  .ok());
  api::UpdateRoleRequest update;
  update.role_name = "starter";
  update.actions = {"ecs:RunTask", "iam:PassRole"};
  stage.must<api::UpdateRoleResponse>("UpdateRole", update);
  CHECK(as<api::RunTaskResponse>(stage, me, "RunTask", run).ok());
}

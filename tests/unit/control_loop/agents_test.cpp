#include <doctest/doctest.h>

#include "tests/unit/control_loop/stage.h"

using std::chrono_literals::operator""s;
using stage::Stage;

namespace {

control::AgentSync long_poll(const stage::Host& host, std::int64_t waiter) {
  schemas::SyncRequest request;
  request.agent = host.id;
  request.boot_id = host.boot_id;
  request.have_version = host.version;
  request.hold_ms = 20'000;
  return {.waiter = waiter, .identity_hash = host.identity, .request = request};
}

const schemas::SyncAnswer* answer_to(const control::Turn& turn, std::int64_t waiter) {
  for (const control::AgentReply& reply : turn.agents) {
    if (reply.waiter == waiter) {
      return std::get_if<schemas::SyncAnswer>(&reply.answer);
    }
  }
  return nullptr;
}

control::ApiCall run_call(std::int64_t request) {
  return {.request = request,
          .scope = stage::scope,
          .principal = "p",
          .operation = "RunTask",
          .input = api::Value::of(stage::run("web"))};
}

}  // namespace

TEST_CASE("a report that comes after a newer one of its host says nothing of the present") {
  Stage stage;
  stage::small_cluster(stage);
  api::RegisterTaskDefinitionRequest checked = stage::definition("checked");
  api::HealthCheck check;
  check.command = {"CMD", "/well"};
  checked.container_definitions.front().health_check = check;
  stage.must<api::RegisterTaskDefinitionResponse>("RegisterTaskDefinition", checked);
  const std::string arn =
      *stage.must<api::RunTaskResponse>("RunTask", stage::run("checked")).tasks->front().task_arn;
  stage.settle();
  const schemas::TaskId id = stage::task_id(arn);
  for (stage::Host& host : stage.hosts) {
    if (!host.tasks.contains(id)) {
      continue;
    }
    schemas::TaskReport unknown =
        stage::report(id, schemas::TaskStatus::running, host.tasks.at(id));
    schemas::TaskReport healthy = unknown;
    healthy.containers.front().health = schemas::HealthStatus::healthy;
    host.sequence += 10;
    stage.sync(host, {healthy});
    CHECK(stage::described(stage, "c", arn).health_status == api::HealthStatus::healthy);
    host.sequence -= 5;
    stage.sync(host, {unknown});
    CHECK(stage::described(stage, "c", arn).health_status == api::HealthStatus::healthy);
    host.sequence = 0;
    host.boot_id = "boot-2";  // and has lost count
    stage.sync(host, {unknown});
    CHECK(stage::described(stage, "c", arn).health_status == api::HealthStatus::unknown);
  }
}

TEST_CASE("a waiting agent is answered in the turn that changes what it must do") {
  Stage stage;
  stage::small_cluster(stage);
  stage.settle();
  CHECK(answer_to(stage.turn({long_poll(stage.hosts[0], 1)}), 1) == nullptr);
  CHECK(answer_to(stage.turn({long_poll(stage.hosts[1], 2)}), 2) == nullptr);
  const control::Turn turn = stage.turn({run_call(9)});
  REQUIRE(turn.agents.size() == 1);
  const auto* answer = std::get_if<schemas::SyncAnswer>(&turn.agents.front().answer);
  REQUIRE(answer != nullptr);
  CHECK(answer->tasks_set.size() == 1);
  CHECK_FALSE(answer->full);
  CHECK_FALSE(turn.rows.empty());
  CHECK(stage.parked.polls.size() == 1);
}

TEST_CASE("a long poll ends empty after its hold, and a newer one answers the older") {
  Stage stage;
  stage::small_cluster(stage);
  stage.settle();
  CHECK(answer_to(stage.turn({long_poll(stage.hosts[0], 1)}), 1) == nullptr);
  stage.now += 5s;
  const control::Turn replaced = stage.turn({long_poll(stage.hosts[0], 2)});
  CHECK(answer_to(replaced, 1) != nullptr);
  CHECK(answer_to(replaced, 2) == nullptr);
  CHECK(replaced.next_wake <= stage.now + 20s);
  stage.now += 20s;
  const control::Turn ended = stage.turn({control::Tick{}});
  const schemas::SyncAnswer* answer = answer_to(ended, 2);
  REQUIRE(answer != nullptr);
  CHECK(answer->tasks_set.empty());
  CHECK(answer->version == *stage.hosts[0].version);
  CHECK(stage.parked.polls.empty());
  CHECK(stage.parked.poll_deadlines.empty());
}

TEST_CASE("several inputs of one turn are one group of rows") {
  Stage stage;
  stage::small_cluster(stage);
  const control::Turn turn = stage.turn({run_call(1), run_call(2), run_call(3)});
  CHECK(turn.replies.size() == 3);
  std::int64_t tasks = 0;
  for (const control::Row& row : turn.rows) {
    tasks += row.table == control::Table::task ? 1 : 0;
  }
  CHECK(tasks == 3);
}

TEST_CASE("a turn with nothing to do writes nothing") {
  Stage stage;
  stage::small_cluster(stage);
  stage.settle();
  stage.turn({control::Tick{}});
  CHECK(stage.turn({control::Tick{}}).rows.empty());
  CHECK(stage.turn({long_poll(stage.hosts[0], 1)}).rows.empty());
}

TEST_CASE("a row of a task's state stays below 300 bytes") {
  Stage stage;
  stage::small_cluster(stage);
  stage.must<api::RunTaskResponse>("RunTask", stage::run("web"));
  stage.settle();
  for (const auto& [key, row] : stage.store.table(control::Table::task_state)) {
    std::size_t bytes = 0;
    for (const control::Value& value : row.values) {
      const auto* text = std::get_if<std::string>(&value);
      bytes += text != nullptr ? text->size() : 8;
    }
    CHECK(bytes <= 300);
  }
}

TEST_CASE("an unknown identity is refused, a known one joins again as the same instance") {
  Stage stage;
  stage::small_cluster(stage);
  const control::Turn unknown =
      stage.turn({control::AgentSync{.waiter = 5, .identity_hash = "nobody", .request = {}}});
  REQUIRE(unknown.agents.size() == 1);
  const auto* error = std::get_if<schemas::Error>(&unknown.agents.front().answer);
  REQUIRE(error != nullptr);
  CHECK(error->code == schemas::ErrorCode::access_denied);

  schemas::JoinRequest request;
  request.cluster = "c";
  const control::Turn again = stage.turn({control::AgentJoin{
      .waiter = 6, .scope = stage::scope, .identity_hash = "identity-1", .request = request}});
  const auto* answer = std::get_if<schemas::JoinAnswer>(&again.agents.front().answer);
  REQUIRE(answer != nullptr);
  CHECK(answer->instance == stage.hosts[0].id);
  CHECK(stage.world->instances.size() == 2);
}

TEST_CASE("a host that joins a cluster which does not exist makes it") {
  Stage stage;
  stage.join("fresh", "us-east-1a", {1024}, {1024});
  REQUIRE(stage.world->clusters.size() == 1);
  CHECK(stage.world->clusters.begin()->second.name == "fresh");
  CHECK(stage.events.front().kind == "cluster.created");
}

TEST_CASE("a host that asks for a cluster by an impossible name is refused") {
  Stage stage;
  schemas::JoinRequest request;
  request.cluster = "my cluster";
  request.inventory.cpu = {1024};
  request.inventory.memory = {1024};
  request.inventory.availability_zone = "us-east-1a";
  const control::Turn turn = stage.turn({control::AgentJoin{
      .waiter = 1, .scope = stage::scope, .identity_hash = "new", .request = request}});
  const auto* error = std::get_if<schemas::Error>(&turn.agents.front().answer);
  REQUIRE(error != nullptr);
  CHECK(error->message.find("my cluster") != std::string::npos);
  CHECK(stage.world->clusters.empty());
}

TEST_CASE("a report about a task that is not the host's own changes nothing and is told gone") {
  Stage stage;
  stage::small_cluster(stage);
  const std::string arn = *stage.call<api::RunTaskResponse>("RunTask", stage::run("web"))
                               .value()
                               .tasks->front()
                               .task_arn;
  stage.settle();
  stage::Host& stranger = stage.hosts[0].tasks.empty() ? stage.hosts[0] : stage.hosts[1];
  schemas::TaskReport report;
  report.id = stage::task_id(arn);
  report.status = schemas::TaskStatus::stopped;
  const schemas::SyncAnswer answer = stage.sync(stranger, {report});
  CHECK(answer.tasks_gone == std::vector{report.id});
  CHECK(stage::described(stage, "c", arn).last_status == "RUNNING");
}

TEST_CASE("a restart of control neither stops tasks nor sends hosts anything wrong") {
  Stage stage;
  stage::small_cluster(stage);
  stage.must<api::CreateServiceResponse>("CreateService", stage::service("s", "web", 3));
  stage.settle();
  const auto before = stage.hosts[0].tasks;
  stage.restart();
  const schemas::SyncAnswer answer = stage.sync(stage.hosts[0]);
  CHECK(answer.full);
  CHECK(stage.hosts[0].tasks == before);
  stage.settle();
  CHECK(stage.world->tasks.size() == 3);
  CHECK(stage::described_service(stage, "c", "s").running_count == 3);
}

TEST_CASE("a log is asked for at the task's own host until the stream is open") {
  Stage stage;
  stage::small_cluster(stage);
  const std::string arn = *stage.call<api::RunTaskResponse>("RunTask", stage::run("web"))
                               .value()
                               .tasks->front()
                               .task_arn;
  stage.settle();
  stage::Host& host = stage.hosts[0].tasks.empty() ? stage.hosts[1] : stage.hosts[0];
  stage.turn({long_poll(host, 1)});
  control::StreamWanted wanted;
  wanted.request = 4;
  wanted.scope = stage::scope;
  wanted.cluster = "c";
  wanted.task = arn;
  const control::Turn turn = stage.turn({wanted});
  REQUIRE(turn.streams.size() == 1);
  REQUIRE(turn.streams.front().result.ok());
  const control::StreamOpened opened = turn.streams.front().result.value();
  CHECK(opened.instance == host.id);
  CHECK(opened.identity_hash == host.identity);
  const schemas::SyncAnswer* answer = answer_to(turn, 1);
  REQUIRE(answer != nullptr);
  REQUIRE(answer->asks.size() == 1);
  CHECK(answer->asks.front().id == opened.ask);
  CHECK(answer->asks.front().container == "main");

  CHECK(stage.sync(host).asks.empty());  // asked just now
  stage.now += 3s;
  CHECK(stage.sync(host).asks.size() == 1);  // not opened: asked again
  stage.turn({control::StreamSettled{.ask = opened.ask}});
  stage.now += 3s;
  CHECK(stage.sync(host).asks.empty());

  wanted.container = "ghost";
  const control::Turn wrong = stage.turn({wanted});
  REQUIRE_FALSE(wrong.streams.front().result.ok());
  CHECK(wrong.streams.front().result.error().message.find("main") != std::string::npos);
}

TEST_CASE("a damaged row is refused by name") {
  Stage stage;
  stage::small_cluster(stage);
  control::Snapshot snapshot = stage.store.snapshot();
  auto& clusters = snapshot.rows[static_cast<std::size_t>(control::Table::cluster)];
  REQUIRE(clusters.size() == 1);
  clusters.front().values[3] = std::int64_t{77};
  const auto loaded = control::load(snapshot, stage.settings, stage.now);
  REQUIRE_FALSE(loaded.ok());
  CHECK(loaded.error().message.find("table cluster, column status") != std::string::npos);
}

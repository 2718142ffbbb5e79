// Control goes back to what a backup knew. Everybody who saw more of it must notice.

#include "control/core/loop/rows/restored.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "tests/unit/control_loop/stage.h"

using stage::Host;
using stage::Stage;
using std::chrono_literals::operator""h;
using std::chrono_literals::operator""s;

namespace {

/// The stage goes on from an earlier snapshot, as `ecs-control restore` leaves it, an hour later.
void restore(Stage& stage, const stage::Store& backup) {
  stage.advance(3600s);
  stage::Store store = backup;
  {
    const auto world = control::load(store.snapshot(), stage.settings, stage.now);
    REQUIRE(world.ok());
    store.commit(control::restored_rows(
        world.value(), store.snapshot(),
        {.scope = stage::scope, .now = stage.now, .message = "restored from a backup"}));
  }
  auto world = control::load(store.snapshot(), stage.settings, stage.now);
  REQUIRE_MESSAGE(world.ok(), (world.ok() ? "" : world.error().message));
  stage.store = std::move(store);
  stage.world = std::move(world).value();
  stage.parked = {};
  stage.next_wake = stage.now;
  stage.turn({control::Tick{}});
}

std::vector<std::string> arns(Stage& stage, const api::RunTaskRequest& request) {
  const auto made = stage.must<api::RunTaskResponse>("RunTask", request);
  std::vector<std::string> found;
  for (const api::Task& task : *made.tasks) {
    found.push_back(*task.task_arn);
  }
  return found;
}

}  // namespace

TEST_CASE("hosts stop the tasks that a restored control does not know, and keep the others") {
  Stage stage;
  stage::small_cluster(stage);
  const schemas::TaskId known = stage::task_id(arns(stage, stage::run("web")).front());
  stage.settle();
  const stage::Store backup = stage.store;
  const schemas::TaskId unknown = stage::task_id(arns(stage, stage::run("web")).front());
  stage.settle();
  const auto holder = [&stage](schemas::TaskId task) -> Host& {
    const auto found = std::find_if(stage.hosts.begin(), stage.hosts.end(),
                                    [task](const Host& host) { return host.tasks.contains(task); });
    REQUIRE(found != stage.hosts.end());
    return *found;
  };
  Host& host = holder(unknown);
  const std::int64_t version = *host.version;

  restore(stage, backup);
  const schemas::SyncAnswer answer = stage.sync(host);
  CHECK(answer.full);
  CHECK(answer.version > version);
  CHECK_FALSE(host.tasks.contains(unknown));
  // Were its report to come late, it would be told once more.
  schemas::TaskReport late;
  late.id = unknown;
  late.status = schemas::TaskStatus::running;
  const schemas::SyncAnswer told = stage.sync(host, {late});
  CHECK(told.tasks_gone == std::vector<schemas::TaskId>{unknown});
  stage.settle();
  CHECK(holder(known).tasks.size() >= 1);
  stage.check_invariants();
}

TEST_CASE("a host that joined after the backup is told to join anew") {
  Stage stage;
  stage::small_cluster(stage);
  const stage::Store backup = stage.store;
  Host& newcomer = stage.join("c", "us-east-1a", {1024}, {1024});
  restore(stage, backup);
  const control::Turn turn = stage.turn(
      {control::AgentSync{.waiter = 1, .identity_hash = newcomer.identity, .request = {}}});
  REQUIRE(turn.agents.size() == 1);
  const auto* error = std::get_if<schemas::Error>(&turn.agents.front().answer);
  REQUIRE(error != nullptr);
  CHECK(error->message.find("join again") != std::string::npos);
}

TEST_CASE("events after a restore have numbers that no event before it can have had") {
  Stage stage;
  stage::small_cluster(stage);
  const stage::Store backup = stage.store;
  const std::size_t known = stage.events.size();
  arns(stage, stage::run("web"));
  const std::int64_t last = stage.events.back().sequence;
  restore(stage, backup);
  const auto& kept = stage.store.table(control::Table::event);
  CHECK(kept.size() == known + 1);
  CHECK(kept.rbegin()->first > last + 1'000'000);
  CHECK(std::get<std::string>(kept.rbegin()->second.values[3]) == "control.restored");
  arns(stage, stage::run("web"));
  CHECK(stage.events.back().sequence > kept.rbegin()->first - 10);
}

TEST_CASE("a list that was begun before a restore goes on with what was made after it") {
  Stage stage;
  stage::small_cluster(stage);
  api::RunTaskRequest three = stage::run("web");
  three.count = 3;
  const std::vector<std::string> before = arns(stage, three);
  const stage::Store backup = stage.store;
  arns(stage, three);
  api::ListTasksRequest request;
  request.cluster = "c";
  request.max_results = 5;
  const auto page = stage.must<api::ListTasksResponse>("ListTasks", request);
  REQUIRE(page.next_token);

  restore(stage, backup);
  stage.settle();
  const std::vector<std::string> after = arns(stage, three);
  request.next_token = page.next_token;
  const auto rest = stage.must<api::ListTasksResponse>("ListTasks", request);
  CHECK(*rest.task_arns == after);
}

TEST_CASE("the numbers go on from a restore in every later process") {
  Stage stage;
  stage::small_cluster(stage);
  restore(stage, stage::Store(stage.store));
  const std::int64_t next = stage.world.next_key(control::Table::task);
  CHECK(next > 1'000'000'000'000'000);
  const std::int64_t epoch = stage.world.epoch();
  for (int start = 1; start <= 3; ++start) {
    stage.restart();
    stage.turn({control::Tick{}});
    CHECK(stage.world.next_key(control::Table::task) == next);
    CHECK(stage.world.epoch() == epoch + start);
  }
}

#include "agent/edge/checkpoint/checkpoint.h"

#include <doctest/doctest.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include <fstream>
#include <sstream>
#include <string>

#include "tests/unit/agent_core/builders.h"
#include "tests/unit/agent_edge/loopback.h"

using agent::Checkpoint;
using agent_test::container;
using agent_test::TemporaryDirectory;

namespace {

/// A host with a task of every saved field, as format 1 was born with.
agent::HostState example_host() {
  agent::HostState state;
  auto assignment = agent_test::metered(agent_test::task(
      1,
      {container("setup", agent_test::Essential::no),
       agent_test::after(container("web"), "setup", schemas::DependencyCondition::success)},
      schemas::NetworkMode::awsvpc));
  assignment.cluster_arn = "arn:aws:ecs:us-east-1:123456789012:cluster/default";
  assignment.cpu_limit = schemas::CpuUnits{256};
  assignment.memory_limit = schemas::MemoryMib{512};
  agent::TaskState task = agent::fresh_task(assignment);
  agent::TaskRecord& record = task.record;
  const schemas::Instant at = agent_test::at_second(1).wall;
  record.eni = agent_test::eni_for(assignment);
  record.eni_attached = true;
  record.status = schemas::TaskStatus::stopping;
  record.stop_code = schemas::StopCode::essential_container_exited;
  record.stopped_reason = "Essential container in task exited";
  record.stopping = true;
  record.pull_started_at = at;
  record.pull_stopped_at = at;
  record.started_at = at;
  record.execution_stopped_at = at;
  agent::SavedContainer& ended = record.containers[0];
  ended.progress = agent::ContainerProgress::stopped;
  ended.exit_code = 0;
  ended.runtime_id = "runtime-0";
  ended.image_digest = "sha256:0";
  ended.started_boot_ns = 1'000'000'000;
  ended.started_at = at;
  ended.finished_at = at;
  agent::SavedContainer& running = record.containers[1];
  running.progress = agent::ContainerProgress::running;
  running.reason = "a reason";
  running.runtime_id = "runtime-1";
  running.image_digest = "sha256:1";
  running.stop_signal = "SIGQUIT";
  running.started_boot_ns = 2'000'000'000;
  running.started_at = at;
  record.meter = {agent::MeterRecordState::Phase::open, 3, agent_test::at_second(60), 5, 6, 7};
  state.tasks[assignment.id] = task;
  return state;
}

/// The same with what is saved since containers are checked and restarted.
agent::HostState kept_host() {
  agent::HostState state = example_host();
  agent::SavedContainer& web = state.tasks.at(agent_test::task_id(1)).record.containers[1];
  const schemas::Instant at = agent_test::at_second(1).wall;
  web.restarts = 2;
  web.last_end = at;
  web.health = schemas::HealthStatus::unhealthy;
  web.health_since = at;
  web.health_exit_code = 1;
  web.health_output = "no answer";
  return state;
}

schemas::MeterRecord example_record() {
  schemas::MeterRecord record;
  record.task = agent_test::task_id(1);
  record.sequence = 2;
  record.monotonic_start_ns = 1;
  record.monotonic_end_ns = 60'000'000'001;
  record.wall_start = agent_test::at_second(0).wall;
  record.wall_end = agent_test::at_second(60).wall;
  record.cpu_time_ns = 11;
  record.memory_byte_seconds = 12;
  record.memory_peak_bytes = 13;
  return record;
}

schemas::SyncAnswer example_network() {
  schemas::SyncAnswer answer;
  answer.enis_set = {agent_test::eni_for(agent_test::task(1, {container("web")}))};
  answer.subnets_set = {agent_test::subnet()};
  schemas::Neighbour neighbour;
  neighbour.id = schemas::EniId(agent_test::bytes_of(8));
  neighbour.subnet = agent_test::subnet().id;
  neighbour.vpc = agent_test::subnet().vpc;
  neighbour.host_address = schemas::Ipv4{.bits = 0xc6120102};
  answer.neighbours_set = {neighbour};
  return answer;
}

/// Writes the example into a fresh checkpoint.
void write_example(const std::string& path, const agent::HostState& state = example_host()) {
  auto checkpoint = Checkpoint::open(path);
  REQUIRE(checkpoint.ok());
  REQUIRE(checkpoint.value().load().ok());
  REQUIRE(checkpoint.value().keep_boot("boot-1").ok());
  agent::Step step;
  step.save = {agent_test::task_id(1)};
  step.meters_made = {example_record()};
  const std::vector<schemas::SyncAnswer> network = {example_network()};
  REQUIRE(checkpoint.value().save(step, state, network).ok());
}

void check_example(const std::string& path, const agent::HostState& state = example_host()) {
  auto checkpoint = Checkpoint::open(path);
  REQUIRE_MESSAGE(checkpoint.ok(), (checkpoint.ok() ? "" : checkpoint.error().message));
  auto restored = checkpoint.value().load();
  REQUIRE_MESSAGE(restored.ok(), (restored.ok() ? "" : restored.error().message));
  REQUIRE(restored.value().tasks.size() == 1);
  CHECK(restored.value().tasks.front() ==
        agent::durable_part(state.tasks.at(agent_test::task_id(1))));
  CHECK(restored.value().meters == std::vector<schemas::MeterRecord>{example_record()});
  netif::HostNetwork network;
  netif::fold(network, example_network());
  CHECK(restored.value().network == network);
  CHECK(restored.value().boot_id == "boot-1");
  CHECK(restored.value().starts == 2);
}

std::string golden_path(const std::string& name) {
  return std::string(SOURCE_ROOT) + "/tests/unit/agent_edge/golden/" + name;
}

std::string text_of(const std::string& path) {
  const std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

void execute(const std::string& path, const std::string& sql) {
  sqlite3* database = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &database) == SQLITE_OK);
  CHECK(sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(database);
}

/// The rows of every table as INSERT statements, in order: what a golden file is made of.
std::string rows_of(const std::string& path) {
  std::string text;
  sqlite3* database = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &database) == SQLITE_OK);
  for (const std::string table : {"about", "assignments", "meters", "network", "progress"}) {
    sqlite3_stmt* rows = nullptr;
    const std::string query = "SELECT * FROM " + table;
    REQUIRE(sqlite3_prepare_v2(database, query.c_str(), -1, &rows, nullptr) == SQLITE_OK);
    while (sqlite3_step(rows) == SQLITE_ROW) {
      text += "INSERT INTO " + table + " VALUES (";
      for (int column = 0; column < sqlite3_column_count(rows); ++column) {
        const auto* value = sqlite3_column_text(rows, column);
        text +=
            std::string(column == 0 ? "" : ", ") + "'" + reinterpret_cast<const char*>(value) + "'";
      }
      text += ");\n";
    }
    sqlite3_finalize(rows);
  }
  sqlite3_close(database);
  return text;
}

}  // namespace

TEST_CASE("what an agent saved is what its successor reads") {
  const TemporaryDirectory data;
  write_example(data.path() + "/agent.db");
  check_example(data.path() + "/agent.db");
}

TEST_CASE("a checkpoint of format 1 is still read, as it was born and as it has become") {
  const TemporaryDirectory data;
  const std::string born = data.path() + "/born.db";
  execute(born, text_of(golden_path("checkpoint_v1.sql")));
  check_example(born);
  const std::string kept = data.path() + "/kept.db";
  execute(kept, text_of(golden_path("checkpoint_v1_kept.sql")));
  check_example(kept, kept_host());
}

TEST_CASE("a checkpoint keeps room for what must be saved when the disk is full") {
  const TemporaryDirectory data;
  const std::string path = data.path() + "/agent.db";
  const auto bytes_kept = [&] {
    struct stat log {};
    REQUIRE(stat((path + "-wal").c_str(), &log) == 0);
    return log.st_blocks * 512;
  };
  auto checkpoint = Checkpoint::open(path);
  REQUIRE(checkpoint.ok());
  CHECK(bytes_kept() >= 4'194'304);
  REQUIRE(checkpoint.value().load().ok());
  agent::Step step;
  step.save = {agent_test::task_id(1)};
  REQUIRE(checkpoint.value().save(step, example_host(), {}).ok());
  checkpoint.value().tidy();
  REQUIRE(checkpoint.value().keep_boot("boot-2").ok());
  CHECK(bytes_kept() >= 4'194'304);
}

TEST_CASE("format 1 is what is written") {
  const TemporaryDirectory data;
  const std::string path = data.path() + "/agent.db";
  write_example(path, kept_host());
  const std::string golden = text_of(golden_path("checkpoint_v1_kept.sql"));
  CHECK(golden.substr(golden.find("INSERT")) == rows_of(path));
}

TEST_CASE("an agent killed while it takes a new boot in finds out again that the host has booted") {
  const TemporaryDirectory data;
  const std::string path = data.path() + "/agent.db";
  write_example(path);
  for (int start = 0; start < 2; ++start) {
    auto checkpoint = Checkpoint::open(path);
    REQUIRE(checkpoint.ok());
    const auto restored = checkpoint.value().load();
    REQUIRE(restored.ok());
    CHECK(restored.value().boot_id == "boot-1");
    // Killed here, before what "boot-2" means for the tasks was saved.
  }
  auto checkpoint = Checkpoint::open(path);
  REQUIRE(checkpoint.ok());
  REQUIRE(checkpoint.value().load().ok());
  REQUIRE(checkpoint.value().keep_boot("boot-2").ok());
  CHECK(checkpoint.value().load().value().boot_id == "boot-2");
}

TEST_CASE("what is forgotten or acknowledged is not found again") {
  const TemporaryDirectory data;
  const std::string path = data.path() + "/agent.db";
  write_example(path);
  {
    auto checkpoint = Checkpoint::open(path);
    REQUIRE(checkpoint.ok());
    REQUIRE(checkpoint.value().load().ok());
    agent::Step step;
    step.forget = {agent_test::task_id(1)};
    step.meters_acknowledged = {{agent_test::task_id(1), 2}};
    std::vector<schemas::SyncAnswer> network(1);
    network.front().full = true;
    REQUIRE(checkpoint.value().save(step, agent::HostState{}, network).ok());
    checkpoint.value().tidy();
  }
  auto checkpoint = Checkpoint::open(path);
  REQUIRE(checkpoint.ok());
  const auto restored = checkpoint.value().load();
  REQUIRE(restored.ok());
  CHECK(restored.value().tasks.empty());
  CHECK(restored.value().meters.empty());
  CHECK(restored.value().network == netif::HostNetwork{});
  CHECK(restored.value().starts == 3);
}

TEST_CASE(
    "who a VPC's neighbours were is forgotten with its last subnet, as nobody tells when they go") {
  const TemporaryDirectory data;
  const std::string path = data.path() + "/agent.db";
  write_example(path);
  {
    auto checkpoint = Checkpoint::open(path);
    REQUIRE(checkpoint.ok());
    REQUIRE(checkpoint.value().load().ok());
    std::vector<schemas::SyncAnswer> network(2);
    network[0].enis_gone = {example_network().enis_set.front().id};
    network[0].subnets_gone = {agent_test::subnet().id};
    network[1].subnets_set = {agent_test::subnet()};  // and it comes back
    REQUIRE(checkpoint.value().save({}, agent::HostState{}, network).ok());
  }
  auto checkpoint = Checkpoint::open(path);
  REQUIRE(checkpoint.ok());
  const auto restored = checkpoint.value().load();
  REQUIRE(restored.ok());
  CHECK(restored.value().network.subnets.size() == 1);
  CHECK(restored.value().network.neighbours.empty());
}

TEST_CASE("a newer agent's checkpoint and a damaged one are refused with what to do") {
  const TemporaryDirectory data;
  const std::string newer = data.path() + "/newer.db";
  write_example(newer);
  execute(newer, "UPDATE about SET value = '99' WHERE name = 'format'");
  const auto opened = Checkpoint::open(newer);
  REQUIRE_FALSE(opened.ok());
  CHECK(opened.error().message.find("format 99") != std::string::npos);

  const std::string damaged = data.path() + "/damaged.db";
  std::ofstream(damaged) << std::string(8192, 'x');
  const auto refused = Checkpoint::open(damaged);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().message.find("ecs-agent cleanup") != std::string::npos);

  const std::string garbled = data.path() + "/garbled.db";
  write_example(garbled);
  execute(garbled, "UPDATE progress SET body = '{'");
  auto checkpoint = Checkpoint::open(garbled);
  REQUIRE(checkpoint.ok());
  CHECK_FALSE(checkpoint.value().load().ok());
}

// The control loop on a disk that fails: every operation of the disk in turn, under the real loop
// and the real store, until a whole life has none left to fail. Then the process ends, saying why;
// nobody was told of the turn that failed; and the next process finds World as it was acknowledged,
// with the turn that was under way whole or not at all.

#include <doctest/doctest.h>

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <vector>

#include "control/core/loop/loop.h"
#include "control/edge/loop/event_feed.h"
#include "control/edge/loop/metrics.h"
#include "control/edge/loop/turn_loop.h"
#include "control/edge/store/sqlite/sqlite_store.h"
#include "schemas/codec/api.h"
#include "spdlog/spdlog.h"
#include "tests/store/faulty_disk.h"
#include "tests/store/life.h"
#include "tests/store/workplace.h"

namespace control::store {

namespace {

using edge::TurnLoop;
using store_test::Fault;
using store_test::FaultyDisk;
using store_test::Unsynced;
using store_test::Workplace;
// clang-tidy 14 does not see that a literal uses them. NOLINTBEGIN(misc-unused-using-decls)
using std::chrono_literals::operator""s;
// NOLINTEND(misc-unused-using-decls)

constexpr std::int64_t operations_max = 5'000;
const schemas::Instant noon(std::chrono::seconds(1'790'000'000));

/// All that a store holds: World, and how far the append-only tables go.
struct State {
  std::string world;
  std::int64_t events = 0;
  std::int64_t meters = 0;
  bool operator==(const State&) const = default;
};

/// One ecs-control without its sockets: the real loop and store. It ends with its first failure.
class Process {
 public:
  explicit Process(std::string path) : path_(std::move(path)) {}
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  ~Process() { end(); }

  bool start();
  void end() { loop_.reset(); }

  /// False when the process has ended before it answered.
  bool call(const std::string& operation, const std::string& json, const std::string& kept = {});
  bool sync(schemas::SyncRequest request, const std::string& identity);
  bool join(const std::string& identity, bool pool);
  [[nodiscard]] const schemas::SyncAnswer& heard() const { return heard_; }

  void advance(schemas::Duration by) { now_ += by.count(); }
  [[nodiscard]] schemas::Instant now() const { return schemas::Instant(schemas::Duration(now_)); }
  [[nodiscard]] const std::string& failure() const { return failure_; }
  /// What World was when each answer was given; the first is what was loaded.
  [[nodiscard]] const std::vector<State>& acknowledged() const { return acknowledged_; }
  /// To be looked at between answers: the loop does nothing then.
  [[nodiscard]] const World& world() const { return world_; }

 private:
  void note() {
    acknowledged_.push_back({.world = store_test::text_of(store_test::rows_of(world_)),
                             .events = world_.next_key(Table::event) - 1,
                             .meters = world_.next_key(Table::meter) - 1});
  }
  /// Posts something and waits until it was answered or the process has ended.
  bool answered(const std::function<void(std::function<void()>)>& post);

  std::string path_;
  std::atomic<std::int64_t> now_ = noon.time_since_epoch().count();
  Settings settings_;
  World world_;
  Parked parked_;
  schemas::Random random_{7};
  edge::Metrics metrics_;
  std::unique_ptr<edge::EventFeed> feed_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool ended_ = false;
  std::string failure_;
  std::vector<State> acknowledged_;
  schemas::SyncAnswer heard_;
  std::unique_ptr<TurnLoop> loop_;
};

bool Process::start() {
  const auto refuse = [this](const schemas::Error& error) {
    failure_ = error.message;
    return false;
  };
  auto store = open_sqlite({.path = path_});
  if (!store.ok()) {
    return refuse(store.error());
  }
  const schemas::Result<Snapshot> snapshot = store.value()->load();
  if (!snapshot.ok()) {
    return refuse(snapshot.error());
  }
  schemas::Result<World> world = control::load(snapshot.value(), settings_, noon);
  REQUIRE_MESSAGE(world.ok(), (world.ok() ? "" : world.error().message));
  world_ = std::move(world).value();
  auto reader = store.value()->open_event_reader();
  if (!reader.ok()) {
    return refuse(reader.error());
  }
  feed_ = std::make_unique<edge::EventFeed>(std::move(reader).value(), 0);
  note();
  loop_ = std::make_unique<TurnLoop>(
      edge::LoopParts{.step =
                          [this](std::span<const Input> inputs, schemas::Instant now) {
                            return step(world_, parked_, inputs, settings_, now, random_);
                          },
                      .clock = [this] { return now(); },
                      .store = std::move(store).value(),
                      .retention = {},
                      .feed = *feed_,
                      .metrics = metrics_,
                      .fail =
                          [this](const schemas::Error& error) {
                            const std::lock_guard lock(mutex_);
                            CHECK_MESSAGE(!ended_, "a process that has failed went on");
                            failure_ = error.message;
                            ended_ = true;
                            changed_.notify_all();
                          }});
  loop_->start();
  return true;
}

bool Process::answered(const std::function<void(std::function<void()>)>& post) {
  advance(1s);
  bool came = false;
  post([this, &came] {
    note();  // on the loop's thread, behind the commit
    const std::lock_guard lock(mutex_);
    came = true;
    changed_.notify_all();
  });
  std::unique_lock lock(mutex_);
  const bool in_time =
      changed_.wait_for(lock, std::chrono::seconds(60), [&] { return came || ended_; });
  REQUIRE_MESSAGE(in_time, "neither an answer nor an end");
  CHECK_MESSAGE(!(came && ended_), "a turn that was not committed was answered");
  return came;
}

bool Process::call(const std::string& operation, const std::string& json, const std::string& kept) {
  const auto known = api::find_operation(operation);
  REQUIRE(known.ok());
  schemas::Result<api::Value> input = api::decode_input(*known.value(), json);
  REQUIRE_MESSAGE(input.ok(), (input.ok() ? "" : input.error().message));
  return answered([&](const std::function<void()>& done) {
    loop_->call({.request = 0,
                 .scope = stage::scope,
                 .principal = "arn:aws:iam::123456789012:root",
                 .operation = operation,
                 .input = input.value(),
                 .drawn = {.id = "AKIA" + kept, .kept = kept}},
                [done, operation](const schemas::Result<api::Value>& result) {
                  if (!result.ok() && result.error().code == schemas::ErrorCode::server) {
                    return;  // acknowledges nothing: the end has to follow
                  }
                  CHECK_MESSAGE(result.ok(),
                                operation << (result.ok() ? "" : result.error().message));
                  done();
                });
  });
}

bool Process::join(const std::string& identity, bool pool) {
  schemas::JoinRequest request;
  request.cluster = pool ? "" : "c";
  request.pool = pool;
  request.boot_id = "boot";
  request.inventory.cpu = {4096};
  request.inventory.memory = {8192};
  request.inventory.eni_capacity = 100;
  request.inventory.availability_zone = "us-east-1a";
  return answered([&](const std::function<void()>& done) {
    loop_->join({.waiter = 0, .scope = stage::scope, .identity_hash = identity, .request = request},
                [done](const edge::AgentAnswer& answer) {
                  CHECK(std::holds_alternative<schemas::JoinAnswer>(answer));
                  done();
                });
  });
}

bool Process::sync(schemas::SyncRequest request, const std::string& identity) {
  request.agent = world_.index().instance_by_identity.at(identity);
  request.boot_id = "boot";
  return answered([&](const std::function<void()>& done) {
    loop_->sync({.waiter = 0, .identity_hash = identity, .request = request},
                [this, done](const edge::AgentAnswer& answer) {
                  const auto* heard = std::get_if<schemas::SyncAnswer>(&answer);
                  CHECK(heard != nullptr);
                  heard_ = heard == nullptr ? schemas::SyncAnswer{} : *heard;
                  done();
                });
  });
}

// --- a life -----------------------------------------------------------------------------------

constexpr const char* on_pool =
    R"({"cluster":"c","taskDefinition":"job","launchType":"FARGATE","clientToken":"once",
        "networkConfiguration":{"awsvpcConfiguration":{"subnets":["SUBNET"]}}})";

/// What there is before the disk begins to fail.
void prepare(const std::string& path) {
  Process process(path);
  REQUIRE(process.start());
  REQUIRE(process.call("CreateCluster", R"({"clusterName":"c"})"));
  REQUIRE(process.call("RegisterTaskDefinition",
                       R"({"family":"web","containerDefinitions":[
                           {"name":"main","image":"x","cpu":64,"memory":64}]})"));
  REQUIRE(process.call("RegisterTaskDefinition",
                       R"({"family":"job","networkMode":"awsvpc","cpu":"256","memory":"512",
                           "requiresCompatibilities":["FARGATE"],
                           "containerDefinitions":[{"name":"main","image":"x"}]})"));
  REQUIRE(process.call("ListSubnets", "{}"));
  REQUIRE(process.join("pool", true));
  REQUIRE(process.join("host", false));
}

/// A host reports all of its tasks in a status, with what belongs to it.
bool reports(Process& process, const std::string& identity, schemas::TaskStatus status) {
  if (!process.sync({}, identity)) {
    return false;
  }
  schemas::SyncRequest request;
  request.report_sequence = 1;
  for (const schemas::TaskAssignment& task : process.heard().tasks_set) {
    if (status == schemas::TaskStatus::stopped && task.desired_status != status) {
      continue;
    }
    request.tasks.push_back(stage::report(task.id, status, task));
    if (status == schemas::TaskStatus::stopped) {
      request.tasks.back().stopped_at = process.now();
      if (task.eni) {
        request.removed_enis.push_back(*task.eni);
      }
    }
    if (task.metered) {
      const std::int64_t sequence = status == schemas::TaskStatus::stopped ? 2 : 1;
      request.meters.push_back({.task = task.id,
                                .sequence = sequence,
                                .monotonic_start_ns = (sequence - 1) * 1'000'000'000,
                                .monotonic_end_ns = sequence * 1'000'000'000,
                                .wall_start = process.now() - 1s,
                                .wall_end = process.now(),
                                .last = sequence == 2});
    }
  }
  return process.sync(std::move(request), identity);
}

/// Something of everything that a turn may write. False as soon as the process has ended.
bool live(Process& process) {
  const auto subnet = [&process] {
    for (const auto& [id, found] : process.world()->subnets) {
      if (found.availability_zone == "us-east-1a") {  // where the pool has a host
        return id.text();
      }
    }
    return std::string();
  };
  const auto pool_task = [&process] {
    for (const auto& [key, task] : process.world()->tasks) {
      if (task.specification->launch_type == schemas::LaunchType::fargate) {
        return task.id.text();
      }
    }
    return std::string();
  };
  std::string run = on_pool;
  return process.start() && process.call("RunTask", run.replace(run.find("SUBNET"), 6, subnet())) &&
         reports(process, "pool", schemas::TaskStatus::running) &&
         process.call(
             "CreateService",
             R"({"cluster":"c","serviceName":"s","taskDefinition":"web","desiredCount":2})") &&
         reports(process, "host", schemas::TaskStatus::running) &&
         process.call("CreateUser", R"({"userName":"u"})") &&
         process.call("CreateAccessKey", R"({"userName":"u"})", "sealed") &&
         process.call("CreateSecurityGroup", R"({"groupName":"g","description":"d"})") &&
         process.call("StopTask", R"({"cluster":"c","task":")" + pool_task() + "\"}") &&
         reports(process, "pool", schemas::TaskStatus::stopped) &&
         process.call(
             "UpdateService",
             R"({"cluster":"c","service":"s","desiredCount":1,"forceNewDeployment":true})") &&
         process.call("DeregisterTaskDefinition", R"({"taskDefinition":"job:1"})");
}

State found_by_the_next_process(const std::string& path, const std::string& when) {
  Process next(path);
  const bool started = next.start();
  REQUIRE_MESSAGE(started, when << next.failure());
  State state = next.acknowledged().front();
  CHECK_MESSAGE(next.call("CreateCluster", R"({"clusterName":"life-goes-on"})"), when);
  return state;
}

struct Variant {
  std::string name;
  Fault fault = Fault::io_error;
  std::optional<Unsynced> cut;
};

void check_message(const std::string& message, const Variant& variant) {
  CHECK_MESSAGE(message.find("control.db") != std::string::npos, message);
  const bool advises = message.find("Check ") != std::string::npos ||
                       message.find("Free some space") != std::string::npos ||
                       message.find("Use a local disk") != std::string::npos;
  CHECK_MESSAGE(advises, message);
  if (variant.fault == Fault::disk_full) {
    CHECK_MESSAGE(message.find("disk is full") != std::string::npos, message);
  }
}

/// One life in which operation number `at` fails. False when there was none.
bool run(const Workplace& start, const std::vector<State>& rehearsed, const Variant& variant,
         std::int64_t at) {
  const Workplace place(Workplace::Where::memory);
  const std::string path = place.file("control.db");
  std::filesystem::copy(
      start.path(), place.path(),
      std::filesystem::copy_options::recursive | std::filesystem::copy_options::overwrite_existing);
  FaultyDisk disk;
  disk.arm(variant.fault, at);
  std::size_t given = 0;
  bool whole = false;
  std::string failure;
  {
    Process process(path);
    whole = live(process);
    process.end();
    given = process.acknowledged().empty() ? 0 : process.acknowledged().size() - 1;
    failure = process.failure();
    CHECK(std::equal(process.acknowledged().begin(), process.acknowledged().end(),
                     rehearsed.begin()));
  }
  if (variant.cut) {
    disk.cut_power(place.path(), *variant.cut, static_cast<std::uint64_t>(at));
  }
  disk.disarm();
  const std::string where = variant.name + ": operation " + std::to_string(at) + " (" +
                            disk.struck_at() + "): " + failure + " ";
  INFO(where);
  if (!whole) {
    CHECK_MESSAGE(disk.struck(), "it failed by itself");
    check_message(failure, variant);
  }
  const State found = found_by_the_next_process(path, where);
  const bool before = found == rehearsed[given];
  const bool after = !whole && given + 1 < rehearsed.size() && found == rehearsed[given + 1];
  CHECK_MESSAGE((before || after), "World is neither as acknowledged nor one turn on");
  return disk.struck();
}

}  // namespace

TEST_CASE(
    "whichever operation of the disk fails, the loop ends and World is as it was acknowledged") {
  spdlog::set_level(spdlog::level::off);  // a thousand lives
  const Workplace start(Workplace::Where::memory);
  prepare(start.file("control.db"));
  std::vector<State> rehearsed;
  {
    const Workplace place(Workplace::Where::memory);
    std::filesystem::copy(start.path(), place.path(),
                          std::filesystem::copy_options::recursive |
                              std::filesystem::copy_options::overwrite_existing);
    Process process(place.file("control.db"));
    REQUIRE(live(process));
    rehearsed = process.acknowledged();
    process.end();
    REQUIRE(found_by_the_next_process(place.file("control.db"), "rehearsal: ") == rehearsed.back());
  }
  REQUIRE(rehearsed.size() == 15);  // what was loaded, and an answer each
  CHECK(rehearsed.back().meters == 2);
  const std::vector<Variant> variants{
      {"one operation fails", Fault::io_error, std::nullopt},
      {"the disk is full", Fault::disk_full, std::nullopt},
      {"the power goes, what was not synced is lost", Fault::power_cut, Unsynced::lost},
      {"the power goes, some of what was not synced is lost", Fault::power_cut,
       Unsynced::some_of_it}};
  for (const Variant& variant : variants) {
    std::int64_t at = 1;
    while (at < operations_max && run(start, rehearsed, variant, at)) {
      ++at;
    }
    MESSAGE(variant.name << ": " << at - 1 << " operations failed in turn");
    CHECK(at > 20);
    CHECK(at < operations_max);
  }
  spdlog::set_level(spdlog::level::info);
}

}  // namespace control::store

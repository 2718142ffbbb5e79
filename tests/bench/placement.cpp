#include "tests/bench/placement.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <system_error>
#include <utility>

#include "api/task_definitions.h"
#include "api/tasks.h"
#include "control/edge/store/sqlite/sqlite_store.h"
#include "tests/bench/decisions.h"

namespace bench {

namespace {

using control::Input;
using control::World;
using control::store::Store;
using schemas::Error;
using schemas::ErrorCode;
using schemas::Result;
using Clock = std::chrono::steady_clock;

/// As many as ECS takes in one call.
constexpr std::int64_t tasks_a_call = 10;
constexpr std::int64_t joins_a_turn = 1'000;
/// Tasks of one group where no two of them may share a host.
constexpr std::int64_t group_size = 1'000;
const schemas::Scope scope{.account = "123456789012", .region = "us-east-1"};

std::int64_t microseconds_between(Clock::time_point begin, Clock::time_point end) {
  return std::chrono::duration_cast<std::chrono::microseconds>(end - begin).count();
}

std::int64_t cpu_us() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  constexpr std::int64_t million = 1'000'000;
  return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * million + usage.ru_utime.tv_usec +
         usage.ru_stime.tv_usec;
}

schemas::Instant wall_clock() {
  return std::chrono::floor<schemas::Duration>(std::chrono::system_clock::now());
}

/// Control without its edges: the same loop, the same store.
class Bare {
 public:
  Bare(World world, std::unique_ptr<Store> store)
      : world_(std::move(world)), store_(std::move(store)) {
    // Nobody syncs here, and a host that is given up half-way is no part of the question.
    settings_.lease = std::chrono::hours(24);
  }

  Result<control::Turn> turn(std::span<const Input> inputs, PlacementRun* run) {
    const Clock::time_point begin = Clock::now();
    Clock::time_point last = begin;
    control::Turn done = control::step(
        world_, parked_, inputs, settings_, wall_clock(), random_, [&](control::TurnPart part) {
          const Clock::time_point at = Clock::now();
          if (run != nullptr) {
            run->parts_us[static_cast<std::size_t>(part)] += microseconds_between(last, at);
          }
          last = at;
        });
    const Clock::time_point decided = Clock::now();
    if (store_ != nullptr) {
      const schemas::Outcome committed = store_->commit(done.rows);
      if (!committed.ok()) {
        return committed.error();
      }
    }
    const Clock::time_point end = Clock::now();
    if (run != nullptr) {
      run->commit_us += microseconds_between(decided, end);
      run->turns_us.push_back(microseconds_between(begin, end));
      run->rows += static_cast<std::int64_t>(done.rows.size());
    }
    return done;
  }

  schemas::Outcome call(const std::string& operation, api::Value input) {
    const Input asked = control::ApiCall{.request = 1,
                                         .scope = scope,
                                         .principal = "arn:aws:iam::123456789012:root",
                                         .operation = operation,
                                         .input = std::move(input)};
    const Result<control::Turn> done = turn({&asked, 1}, nullptr);
    if (!done.ok()) {
      return done.error();
    }
    const Result<api::Value>& answer = done.value().replies.front().result;
    return answer.ok() ? schemas::Outcome(schemas::Done{}) : schemas::Outcome(answer.error());
  }

 private:
  World world_;
  control::Parked parked_;
  control::Settings settings_;
  std::unique_ptr<Store> store_;
  schemas::Random random_{1};
};

control::AgentJoin join_of(std::int64_t number) {
  control::AgentJoin join;
  join.waiter = number;
  join.scope = scope;
  join.identity_hash = "host-" + std::to_string(number);
  join.request.cluster = "bench";
  join.request.boot_id = join.identity_hash;
  join.request.inventory = bench_inventory(number);
  return join;
}

schemas::Outcome join_hosts(Bare& control, std::int64_t count) {
  for (std::int64_t first = 0; first < count; first += joins_a_turn) {
    std::vector<Input> inputs;
    for (std::int64_t at = first; at < std::min(first + joins_a_turn, count); ++at) {
      inputs.emplace_back(join_of(at + 1));
    }
    const Result<control::Turn> done = control.turn(inputs, nullptr);
    if (!done.ok()) {
      return done.error();
    }
  }
  return schemas::Done{};
}

schemas::Outcome register_definition(Bare& control) {
  api::ContainerDefinition container;
  container.name = "main";
  container.image = "registry.local/probe:latest";
  container.cpu = 128;
  container.memory = 256;
  api::RegisterTaskDefinitionRequest request;
  request.family = "bench";
  request.container_definitions = {container};
  return control.call("RegisterTaskDefinition", api::Value::of(request));
}

api::RunTaskRequest request_for(Mix mix, std::int64_t call) {
  api::RunTaskRequest request;
  request.cluster = "bench";
  request.task_definition = "bench";
  request.count = tasks_a_call;
  if (mix != Mix::plain) {
    api::PlacementStrategy zones;
    zones.type = api::PlacementStrategyType::spread;
    zones.field = "attribute:ecs.availability-zone";
    api::PlacementStrategy hosts;
    hosts.type = api::PlacementStrategyType::spread;
    hosts.field = "instanceId";
    request.placement_strategy = {zones, hosts};
  }
  if (mix == Mix::apart || mix == Mix::hard) {
    api::PlacementConstraint constraint;
    constraint.type = api::PlacementConstraintType::distinct_instance;
    request.placement_constraints = {constraint};
    request.group = "group-" + std::to_string(call / (group_size / tasks_a_call));
  }
  if (mix == Mix::hard) {
    api::PlacementConstraint constraint;
    constraint.type = api::PlacementConstraintType::member_of;
    constraint.expression = hard_expression;
    request.placement_constraints->push_back(constraint);
  }
  return request;
}

schemas::Outcome count_answers(const control::Turn& turn, PlacementRun& run) {
  for (const control::Reply& reply : turn.replies) {
    if (!reply.result.ok()) {
      return reply.result.error();
    }
    const auto& answer = reply.result.value().as<api::RunTaskResponse>();
    run.placed += static_cast<std::int64_t>(answer.tasks ? answer.tasks->size() : 0);
    run.refused += static_cast<std::int64_t>(answer.failures ? answer.failures->size() : 0);
  }
  return schemas::Done{};
}

Result<PlacementRun> place_all(Bare& control, const PlacementSettings& settings) {
  PlacementRun run;
  const std::int64_t calls = (settings.tasks + tasks_a_call - 1) / tasks_a_call;
  const Clock::time_point begin = Clock::now();
  const std::int64_t cpu_before = cpu_us();
  for (std::int64_t first = 0; first < calls; first += settings.calls_a_turn) {
    std::vector<Input> inputs;
    for (std::int64_t at = first; at < std::min(first + settings.calls_a_turn, calls); ++at) {
      inputs.emplace_back(control::ApiCall{.request = at,
                                           .scope = scope,
                                           .principal = "arn:aws:iam::123456789012:root",
                                           .operation = "RunTask",
                                           .input = api::Value::of(request_for(settings.mix, at))});
    }
    const Result<control::Turn> done = control.turn(inputs, &run);
    if (!done.ok()) {
      return done.error();
    }
    const schemas::Outcome counted = count_answers(done.value(), run);
    if (!counted.ok()) {
      return counted.error();
    }
  }
  run.wall_us = microseconds_between(begin, Clock::now());
  run.cpu_us = cpu_us() - cpu_before;
  return run;
}

struct Prepared {
  std::unique_ptr<Bare> control;
  std::int64_t join_cpu_us = 0;
};

/// A World with its hosts and the definition. Without a path it stays in memory.
Result<Prepared> prepare(const PlacementSettings& settings, const std::string& path) {
  std::unique_ptr<Store> store;
  control::Snapshot snapshot;
  if (!path.empty()) {
    Result<std::unique_ptr<Store>> opened = control::store::open_sqlite({.path = path});
    if (!opened.ok()) {
      return opened.error();
    }
    store = std::move(opened).value();
    Result<control::Snapshot> loaded = store->load();
    if (!loaded.ok()) {
      return loaded.error();
    }
    snapshot = std::move(loaded).value();
  }
  Result<World> world = control::load(snapshot, control::Settings{}, wall_clock());
  if (!world.ok()) {
    return world.error();
  }
  Prepared made;
  made.control = std::make_unique<Bare>(std::move(world).value(), std::move(store));
  const std::int64_t before = cpu_us();
  const schemas::Outcome joined = join_hosts(*made.control, settings.hosts);
  made.join_cpu_us = cpu_us() - before;
  if (!joined.ok()) {
    return joined.error();
  }
  const schemas::Outcome registered = register_definition(*made.control);
  if (!registered.ok()) {
    return registered.error();
  }
  return made;
}

Result<std::int64_t> time_load(const std::string& path) {
  const Clock::time_point begin = Clock::now();
  const Result<std::unique_ptr<Store>> store = control::store::open_sqlite({.path = path});
  if (!store.ok()) {
    return store.error();
  }
  const Result<control::Snapshot> snapshot = store.value()->load();
  if (!snapshot.ok()) {
    return snapshot.error();
  }
  const Result<World> world = control::load(snapshot.value(), control::Settings{}, wall_clock());
  if (!world.ok()) {
    return world.error();
  }
  return microseconds_between(begin, Clock::now());
}

Result<PlacementMeasurements> measure_in(const PlacementSettings& settings,
                                         const std::string& directory) {
  PlacementMeasurements measured;
  const std::string path = directory + "/control.db";
  {
    Result<Prepared> made = prepare(settings, path);
    if (!made.ok()) {
      return made.error();
    }
    Result<PlacementRun> run = place_all(*made.value().control, settings);
    if (!run.ok()) {
      return run.error();
    }
    measured.durable = std::move(run).value();
  }
  const Result<std::int64_t> loaded = time_load(path);
  if (!loaded.ok()) {
    return loaded.error();
  }
  measured.load_us = loaded.value();
  Result<Prepared> made = prepare(settings, "");
  if (!made.ok()) {
    return made.error();
  }
  measured.join_cpu_us = made.value().join_cpu_us;
  Result<PlacementRun> run = place_all(*made.value().control, settings);
  if (!run.ok()) {
    return run.error();
  }
  measured.memory = std::move(run).value();
  return measured;
}

}  // namespace

schemas::Inventory bench_inventory(std::int64_t number) {
  schemas::Inventory inventory;
  inventory.cpu = {16'384};
  inventory.memory = {32'768};
  inventory.eni_capacity = 1'000;
  inventory.availability_zone = number % 2 == 0 ? "us-east-1a" : "us-east-1b";
  inventory.address = {static_cast<std::uint32_t>(0x0A000000 + number)};
  inventory.attributes = {{"ecs.os-type", "linux"},
                          {"ecs.cpu-architecture", "x86_64"},
                          {"rack", "r" + std::to_string(number % 100)},
                          {"stack", number % 4 < 2 ? "prod" : "test"}};
  return inventory;
}

Result<PlacementMeasurements> measure_placement(const PlacementSettings& settings) {
  std::string directory = settings.directory + "/stowage-bench-XXXXXX";
  if (::mkdtemp(directory.data()) == nullptr) {
    return Error{ErrorCode::server, "No directory could be made in " + settings.directory};
  }
  Result<PlacementMeasurements> measured = measure_in(settings, directory);
  std::error_code ignored;
  std::filesystem::remove_all(directory, ignored);
  return measured;
}

}  // namespace bench

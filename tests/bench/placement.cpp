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

#include "api/tasks.h"
#include "control/edge/store/sqlite/sqlite_store.h"
#include "tests/bench/decisions.h"

namespace bench {

namespace {

using control::World;
using control::store::Store;
using schemas::Error;
using schemas::ErrorCode;
using schemas::Result;
using Clock = std::chrono::steady_clock;

/// As many as ECS takes in one call.
constexpr std::int64_t tasks_a_call = 10;
/// Tasks of one group where no two of them may share a host.
constexpr std::int64_t group_size = 1'000;

std::int64_t cpu_us() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  constexpr std::int64_t million = 1'000'000;
  return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * million + usage.ru_utime.tv_usec +
         usage.ru_stime.tv_usec;
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

Result<PlacementRun> place_all(BareControl& control, const PlacementSettings& settings) {
  PlacementRun run;
  const std::int64_t calls = (settings.tasks + tasks_a_call - 1) / tasks_a_call;
  const Clock::time_point begin = Clock::now();
  const std::int64_t cpu_before = cpu_us();
  for (std::int64_t first = 0; first < calls; first += settings.calls_a_turn) {
    std::vector<control::Input> inputs;
    for (std::int64_t at = first; at < std::min(first + settings.calls_a_turn, calls); ++at) {
      inputs.emplace_back(control::ApiCall{.request = at,
                                           .scope = bench_scope(),
                                           .principal = std::string(bench_principal),
                                           .operation = "RunTask",
                                           .input = api::Value::of(request_for(settings.mix, at))});
    }
    const Result<control::Turn> done = control.turn(inputs, &run.costs);
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
  std::unique_ptr<BareControl> control;
  std::int64_t join_cpu_us = 0;
};

/// A World with its hosts and the definition. Without a path it stays in memory.
Result<Prepared> prepare(const PlacementSettings& settings, const std::string& path) {
  Result<std::unique_ptr<BareControl>> opened = open_bare_control(path, wall_clock);
  if (!opened.ok()) {
    return opened.error();
  }
  Prepared made;
  made.control = std::move(opened).value();
  const std::int64_t before = cpu_us();
  const schemas::Outcome joined = join_hosts(*made.control, settings.hosts);
  made.join_cpu_us = cpu_us() - before;
  if (!joined.ok()) {
    return joined.error();
  }
  const schemas::Outcome registered = register_bench_definition(*made.control);
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

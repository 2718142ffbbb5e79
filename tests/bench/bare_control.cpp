#include "tests/bench/bare_control.h"

#include <algorithm>
#include <chrono>
#include <numeric>
#include <utility>

#include "api/task_definitions.h"
#include "control/edge/store/sqlite/sqlite_store.h"

namespace bench {

namespace {

using control::Input;
using control::World;
using control::store::Store;
using schemas::Result;
using Clock = std::chrono::steady_clock;

constexpr std::int64_t joins_a_turn = 1'000;

control::AgentJoin join_of(std::int64_t number) {
  control::AgentJoin join;
  join.waiter = number;
  join.scope = bench_scope();
  join.identity_hash = bench_identity(number);
  join.request.cluster = "bench";
  join.request.boot_id = join.identity_hash;
  join.request.inventory = bench_inventory(number);
  return join;
}

}  // namespace

std::int64_t microseconds_between(Clock::time_point begin, Clock::time_point end) {
  return std::chrono::duration_cast<std::chrono::microseconds>(end - begin).count();
}

const schemas::Scope& bench_scope() {
  static const schemas::Scope scope{.account = "123456789012", .region = "us-east-1"};
  return scope;
}

std::int64_t TurnCosts::sum_us() const {
  return std::accumulate(turns_us.begin(), turns_us.end(), std::int64_t{0});
}

schemas::Instant wall_clock() {
  return std::chrono::floor<schemas::Duration>(std::chrono::system_clock::now());
}

BareControl::BareControl(World world, std::unique_ptr<Store> store, ReadClock clock)
    : world_(std::move(world)), store_(std::move(store)), clock_(std::move(clock)) {
  // Where nobody syncs: a host that is given up half-way is no part of the question.
  settings_.lease = std::chrono::hours(24);
}

Result<control::Turn> BareControl::turn(std::span<const Input> inputs, TurnCosts* costs) {
  const Clock::time_point begin = Clock::now();
  Clock::time_point last = begin;
  control::Turn done = control::step(
      world_, parked_, inputs, settings_, clock_(), random_, [&](control::TurnPart part) {
        const Clock::time_point at = Clock::now();
        if (costs != nullptr) {
          costs->parts_us[static_cast<std::size_t>(part)] += microseconds_between(last, at);
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
  if (costs != nullptr) {
    costs->commit_us += microseconds_between(decided, end);
    costs->turns_us.push_back(microseconds_between(begin, end));
    costs->rows += static_cast<std::int64_t>(done.rows.size());
  }
  return done;
}

schemas::Outcome BareControl::call(const std::string& operation, api::Value input) {
  const Input asked = control::ApiCall{.request = 1,
                                       .scope = bench_scope(),
                                       .principal = std::string(bench_principal),
                                       .operation = operation,
                                       .input = std::move(input)};
  const Result<control::Turn> done = turn({&asked, 1}, nullptr);
  if (!done.ok()) {
    return done.error();
  }
  const Result<api::Value>& answer = done.value().replies.front().result;
  return answer.ok() ? schemas::Outcome(schemas::Done{}) : schemas::Outcome(answer.error());
}

Result<std::unique_ptr<BareControl>> open_bare_control(const std::string& path, ReadClock clock) {
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
  Result<World> world = control::load(snapshot, control::Settings{}, clock());
  if (!world.ok()) {
    return world.error();
  }
  return std::make_unique<BareControl>(std::move(world).value(), std::move(store),
                                       std::move(clock));
}

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

std::string bench_identity(std::int64_t number) { return "host-" + std::to_string(number); }

schemas::Outcome join_hosts(BareControl& control, std::int64_t count) {
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

schemas::Outcome register_bench_definition(BareControl& control) {
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

}  // namespace bench

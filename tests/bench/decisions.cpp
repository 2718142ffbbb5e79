#include "tests/bench/decisions.h"

#include <algorithm>
#include <chrono>
#include <string>

#include "control/core/place/explanation.h"
#include "control/core/place/place.h"

namespace bench {

namespace {

using Clock = std::chrono::steady_clock;
using schemas::PlacementConstraint;
using schemas::PlacementStrategy;

constexpr std::int64_t tasks_of_a_group = 1'000;
constexpr int repeats = 20;

std::int64_t nanoseconds_since(Clock::time_point begin) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - begin).count();
}

schemas::ContainerInstance core_host(std::int64_t number, schemas::Random& random) {
  schemas::ContainerInstance host;
  host.id = schemas::InstanceId::draw(random);
  host.cluster = 1;
  host.connected = true;
  host.inventory = bench_inventory(number);
  return host;
}

/// The floor under every scheduler that asks all hosts.
std::int64_t scan_once(const std::vector<std::pair<std::int64_t, std::int64_t>>& free) {
  std::int64_t best = -1;
  std::int64_t most = -1;
  for (std::size_t at = 0; at < free.size(); ++at) {
    if (free[at].first >= 128 && free[at].second >= 256 && free[at].first > most) {
      most = free[at].first;
      best = static_cast<std::int64_t>(at);
    }
  }
  return best;
}

}  // namespace

control::TaskRequest core_request(Mix mix, std::int64_t task) {
  control::TaskRequest request;
  request.claim.cpu = {128};
  request.claim.memory = {256};
  request.claim.group = "1/family:bench";
  request.strategy = {{PlacementStrategy::Type::spread, control::least_loaded}};
  if (mix != Mix::plain) {
    request.strategy = {{PlacementStrategy::Type::spread, "attribute:ecs.availability-zone"},
                        {PlacementStrategy::Type::spread, "instanceId"}};
  }
  if (mix == Mix::apart || mix == Mix::hard) {
    request.claim.group = "1/group-" + std::to_string(task / tasks_of_a_group);
    request.constraints.push_back({});
  }
  if (mix == Mix::hard) {
    request.constraints.push_back({PlacementConstraint::Type::member_of, hard_expression});
  }
  return request;
}

DecisionMeasurements measure_decisions(const PlacementSettings& settings) {
  DecisionMeasurements measured;
  schemas::Random random(1);
  control::Fleet fleet;
  for (std::int64_t number = 1; number <= settings.hosts; ++number) {
    fleet.put(core_host(number, random));
  }
  measured.decisions_ns.reserve(static_cast<std::size_t>(settings.tasks));
  for (std::int64_t task = 0; task < settings.tasks; ++task) {
    const Clock::time_point begin = Clock::now();
    const control::TaskRequest request = core_request(settings.mix, task);
    const control::Placement placement = control::place(request, fleet, random);
    if (const auto* host = std::get_if<schemas::InstanceId>(&placement)) {
      fleet.take(*host, request.claim);
    }
    measured.decisions_ns.push_back(nanoseconds_since(begin));
  }
  std::vector<std::pair<std::int64_t, std::int64_t>> free;
  for (const auto& [zone, lane] : fleet.lanes()) {
    for (const control::Host& host : lane.hosts()) {
      free.emplace_back(host.room.cpu.count, host.room.memory.count);
    }
  }
  constexpr std::int64_t scans = 1'000;
  std::int64_t found = 0;
  const Clock::time_point scanning = Clock::now();
  for (std::int64_t count = 0; count < scans; ++count) {
    found += scan_once(free);
    free.front().first += found & 1;  // or it would be done once
  }
  measured.bare_scan_ns = nanoseconds_since(scanning) / scans;
  control::TaskRequest huge = core_request(settings.mix, settings.tasks);
  huge.claim.memory = {1'000'000};
  for (int count = 0; count < repeats; ++count) {
    const Clock::time_point begin = Clock::now();
    const control::Explanation explained = control::explain(huge, fleet);
    measured.explanations_ns.push_back(nanoseconds_since(begin));
    schemas::require(explained.fitting == 0, "a task that fits nowhere has found a host");
  }
  return measured;
}

}  // namespace bench

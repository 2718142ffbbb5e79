// Placement against a slow and simple second opinion, on random fleets with a random history.

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "control/core/place/place.h"
#include "tests/unit/control_core/place_builder.h"

using control::Claim;
using control::Fleet;
using control::HostPort;
using control::Placement;
using control::Refusal;
using control::RefusalReason;
using control::TaskRequest;
using schemas::InstanceId;
using schemas::PlacementConstraint;
using schemas::PlacementStrategy;
using schemas::Random;

namespace {

/// A host and the claims of its tasks: everything else is counted anew when it is asked for.
struct PlainHost {
  schemas::ContainerInstance instance;
  std::vector<Claim> tasks;
  std::int64_t running = 0;
};
using PlainFleet = std::map<InstanceId, PlainHost>;

std::int64_t tasks_of(const PlainHost& host, const std::string& group) {
  return std::count_if(host.tasks.begin(), host.tasks.end(),
                       [&](const Claim& claim) { return claim.group == group; });
}

std::int64_t cpu_left(const PlainHost& host) {
  std::int64_t left = host.instance.inventory.cpu.count;
  for (const Claim& claim : host.tasks) {
    left -= claim.cpu.count;
  }
  return left;
}

std::int64_t memory_left(const PlainHost& host) {
  std::int64_t left = host.instance.inventory.memory.count;
  for (const Claim& claim : host.tasks) {
    left -= claim.memory.count;
  }
  return left;
}

constexpr const char* fast_disk = "attribute:ssd == fast && attribute:ecs.availability-zone != b";
constexpr const char* beside_a = "task:group == service:a || runningTasksCount > 1";
constexpr const char* far_from_b = "!(task:group == service:b)";

/// The few expressions of this test, said in C++.
bool plain_member(const PlainHost& host, const std::string& expression) {
  if (expression == fast_disk) {
    return host.instance.inventory.attributes.count("ssd") > 0 &&
           host.instance.inventory.availability_zone != "b";
  }
  if (expression == beside_a) {
    return tasks_of(host, "service:a") > 0 || host.running > 1;
  }
  REQUIRE(expression == far_from_b);
  return tasks_of(host, "service:b") == 0;
}

std::optional<RefusalReason> plain_refusal(const PlainHost& host, const TaskRequest& request) {
  if (!host.instance.connected) {
    return RefusalReason::agent;
  }
  if (host.instance.status != schemas::InstanceStatus::active) {
    return RefusalReason::inactive;
  }
  const std::string& zone = host.instance.inventory.availability_zone;
  if (!request.zones.empty() && std::count(request.zones.begin(), request.zones.end(), zone) == 0) {
    return RefusalReason::zone;
  }
  for (const std::string& attribute : request.required_attributes) {
    if (host.instance.inventory.attributes.count(attribute) == 0) {
      return RefusalReason::attribute;
    }
  }
  if (cpu_left(host) < request.claim.cpu.count) {
    return RefusalReason::cpu;
  }
  if (memory_left(host) < request.claim.memory.count) {
    return RefusalReason::memory;
  }
  std::int64_t slots = host.instance.inventory.eni_capacity;
  for (const Claim& claim : host.tasks) {
    slots -= claim.eni_slots;
    for (const HostPort& port : claim.ports) {
      if (std::count(request.claim.ports.begin(), request.claim.ports.end(), port) > 0) {
        return RefusalReason::ports;
      }
    }
  }
  if (request.claim.eni_slots > 0 && slots < request.claim.eni_slots) {
    return RefusalReason::eni;
  }
  for (const PlacementConstraint& constraint : request.constraints) {
    if (constraint.type == PlacementConstraint::Type::distinct_instance) {
      if (tasks_of(host, request.claim.group) > 0) {
        return RefusalReason::distinct_instance;
      }
    } else if (!plain_member(host, constraint.expression)) {
      return RefusalReason::member_of;
    }
  }
  return std::nullopt;
}

std::int64_t taken_share(std::int64_t all, std::int64_t left) {
  return all == 0 ? 1'000'000 : std::max<std::int64_t>(0, (all - left) * 1'000'000 / all);
}

std::int64_t plain_rank(const PlainHost& host, const PlainFleet& fleet,
                        const PlacementStrategy& strategy, const std::string& group) {
  if (strategy.type == PlacementStrategy::Type::binpack) {
    return strategy.field == "cpu" ? cpu_left(host) : memory_left(host);
  }
  if (strategy.field == control::least_loaded) {
    return std::max(taken_share(host.instance.inventory.cpu.count, cpu_left(host)),
                    taken_share(host.instance.inventory.memory.count, memory_left(host)));
  }
  if (strategy.field == "attribute:ecs.availability-zone") {
    std::int64_t tasks = 0;
    for (const auto& [id, other] : fleet) {
      if (other.instance.inventory.availability_zone == host.instance.inventory.availability_zone) {
        tasks += tasks_of(other, group);
      }
    }
    return tasks;
  }
  return tasks_of(host, group);
}

std::optional<InstanceId> plain_place(const TaskRequest& request, const PlainFleet& fleet) {
  std::optional<std::tuple<std::vector<std::int64_t>, InstanceId>> best;
  for (const auto& [id, host] : fleet) {
    if (plain_refusal(host, request)) {
      continue;
    }
    std::vector<std::int64_t> ranks;
    for (const PlacementStrategy& strategy : request.strategy) {
      ranks.push_back(plain_rank(host, fleet, strategy, request.claim.group));
    }
    const std::tuple candidate(ranks, id);
    if (!best || candidate < *best) {
      best = candidate;
    }
  }
  return best ? std::optional<InstanceId>(std::get<1>(*best)) : std::nullopt;
}

std::string one_of(Random& random, std::initializer_list<const char*> words) {
  return *(words.begin() + random.below(words.size()));
}

schemas::ContainerInstance random_host(Random& random, std::int64_t number) {
  schemas::ContainerInstance host = build::host(number, one_of(random, {"a", "b", "c"}));
  host.connected = !random.chance(100);
  host.status =
      random.chance(100) ? schemas::InstanceStatus::draining : schemas::InstanceStatus::active;
  host.inventory.cpu = {static_cast<std::int64_t>(256 * random.below(9))};
  host.inventory.memory = {static_cast<std::int64_t>(512 * random.below(9))};
  host.inventory.eni_capacity = static_cast<std::int64_t>(random.below(4));
  if (random.chance(600)) {
    host.inventory.attributes["ssd"] = "fast";
  }
  return host;
}

TaskRequest random_request(Random& random) {
  TaskRequest request;
  request.claim.group = one_of(random, {"service:a", "service:b", "family:c"});
  request.claim.cpu = {static_cast<std::int64_t>(128 * random.below(5))};
  request.claim.memory = {static_cast<std::int64_t>(256 * random.below(5))};
  request.claim.eni_slots = random.chance(300) ? 1 : 0;
  if (random.chance(300)) {
    request.claim.ports = {
        {80 + static_cast<std::int64_t>(random.below(2)),
         random.chance(500) ? schemas::TransportProtocol::tcp : schemas::TransportProtocol::udp}};
  }
  if (random.chance(200)) {
    request.required_attributes = {"ssd"};
  }
  if (random.chance(200)) {
    request.constraints = {{}};
  }
  for (const char* expression : {fast_disk, beside_a, far_from_b}) {
    if (random.chance(150)) {
      request.constraints.push_back({PlacementConstraint::Type::member_of, expression});
    }
  }
  if (random.chance(200)) {
    request.zones = {one_of(random, {"a", "b"}), "c"};
  }
  const std::vector<std::vector<PlacementStrategy>> strategies = {
      {{PlacementStrategy::Type::spread, "attribute:ecs.availability-zone"},
       {PlacementStrategy::Type::spread, "instanceId"}},
      {{PlacementStrategy::Type::spread, control::least_loaded}},
      {{PlacementStrategy::Type::spread, "attribute:ecs.availability-zone"}},
      {{PlacementStrategy::Type::spread, "host"}},
      {{PlacementStrategy::Type::binpack, "cpu"}},
      {{PlacementStrategy::Type::spread, "attribute:ecs.availability-zone"},
       {PlacementStrategy::Type::binpack, "memory"}},
      {{PlacementStrategy::Type::binpack, "memory"},
       {PlacementStrategy::Type::spread, "instanceId"}}};
  request.strategy = strategies[random.below(strategies.size())];
  return request;
}

class History {
 public:
  explicit History(std::uint64_t seed) : random_(seed) {}

  void step() {
    const std::uint64_t what = random_.below(100);
    if (what < 10) {
      const schemas::ContainerInstance host =
          random_host(random_, static_cast<std::int64_t>(random_.below(12)));
      fleet_.put(host);
      plain_[host.id].instance = host;
    } else if (what < 13 && !plain_.empty()) {
      const InstanceId gone = any_host()->first;
      fleet_.remove(gone);
      plain_.erase(gone);
    } else if (what < 20 && !plain_.empty()) {
      PlainHost& host = any_host()->second;
      const std::int64_t by = host.running > 0 && random_.chance(500) ? -1 : 1;
      host.running += by;
      fleet_.run(host.instance.id, by);
    } else if (what < 40 && !plain_.empty()) {
      give_back_any();
    } else {
      place_one();
    }
  }

 private:
  PlainFleet::iterator any_host() {
    return std::next(plain_.begin(), static_cast<std::ptrdiff_t>(random_.below(plain_.size())));
  }

  void give_back_any() {
    PlainHost& host = any_host()->second;
    if (host.tasks.empty()) {
      return;
    }
    const auto at =
        host.tasks.begin() + static_cast<std::ptrdiff_t>(random_.below(host.tasks.size()));
    fleet_.give_back(host.instance.id, *at);
    host.tasks.erase(at);
  }

  void place_one() {
    const TaskRequest request = random_request(random_);
    const Placement placement = control::place(request, fleet_, random_);
    const std::optional<InstanceId> expected = plain_place(request, plain_);
    if (const InstanceId* chosen = std::get_if<InstanceId>(&placement)) {
      REQUIRE(expected.has_value());
      REQUIRE(*chosen == *expected);
      fleet_.take(*chosen, request.claim);
      plain_[*chosen].tasks.push_back(request.claim);
      return;
    }
    REQUIRE(!expected.has_value());
    const auto& refusals = std::get<std::vector<Refusal>>(placement);
    REQUIRE(refusals.size() == plain_.size());
    for (const Refusal& refusal : refusals) {
      REQUIRE(plain_refusal(plain_.at(refusal.instance), request) == refusal.reason);
    }
  }

  Random random_;
  Fleet fleet_;
  PlainFleet plain_;
};

}  // namespace

TEST_CASE("placement agrees with asking every host, whatever happened to the fleet before") {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    CAPTURE(seed);
    History history(seed);
    for (int i = 0; i < 300; ++i) {
      history.step();
    }
  }
}

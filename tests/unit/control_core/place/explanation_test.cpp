// What is said of a task that finds no host, and that it is true: on random clusters every verdict
// is counted anew, every remedy is tried, and no smaller one is found by trying all of them.
//
// STOWAGE_CLUSTERS=100000 tries more of them than a quick run does.

#include "control/core/place/explanation.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "control/core/place/place.h"
#include "tests/unit/control_core/place_builder.h"

using build::instance_id;
using control::Claim;
using control::Explanation;
using control::Fleet;
using control::HostExplanation;
using control::Refusal;
using control::RefusalReason;
using control::Remedy;
using control::Step;
using control::TaskRequest;
using control::Verdict;
using schemas::ContainerInstance;
using schemas::InstanceId;
using schemas::PlacementConstraint;
using schemas::Random;

namespace {

constexpr const char* with_disk = "attribute:disk == fast";
constexpr const char* off_zone_b = "attribute:ecs.availability-zone != b";

/// A few hosts, the claims on each, and a task that wants one.
struct RandomCluster {
  std::map<InstanceId, ContainerInstance> hosts;
  std::map<InstanceId, std::vector<Claim>> claims;
  TaskRequest request;

  [[nodiscard]] Fleet fleet() const {
    Fleet made;
    for (const auto& [id, host] : hosts) {
      made.put(host);
    }
    for (const auto& [id, list] : claims) {
      for (const Claim& claim : list) {
        made.take(id, claim);
      }
    }
    return made;
  }
};

std::int64_t up_to(Random& random, std::uint64_t most) {
  return static_cast<std::int64_t>(random.below(most + 1));
}

ContainerInstance any_host_at_all(Random& random, std::int64_t number) {
  ContainerInstance host = build::host(number, random.chance(500) ? "a" : "b");
  host.connected = !random.chance(150);
  host.status =
      random.chance(150) ? schemas::InstanceStatus::draining : schemas::InstanceStatus::active;
  host.inventory.cpu = {up_to(random, 4)};
  host.inventory.memory = {up_to(random, 4)};
  host.inventory.eni_capacity = up_to(random, 2);
  if (random.chance(500)) {
    host.inventory.attributes["disk"] = random.chance(500) ? "fast" : "slow";
  }
  return host;
}

Claim any_claim(Random& random) {
  Claim claim;
  claim.group = random.chance(500) ? "service:a" : "service:b";
  claim.cpu = {up_to(random, 3)};
  claim.memory = {up_to(random, 3)};
  claim.eni_slots = up_to(random, 1);
  for (const std::int64_t port : {80, 81}) {
    if (random.chance(250)) {
      claim.ports.push_back({port, schemas::TransportProtocol::tcp});
    }
  }
  return claim;
}

RandomCluster any_cluster(Random& random) {
  RandomCluster cluster;
  const std::int64_t hosts = up_to(random, 5);
  for (std::int64_t number = 1; number <= hosts; ++number) {
    const ContainerInstance host = any_host_at_all(random, number);
    cluster.hosts[host.id] = host;
    for (std::int64_t count = up_to(random, 2); count > 0; --count) {
      cluster.claims[host.id].push_back(any_claim(random));
    }
  }
  cluster.request.claim = any_claim(random);
  cluster.request.strategy = {{schemas::PlacementStrategy::Type::spread, "instanceId"}};
  if (random.chance(250)) {
    cluster.request.required_attributes = {"disk"};
  }
  if (random.chance(250)) {
    cluster.request.zones = {"a"};
  }
  if (random.chance(300)) {
    cluster.request.constraints.push_back({});
  }
  for (const char* expression : {with_disk, off_zone_b}) {
    if (random.chance(250)) {
      cluster.request.constraints.push_back({PlacementConstraint::Type::member_of, expression});
    }
  }
  return cluster;
}

struct LeftThere {
  std::int64_t cpu = 0;
  std::int64_t memory = 0;
  std::int64_t slots = 0;
};

LeftThere left_on(const RandomCluster& cluster, const ContainerInstance& host) {
  LeftThere left{host.inventory.cpu.count, host.inventory.memory.count,
                 host.inventory.eni_capacity};
  const auto claims = cluster.claims.find(host.id);
  if (claims != cluster.claims.end()) {
    for (const Claim& claim : claims->second) {
      left.cpu -= claim.cpu.count;
      left.memory -= claim.memory.count;
      left.slots -= claim.eni_slots;
    }
  }
  return left;
}

bool any_claim_on(const RandomCluster& cluster, InstanceId host,
                  const std::function<bool(const Claim&)>& is) {
  const auto claims = cluster.claims.find(host);
  return claims != cluster.claims.end() &&
         std::any_of(claims->second.begin(), claims->second.end(), is);
}

/// The steps that a host needs, counted from nothing but the cluster; and whether they can be
/// taken.
struct Needs {
  std::set<Step> steps;
  bool possible = true;
};

void need_room(Needs& needs, RefusalReason question, std::int64_t wanted, std::int64_t left,
               std::int64_t all) {
  if (left < wanted) {
    needs.steps.insert({question, 0, wanted - left});
    needs.possible = needs.possible && all >= wanted;
  }
}

Needs needs_of(const RandomCluster& cluster, const ContainerInstance& host) {
  const TaskRequest& request = cluster.request;
  const schemas::Inventory& has = host.inventory;
  Needs needs;
  const auto need = [&](bool failed, RefusalReason question, std::size_t which = 0) {
    if (failed) {
      needs.steps.insert({question, which, 0});
    }
  };
  need(!host.connected, RefusalReason::agent);
  need(host.status != schemas::InstanceStatus::active, RefusalReason::inactive);
  need(!request.zones.empty() && has.availability_zone != "a", RefusalReason::zone);
  need(!request.required_attributes.empty() && !has.attributes.contains("disk"),
       RefusalReason::attribute);
  const LeftThere left = left_on(cluster, host);
  need_room(needs, RefusalReason::cpu, request.claim.cpu.count, left.cpu, has.cpu.count);
  need_room(needs, RefusalReason::memory, request.claim.memory.count, left.memory,
            has.memory.count);
  if (request.claim.eni_slots > 0) {
    need_room(needs, RefusalReason::eni, request.claim.eni_slots, left.slots, has.eni_capacity);
  }
  for (std::size_t at = 0; at < request.claim.ports.size(); ++at) {
    need(any_claim_on(cluster, host.id,
                      [&](const Claim& claim) {
                        return std::count(claim.ports.begin(), claim.ports.end(),
                                          request.claim.ports[at]) > 0;
                      }),
         RefusalReason::ports, at);
  }
  for (std::size_t at = 0; at < request.constraints.size(); ++at) {
    const PlacementConstraint& constraint = request.constraints[at];
    if (constraint.type == PlacementConstraint::Type::distinct_instance) {
      need(any_claim_on(cluster, host.id,
                        [&](const Claim& claim) { return claim.group == request.claim.group; }),
           RefusalReason::distinct_instance, at);
    } else if (constraint.expression == with_disk) {
      const auto disk = has.attributes.find("disk");
      need(disk == has.attributes.end() || disk->second != "fast", RefusalReason::member_of, at);
    } else {
      need(has.availability_zone == "b", RefusalReason::member_of, at);
    }
  }
  return needs;
}

void check_host(const RandomCluster& cluster, const HostExplanation& host) {
  const Needs needs = needs_of(cluster, cluster.hosts.at(host.instance));
  std::set<Step> failed;
  for (const Verdict& verdict : host.verdicts) {
    if (!verdict.passed) {
      const bool measured = verdict.most != 0 || verdict.question == RefusalReason::cpu ||
                            verdict.question == RefusalReason::memory ||
                            verdict.question == RefusalReason::eni;
      failed.insert(
          {verdict.question, verdict.which, measured ? verdict.wanted - verdict.found : 0});
    }
  }
  REQUIRE(failed == needs.steps);
  REQUIRE(host.failed == static_cast<std::int64_t>(needs.steps.size()));
}

/// Hosts that could take the task if these steps were taken: on one host, or on the request.
std::int64_t helped(const RandomCluster& cluster, const std::set<Step>& steps,
                    InstanceId instance) {
  std::int64_t count = 0;
  for (const auto& [id, host] : cluster.hosts) {
    const Needs needs = needs_of(cluster, host);
    const bool asked = id == instance;
    const bool enough = std::all_of(needs.steps.begin(), needs.steps.end(), [&](const Step& step) {
      return steps.contains(step) && (control::is_of_request(step.question) || asked);
    });
    count += needs.possible && enough ? 1 : 0;
  }
  return count;
}

void check_remedies(const RandomCluster& cluster, const Explanation& said) {
  std::size_t fewest = 1000;
  for (const auto& [id, host] : cluster.hosts) {
    const Needs needs = needs_of(cluster, host);
    fewest = needs.possible ? std::min(fewest, needs.steps.size()) : fewest;
  }
  REQUIRE(said.remedies.empty() == (said.fitting > 0 || fewest == 1000));
  for (const Remedy& remedy : said.remedies) {
    const std::set<Step> steps(remedy.steps.begin(), remedy.steps.end());
    REQUIRE(steps.size() == fewest);
    REQUIRE(remedy.hosts == helped(cluster, steps, remedy.instance));
    REQUIRE(remedy.hosts > 0);
    for (const Step& each : remedy.steps) {  // each is needed
      std::set<Step> fewer = steps;
      fewer.erase(each);
      REQUIRE(helped(cluster, fewer, remedy.instance) == 0);
    }
  }
}

void check_explained(const RandomCluster& cluster) {
  const Fleet fleet = cluster.fleet();
  const Explanation said = control::explain(cluster.request, fleet);
  REQUIRE(said.hosts.size() == cluster.hosts.size());
  std::int64_t fitting = 0;
  for (const HostExplanation& host : said.hosts) {
    check_host(cluster, host);
    fitting += host.failed == 0 ? 1 : 0;
    const auto refusal = control::refusal_of(host.instance, cluster.request, fleet);
    REQUIRE(refusal.has_value() == (host.failed > 0));
    const auto first = std::find_if(host.verdicts.begin(), host.verdicts.end(),
                                    [](const Verdict& verdict) { return !verdict.passed; });
    REQUIRE((!refusal || (refusal->reason == first->question && refusal->wanted == first->wanted)));
  }
  REQUIRE(said.fitting == fitting);
  Random random(1);
  const auto placed = control::place(cluster.request, fleet, random);
  REQUIRE(std::holds_alternative<InstanceId>(placed) == (fitting > 0));
  check_remedies(cluster, said);
}

std::uint64_t clusters_wanted() {
  const char* wanted = std::getenv("STOWAGE_CLUSTERS");
  return wanted == nullptr ? 10'000 : std::strtoull(wanted, nullptr, 10);
}

}  // namespace

TEST_CASE(
    "what is said of a placement is true on random clusters, and no smaller change would do") {
  Random random(5);
  for (std::uint64_t at = 0; at < clusters_wanted(); ++at) {
    CAPTURE(at);
    check_explained(any_cluster(random));
  }
}

TEST_CASE("the smallest change is what a person would do: free what lacks, or drop a constraint") {
  Fleet fleet;
  for (std::int64_t number = 1; number <= 4; ++number) {
    ContainerInstance host = build::host(number, "a");
    host.inventory.memory = {1024};
    if (number < 4) {
      host.inventory.attributes["stack"] = "test";
    }
    fleet.put(host);
  }
  TaskRequest request = build::service_request();  // wants 512 MiB
  request.constraints = {{PlacementConstraint::Type::member_of, "attribute:stack !exists"}};
  fleet.take(instance_id(4), {{0}, {640}, 0, {}, "x"});
  const Explanation said = control::explain(request, fleet);
  CHECK(said.fitting == 0);
  CHECK(said.remedies ==
        std::vector<Remedy>{{{{RefusalReason::member_of, 0, 0}}, {}, 3},
                            {{{RefusalReason::memory, 0, 128}}, instance_id(4), 1}});
}

TEST_CASE("a host that is too small even when empty is nobody's to mend") {
  Fleet fleet;
  ContainerInstance host = build::host(1);
  host.inventory.cpu = {128};
  fleet.put(host);
  const Explanation said = control::explain(build::service_request(), fleet);
  REQUIRE(said.hosts.size() == 1);
  CHECK(said.hosts.front().failed == 1);
  CHECK(said.remedies.empty());
}

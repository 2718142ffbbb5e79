#include "control/core/place/place.h"

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <vector>

#include "tests/unit/control_core/place_builder.h"

using build::host;
using build::instance_id;
using build::service_request;
using build::standalone_request;
using control::Fleet;
using control::Placement;
using control::Refusal;
using control::RefusalReason;
using control::TaskRequest;
using schemas::InstanceId;
using schemas::PlacementStrategy;

namespace {

schemas::Random& chance() {
  static schemas::Random one(1);
  return one;
}

/// Places and takes; the empty id when no host can take the task.
InstanceId put_on(Fleet& fleet, const TaskRequest& request) {
  const Placement placement = control::place(request, fleet, chance());
  const InstanceId* chosen = std::get_if<InstanceId>(&placement);
  if (chosen == nullptr) {
    return {};
  }
  fleet.take(*chosen, request.claim);
  return *chosen;
}

std::vector<Refusal> refusals(const Fleet& fleet, const TaskRequest& request) {
  const Placement placement = control::place(request, fleet, chance());
  const auto* refused = std::get_if<std::vector<Refusal>>(&placement);
  return refused == nullptr ? std::vector<Refusal>{} : *refused;
}

Fleet fleet_of(std::initializer_list<schemas::ContainerInstance> hosts) {
  Fleet fleet;
  for (const schemas::ContainerInstance& each : hosts) {
    fleet.put(each);
  }
  return fleet;
}

}  // namespace

TEST_CASE("a service's tasks spread over zones first, then over the hosts of a zone") {
  Fleet fleet = fleet_of({host(1, "a"), host(2, "a"), host(3, "a"), host(4, "b")});
  const TaskRequest request = service_request();
  std::vector<InstanceId> chosen;
  for (int i = 0; i < 6; ++i) {
    chosen.push_back(put_on(fleet, request));
  }
  CHECK(chosen == std::vector<InstanceId>{instance_id(1), instance_id(4), instance_id(2),
                                          instance_id(4), instance_id(3), instance_id(4)});
}

TEST_CASE("spreading counts the tasks of the service alone") {
  Fleet fleet = fleet_of({host(1, "a"), host(2, "b")});
  control::Claim other = service_request().claim;
  other.group = "service:other";
  fleet.take(instance_id(1), other);
  fleet.take(instance_id(1), other);
  CHECK(put_on(fleet, service_request()) == instance_id(1));
  CHECK(put_on(fleet, service_request()) == instance_id(2));
}

TEST_CASE("a standalone task goes to the least loaded host, by its scarcer resource") {
  Fleet fleet = fleet_of({host(1), host(2), host(3)});
  fleet.take(instance_id(1), {{2048}, {0}, 0, {}, "x"});
  fleet.take(instance_id(2), {{0}, {2048}, 0, {}, "x"});
  fleet.take(instance_id(3), {{1100}, {1100}, 0, {}, "x"});
  CHECK(put_on(fleet, standalone_request()) == instance_id(2));
}

TEST_CASE("ties go to the lowest instance id, across zones too") {
  Fleet fleet = fleet_of({host(9, "a"), host(3, "b"), host(5, "a")});
  CHECK(put_on(fleet, standalone_request()) == instance_id(3));
  CHECK(put_on(fleet, service_request()) == instance_id(3));
}

TEST_CASE("each host that cannot take a task says why, with numbers") {
  schemas::ContainerInstance lapsed = host(1);
  lapsed.connected = false;
  schemas::ContainerInstance draining = host(2);
  draining.status = schemas::InstanceStatus::draining;
  schemas::ContainerInstance plain = host(4);
  plain.inventory.attributes.erase("ssd");
  Fleet fleet = fleet_of({lapsed, draining, host(3, "elsewhere"), plain});
  for (std::int64_t number = 5; number <= 9; ++number) {
    schemas::ContainerInstance each = host(number);
    each.inventory.attributes["ssd"] = "fast";
    fleet.put(each);
  }
  TaskRequest request = service_request();
  request.zones = {"us-east-1a"};
  request.required_attributes = {"ssd"};
  request.constraints = {{}};
  request.claim.eni_slots = 1;
  request.claim.ports = {{80, schemas::TransportProtocol::tcp}};
  fleet.take(instance_id(5), {{4000}, {0}, 0, {}, "x"});
  fleet.take(instance_id(6), {{0}, {8000}, 0, {}, "x"});
  fleet.take(instance_id(7), {{0}, {0}, 0, {{80, schemas::TransportProtocol::tcp}}, "x"});
  fleet.take(instance_id(8), {{0}, {0}, 8, {{80, schemas::TransportProtocol::udp}}, "x"});
  fleet.take(instance_id(9), {{0}, {0}, 0, {}, "service:web"});
  CHECK(refusals(fleet, request) ==
        std::vector<Refusal>{{instance_id(1), RefusalReason::agent, 0, 0, ""},
                             {instance_id(2), RefusalReason::inactive, 0, 0, ""},
                             {instance_id(3), RefusalReason::zone, 0, 0, ""},
                             {instance_id(4), RefusalReason::attribute, 0, 0, "ssd"},
                             {instance_id(5), RefusalReason::cpu, 256, 96, ""},
                             {instance_id(6), RefusalReason::memory, 512, 192, ""},
                             {instance_id(7), RefusalReason::ports, 80, 0, ""},
                             {instance_id(8), RefusalReason::eni, 1, 0, ""},
                             {instance_id(9), RefusalReason::distinct_instance, 0, 0, ""}});
  const std::vector<Refusal> all = refusals(fleet, request);
  CHECK(control::closest_match(all) ==
        "The closest matching (container-instance " + instance_id(9).text() +
            ") encountered error \"distinctInstance placement constraint unsatisfied.\".");
  CHECK(control::explain(all[4]) ==
        "host " + instance_id(5).text() + " has 96 CPU units left, the task wants 256");
  CHECK(control::refusal_of(instance_id(6), request, fleet)->reason == RefusalReason::memory);
  CHECK(control::refusal_of(instance_id(77), request, fleet)->reason == RefusalReason::missing);
}

TEST_CASE("each shortage has the word that ECS has for it") {
  CHECK(control::ecs_reason(RefusalReason::cpu) == "RESOURCE:CPU");
  CHECK(control::ecs_reason(RefusalReason::memory) == "RESOURCE:MEMORY");
  CHECK(control::ecs_reason(RefusalReason::ports) == "RESOURCE:PORTS");
  CHECK(control::ecs_reason(RefusalReason::eni) == "RESOURCE:ENI");
  CHECK(control::ecs_reason(RefusalReason::agent) == "AGENT");
  CHECK(control::ecs_reason(RefusalReason::attribute) == "ATTRIBUTE");
  const std::vector<Refusal> cpu = {{instance_id(2), RefusalReason::cpu, 1, 0, ""},
                                    {instance_id(1), RefusalReason::cpu, 1, 0, ""},
                                    {instance_id(3), RefusalReason::agent, 0, 0, ""}};
  CHECK(control::closest_match(cpu) == "The closest matching (container-instance " +
                                           instance_id(1).text() +
                                           ") has insufficient CPU units available.");
  CHECK(control::closest_match({}) == "No Container Instances were found in your cluster.");
}

TEST_CASE("an empty fleet refuses without a host to name") {
  const Fleet fleet;
  const Placement placement = control::place(service_request(), fleet, chance());
  CHECK(std::get<std::vector<Refusal>>(placement).empty());
}

TEST_CASE("a host takes as many tasks as fit, and as many again when they have gone") {
  Fleet fleet = fleet_of({host(1)});
  const TaskRequest request = service_request();
  for (int i = 0; i < 16; ++i) {
    CHECK(put_on(fleet, request) == instance_id(1));
  }
  CHECK(put_on(fleet, request).empty());
  const std::int64_t before = fleet.generation();
  fleet.give_back(instance_id(1), request.claim);
  CHECK(fleet.generation() > before);
  CHECK(put_on(fleet, request) == instance_id(1));
  CHECK(fleet.room(instance_id(1))->cpu.count == 0);
  CHECK(fleet.group_tasks(instance_id(1), "service:web") == 16);
}

TEST_CASE("a port is taken per protocol and given back with its task") {
  Fleet fleet = fleet_of({host(1)});
  TaskRequest tcp = service_request();
  tcp.claim.ports = {{53, schemas::TransportProtocol::tcp}};
  TaskRequest udp = service_request();
  udp.claim.ports = {{53, schemas::TransportProtocol::udp}};
  CHECK(put_on(fleet, tcp) == instance_id(1));
  CHECK(put_on(fleet, tcp).empty());
  CHECK(put_on(fleet, udp) == instance_id(1));
  fleet.give_back(instance_id(1), tcp.claim);
  CHECK(put_on(fleet, tcp) == instance_id(1));
}

TEST_CASE("what a host says anew counts at once, and what its tasks took stays taken") {
  Fleet fleet = fleet_of({host(1)});
  const TaskRequest request = service_request();
  put_on(fleet, request);
  schemas::ContainerInstance smaller = host(1);
  smaller.inventory.cpu = {300};
  fleet.put(smaller);
  CHECK(fleet.room(instance_id(1))->cpu.count == 44);
  CHECK(put_on(fleet, request).empty());
  smaller.inventory.cpu = {100};
  fleet.put(smaller);
  CHECK(fleet.room(instance_id(1))->cpu.count == -156);
  fleet.put(host(1, "b"));
  CHECK(fleet.room(instance_id(1))->cpu.count == 4096 - 256);
  CHECK(fleet.group_tasks(instance_id(1), "service:web") == 1);
  CHECK(fleet.zone(instance_id(1)) == "b");
  fleet.remove(instance_id(1));
  CHECK(fleet.size() == 0);
  fleet.give_back(instance_id(1), request.claim);
  CHECK(!fleet.room(instance_id(1)).has_value());
}

TEST_CASE("binpack fills the fullest host that still fits") {
  Fleet fleet = fleet_of({host(1), host(2), host(3)});
  fleet.take(instance_id(2), {{2048}, {1024}, 0, {}, "x"});
  fleet.take(instance_id(3), {{4000}, {1024}, 0, {}, "x"});
  TaskRequest request = service_request();
  request.strategy = {{PlacementStrategy::Type::binpack, "cpu"}};
  CHECK(put_on(fleet, request) == instance_id(2));
  request.strategy = {{PlacementStrategy::Type::binpack, "MEMORY"}};
  CHECK(put_on(fleet, request) == instance_id(2));
}

TEST_CASE("strategies decide one after the other") {
  Fleet fleet;
  for (std::int64_t number = 1; number <= 4; ++number) {
    schemas::ContainerInstance each = host(number, number <= 2 ? "a" : "b");
    each.inventory.attributes["rack"] = number % 2 == 0 ? "even" : "odd";
    fleet.put(each);
  }
  fleet.take(instance_id(2), {{1024}, {0}, 0, {}, "x"});
  fleet.take(instance_id(3), {{1024}, {0}, 0, {}, "x"});
  TaskRequest request = service_request();
  request.strategy = {{PlacementStrategy::Type::spread, "attribute:rack"},
                      {PlacementStrategy::Type::binpack, "cpu"}};
  CHECK(put_on(fleet, request) == instance_id(2));
  CHECK(put_on(fleet, request) == instance_id(3));
  request.strategy = {{PlacementStrategy::Type::spread, "attribute:ecs.availability-zone"},
                      {PlacementStrategy::Type::random, ""}};
  std::map<std::string, int> zones;
  for (int i = 0; i < 10; ++i) {
    ++zones[fleet.zone(put_on(fleet, request))];
  }
  CHECK(zones == std::map<std::string, int>{{"a", 5}, {"b", 5}});
}

TEST_CASE("random reaches every host, and the same seed the same hosts") {
  Fleet fleet = fleet_of({host(1), host(2), host(3)});
  TaskRequest request = service_request();
  request.strategy = {{PlacementStrategy::Type::random, ""}};
  const auto draw = [&](std::uint64_t seed) {
    schemas::Random random(seed);
    std::vector<InstanceId> chosen;
    for (int i = 0; i < 50; ++i) {
      chosen.push_back(std::get<InstanceId>(control::place(request, fleet, random)));
    }
    return chosen;
  };
  const std::vector<InstanceId> once = draw(7);
  CHECK(once == draw(7));
  CHECK(once != draw(8));
  std::map<InstanceId, int> seen;
  for (const InstanceId& each : once) {
    ++seen[each];
  }
  CHECK(seen.size() == 3);
}

TEST_CASE("what a task takes follows from its network mode") {
  schemas::TaskSpecification wanted = *build::specification();
  schemas::TaskDefinition definition = *wanted.definition;
  definition.containers.front().port_mappings = {
      {8080, 80, schemas::TransportProtocol::tcp, "", ""},
      {9090, 0, schemas::TransportProtocol::udp, "", ""}};
  const auto claim = [&](schemas::NetworkMode mode) {
    definition.network_mode = mode;
    wanted.definition = std::make_shared<const schemas::TaskDefinition>(definition);
    return control::claim_of(wanted);
  };
  using schemas::NetworkMode;
  using Ports = std::vector<control::HostPort>;
  CHECK(claim(NetworkMode::bridge).ports == Ports{{80, schemas::TransportProtocol::tcp}});
  CHECK(claim(NetworkMode::host).ports ==
        Ports{{8080, schemas::TransportProtocol::tcp}, {9090, schemas::TransportProtocol::udp}});
  CHECK(claim(NetworkMode::awsvpc).ports.empty());
  CHECK(claim(NetworkMode::none).ports.empty());
  CHECK(claim(NetworkMode::awsvpc).eni_slots == 1);
  CHECK(claim(NetworkMode::bridge).eni_slots == 0);
}

TEST_CASE("an expression that got past the checks keeps a task off every host") {
  Fleet fleet = fleet_of({host(1)});
  TaskRequest request = service_request();
  request.constraints = {{schemas::PlacementConstraint::Type::member_of, "attribute:x exi"}};
  REQUIRE(refusals(fleet, request).size() == 1);
  CHECK(refusals(fleet, request).front().reason == RefusalReason::member_of);
}

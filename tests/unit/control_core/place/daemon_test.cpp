// The room that hosts keep for the daemons that belong on them.

#include "control/core/place/daemon.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <variant>
#include <vector>

#include "control/core/place/explanation.h"
#include "control/core/place/place.h"
#include "tests/unit/control_core/place_builder.h"

using build::host;
using build::instance_id;
using control::Claim;
using control::Daemon;
using control::Fleet;
using control::HostPort;
using control::Refusal;
using control::RefusalReason;
using control::TaskRequest;
using schemas::PlacementConstraint;

namespace {

/// A daemon of a quarter vCPU and half a GiB, as a task of group "1/service:agent" asks for it.
TaskRequest agent_request() {
  TaskRequest request = control::daemon_request(build::service_request());
  request.claim.group = "1/service:agent";
  return request;
}

Daemon agent(TaskRequest request = agent_request(), Daemon::Wants wants = Daemon::Wants::room) {
  return {7, std::move(request), wants};
}

/// A host that has room for one task of `service_request` and no more.
schemas::ContainerInstance small_host(std::int64_t number) {
  schemas::ContainerInstance small = host(number);
  small.inventory.cpu = {256};
  small.inventory.memory = {512};
  return small;
}

std::vector<Refusal> refused_by_all(const TaskRequest& request, const Fleet& fleet) {
  schemas::Random random(1);
  const control::Placement placement = control::place(request, fleet, random);
  const auto* all = std::get_if<std::vector<Refusal>>(&placement);
  return all == nullptr ? std::vector<Refusal>{} : *all;
}

bool fits(const TaskRequest& request, const Fleet& fleet) {
  schemas::Random random(1);
  return std::holds_alternative<schemas::InstanceId>(control::place(request, fleet, random));
}

Fleet hosts_alone(const std::vector<schemas::ContainerInstance>& hosts) {
  Fleet fleet;
  for (const schemas::ContainerInstance& each : hosts) {
    fleet.put(each);
  }
  return fleet;
}

}  // namespace

TEST_CASE("a host keeps room for a daemon that belongs there and is not there yet") {
  Fleet fleet = hosts_alone({small_host(1)});
  fleet.put_daemon(agent());
  REQUIRE(refused_by_all(build::service_request(), fleet).size() == 1);
  const Refusal refusal = refused_by_all(build::service_request(), fleet).front();
  CHECK(refusal.reason == RefusalReason::cpu);
  CHECK(refusal.found == 0);
  CHECK(refusal.kept == 256);
  CHECK(control::explain(refusal).ends_with(
      "has 0 CPU units left, the task wants 256; 256 more are kept for service:agent"));
}

TEST_CASE("the room is the same whether the host comes first or the daemon") {
  Fleet fleet;
  fleet.put_daemon(agent());
  fleet.put(small_host(1));
  CHECK_FALSE(fits(build::service_request(), fleet));
}

TEST_CASE("no strategy finds what is kept for a daemon") {
  Fleet fleet = hosts_alone({small_host(1)});
  fleet.put_daemon(agent());
  using Type = schemas::PlacementStrategy::Type;
  for (const schemas::PlacementStrategy& strategy :
       std::vector<schemas::PlacementStrategy>{{Type::random, ""},
                                               {Type::binpack, "cpu"},
                                               {Type::spread, "attribute:rack"},
                                               {Type::spread, control::least_loaded}}) {
    TaskRequest request = build::standalone_request();
    request.strategy = {strategy};
    CHECK_FALSE(fits(request, fleet));
  }
}

TEST_CASE("to a daemon all room is open, its own and that of others") {
  Fleet fleet = hosts_alone({small_host(1)});
  fleet.put_daemon(agent());
  CHECK_FALSE(control::refusal_of(instance_id(1), agent_request(), fleet));
  TaskRequest other = agent_request();
  other.claim.group = "1/service:other";
  CHECK_FALSE(control::refusal_of(instance_id(1), other, fleet));
}

TEST_CASE("what a daemon's task has taken is kept no more, and is kept again when it is gone") {
  Fleet fleet = hosts_alone({host(1)});
  fleet.put_daemon(agent());
  const Claim claim = agent_request().claim;
  CHECK(fleet.host(instance_id(1))->free_cpu().count == 4096 - 256);
  fleet.take(instance_id(1), claim);
  CHECK(fleet.host(instance_id(1))->free_cpu().count == 4096 - 256);
  CHECK(fleet.host(instance_id(1))->owed == Claim{});
  fleet.give_back(instance_id(1), claim);
  CHECK(fleet.host(instance_id(1))->free_memory().count == 8192 - 512);
  CHECK(fleet.room(instance_id(1))->cpu.count == 4096);
}

TEST_CASE("for a daemon that is to grow a host keeps what it needs beyond what it has") {
  Fleet fleet = hosts_alone({host(1)});
  fleet.put_daemon(agent());
  fleet.take(instance_id(1), agent_request().claim);
  TaskRequest larger = agent_request();
  larger.claim.cpu = {1000};
  fleet.put_daemon(agent(larger));
  CHECK(fleet.host(instance_id(1))->owed.cpu.count == 1000 - 256);
  CHECK(fleet.host(instance_id(1))->owed.memory.count == 0);
}

TEST_CASE("a port of a daemon is kept") {
  Fleet fleet = hosts_alone({host(1)});
  TaskRequest with_port = agent_request();
  with_port.claim.ports = {HostPort{.port = 9100}};
  fleet.put_daemon(agent(with_port));
  TaskRequest same_port = build::service_request();
  same_port.claim.ports = {HostPort{.port = 9100}};
  REQUIRE(refused_by_all(same_port, fleet).size() == 1);
  CHECK(refused_by_all(same_port, fleet).front().reason == RefusalReason::ports);
  CHECK(control::explain(refused_by_all(same_port, fleet).front())
            .ends_with("keeps port 9100 for service:agent"));
  CHECK(fits(build::service_request(), fleet));
  CHECK_FALSE(control::refusal_of(instance_id(1), with_port, fleet));
}

TEST_CASE("a slot for the daemon's interface is kept") {
  schemas::ContainerInstance one_slot = host(1);
  one_slot.inventory.eni_capacity = 1;
  Fleet fleet = hosts_alone({one_slot});
  TaskRequest with_eni = agent_request();
  with_eni.claim.eni_slots = 1;
  fleet.put_daemon(agent(with_eni));
  TaskRequest another = build::service_request();
  another.claim.eni_slots = 1;
  REQUIRE(refused_by_all(another, fleet).size() == 1);
  CHECK(refused_by_all(another, fleet).front().reason == RefusalReason::eni);
}

TEST_CASE("no room is kept where the daemon does not belong") {
  TaskRequest picky = agent_request();
  SUBCASE("outside of its constraints") {
    picky.constraints = {{PlacementConstraint::Type::member_of, "attribute:disk == fast"}};
  }
  SUBCASE("without an attribute that it requires") { picky.required_attributes = {"gpu"}; }
  SUBCASE("in another zone than its subnets") { picky.zones = {"us-east-1b"}; }
  SUBCASE("where it would not fit even if nothing else were there") { picky.claim.cpu = {257}; }
  SUBCASE("when it asks about tasks, whose answer changes with each of them") {
    picky.constraints = {{PlacementConstraint::Type::member_of, "runningTasksCount < 5"}};
  }
  Fleet fleet = hosts_alone({small_host(1)});
  fleet.put_daemon(agent(picky));
  CHECK(fits(build::service_request(), fleet));
}

TEST_CASE("what a host says of itself decides anew what it keeps") {
  TaskRequest picky = agent_request();
  picky.constraints = {{PlacementConstraint::Type::member_of, "attribute:disk == fast"}};
  Fleet fleet = hosts_alone({small_host(1)});
  fleet.put_daemon(agent(picky));
  schemas::ContainerInstance fast = small_host(1);
  fast.attributes["disk"] = "fast";
  fleet.put(fast);
  CHECK_FALSE(fits(build::service_request(), fleet));
  fast.status = schemas::InstanceStatus::draining;
  fleet.put(fast);
  CHECK(fleet.host(instance_id(1))->owed == Claim{});
}

TEST_CASE("a daemon that starts no tasks is owed nothing, and what was kept makes room") {
  Fleet fleet = hosts_alone({small_host(1)});
  fleet.put_daemon(agent());
  const std::int64_t before = fleet.generation();
  SUBCASE("because its deployment failed") {
    fleet.put_daemon(agent(agent_request(), Daemon::Wants::nothing));
  }
  SUBCASE("because it was deleted") { fleet.remove_daemon("1/service:agent"); }
  CHECK(fits(build::service_request(), fleet));
  CHECK(fleet.generation() > before);
}

TEST_CASE("a host that changes its zone takes with it what its daemons hold") {
  Fleet fleet = hosts_alone({host(1)});
  fleet.put_daemon(agent());
  fleet.take(instance_id(1), agent_request().claim);
  fleet.put(host(1, "us-east-1b"));
  CHECK(fleet.host(instance_id(1))->owed == Claim{});
  fleet.give_back(instance_id(1), agent_request().claim);
  CHECK(fleet.host(instance_id(1))->owed.cpu.count == 256);
}

TEST_CASE("an explanation says how much is kept and for whom, and nobody is told to free it") {
  Fleet fleet = hosts_alone({small_host(1)});
  fleet.put_daemon(agent());
  const control::Explanation explained = control::explain(build::service_request(), fleet);
  REQUIRE(explained.hosts.size() == 1);
  CHECK(explained.fitting == 0);
  CHECK(explained.hosts.front().keeps_for == "service:agent");
  const auto& verdicts = explained.hosts.front().verdicts;
  const auto cpu = std::find_if(verdicts.begin(), verdicts.end(), [](const auto& verdict) {
    return verdict.question == RefusalReason::cpu;
  });
  REQUIRE(cpu != verdicts.end());
  CHECK_FALSE(cpu->passed);
  CHECK(cpu->found == 0);
  CHECK(cpu->kept == 256);
  CHECK(explained.remedies.empty());
}

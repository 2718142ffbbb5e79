#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "netif/edge/namespaces.h"
#include "tests/netif/laboratory.h"
#include "tests/netif/traffic.h"

namespace laboratory {

using netif::HostNetwork;
using netif::HostNetworking;
using schemas::EniAssignment;

namespace {

/// A host's work of some size: two VPCs, one with two subnets, public addresses, neighbours.
struct Assignment {
  explicit Assignment(Laboratory& lab) : red(lab.random(), 100), blue(lab.random(), 200) {
    red.add_subnet();
    red.add_subnet();
    blue.add_subnet();
    red.put_network(want);
    blue.put_network(want);
    first = red.add_eni(0);
    second = red.add_eni(1);
    first.public_address = ipv4("198.18.7.66");
    const auto web = red.add_group({from(everywhere, schemas::RuleProtocol::tcp, 80, 80)});
    put(want, web);
    first.security_groups.push_back(web.id);
    for (const EniAssignment& eni : {first, second, blue.add_eni(0)}) {
      want.enis.emplace(eni.id, eni);
    }
    for (int count = 0; count < 8; ++count) {
      const EniAssignment far = red.add_eni(0);
      want.neighbours.emplace(far.id, Vpc::neighbour(far, ipv4("198.18.7.99")));
    }
  }

  Vpc red;
  Vpc blue;
  EniAssignment first;
  EniAssignment second;
  HostNetwork want;
};

schemas::Outcome do_everything(HostNetworking& networking, const HostNetwork& want) {
  if (auto applied = networking.apply(want); !applied.ok()) {
    return applied;
  }
  for (const auto& [id, eni] : want.enis) {
    if (auto attached = networking.attach(id); !attached.ok()) {
      return attached;
    }
  }
  auto made = networking.make_bridge_endpoint(
      "web",
      {{.protocol = schemas::TransportProtocol::tcp, .host_port = 8080, .container_port = 80}});
  return made.ok() ? schemas::Outcome(schemas::Done{}) : made.error();
}

bool works(Laboratory& lab, const Assignment& assignment) {
  netif::FileHandle server;
  netif::FileHandle client;
  inside(lab.host(0).task_path(assignment.first.task), [&] { server = serve(80); });
  inside(lab.host(0).task_path(assignment.second.task),
         [&] { client = call(assignment.first.address, 80); });
  if (!answered(client) || !caller(server)) {
    return false;
  }
  lab.machine().inside([&] { client = call(*assignment.first.public_address, 80); });
  return answered(client) && caller(server).has_value();
}

/// Runs the agent's work in a process of its own and kills it `after_us` from now.
void start_and_kill(HostStandIn& host, const HostNetwork& want, useconds_t after_us) {
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    const auto done = netif::in_namespace(host.place().handle(), [&]() -> schemas::Outcome {
      auto networking = HostNetworking::open(host.settings());
      return networking.ok() ? do_everything(networking.value(), want) : networking.error();
    });
    ::_exit(done.ok() ? 0 : 1);
  }
  ::usleep(after_us);  // the fault itself, not a wait for anything
  ::kill(child, SIGKILL);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
}

}  // namespace

TEST_CASE("an agent killed at any moment of its network work completes it when it comes back") {
  Laboratory lab(1);
  const std::string before = describe(lab.host(0).place());
  const Assignment assignment(lab);
  for (useconds_t after_us = 500; after_us < 120'000; after_us += after_us / 4) {
    CAPTURE(after_us);
    start_and_kill(lab.host(0), assignment.want, after_us);
    lab.host(0).start();
    lab.host(0).act(
        [&](HostNetworking& networking) { return do_everything(networking, assignment.want); });
    CHECK(works(lab, assignment));
    lab.host(0).act([](HostNetworking& networking) { return networking.remove_all(); });
    CHECK(describe(lab.host(0).place()) == before);
  }
}

TEST_CASE("what an agent was told to drop while it was dead is gone when it comes back") {
  Laboratory lab(1);
  const std::string before = describe(lab.host(0).place());
  const Assignment assignment(lab);
  lab.host(0).start();
  lab.host(0).act(
      [&](HostNetworking& networking) { return do_everything(networking, assignment.want); });
  const std::string full = describe(lab.host(0).place());
  lab.host(0).start();
  lab.host(0).act([](HostNetworking& networking) { return networking.apply({}); });
  lab.host(0).act([](HostNetworking& networking) { return networking.keep_only({}, {}); });
  const std::string empty = describe(lab.host(0).place());
  CHECK(full.find("198.18.7.66") != std::string::npos);
  for (const char* trace : {"198.18.7.66", "169.254.64.1", "8080"}) {
    CHECK(empty.find(trace) == std::string::npos);
  }
  lab.host(0).act([](HostNetworking& networking) { return networking.remove_all(); });
  CHECK(describe(lab.host(0).place()) == before);
}

TEST_CASE("cleaning up needs no more than the data directory") {
  Laboratory lab(1);
  const std::string before = describe(lab.host(0).place());
  const Assignment assignment(lab);
  lab.host(0).start();
  lab.host(0).act(
      [&](HostNetworking& networking) { return do_everything(networking, assignment.want); });
  lab.host(0).stop();
  lab.host(0).place().inside([&] {
    netif::NetworkSettings settings;
    settings.data_directory = lab.host(0).settings().data_directory;
    auto networking = HostNetworking::open(settings);
    REQUIRE(networking.ok());
    expect(networking.value().remove_all());
  });
  CHECK(describe(lab.host(0).place()) == before);
}

TEST_CASE("a connection lives through the death and return of the agent") {
  Laboratory lab(1);
  const Assignment assignment(lab);
  lab.host(0).start();
  lab.host(0).act(
      [&](HostNetworking& networking) { return do_everything(networking, assignment.want); });
  netif::FileHandle server;
  netif::FileHandle client;
  inside(lab.host(0).task_path(assignment.first.task), [&] { server = serve(80); });
  lab.machine().inside([&] { client = call(*assignment.first.public_address, 80); });
  CHECK(answered(client));
  const netif::FileHandle accepted = accept_call(server);
  for (int round = 0; round < 3; ++round) {
    lab.host(0).start();
    lab.host(0).act([&](HostNetworking& networking) { return networking.apply(assignment.want); });
    CHECK(carries(client, accepted));
    CHECK(carries(accepted, client));
  }
  lab.host(0).act([](HostNetworking& networking) { return networking.remove_all(); });
}

}  // namespace laboratory

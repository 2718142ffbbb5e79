#include <doctest/doctest.h>

#include "tests/netif/laboratory.h"
#include "tests/netif/traffic.h"

namespace laboratory {

using netif::HostNetwork;
using netif::HostNetworking;
using schemas::EniAssignment;

namespace {

bool reaches(const std::string& from, const std::string& to, schemas::Ipv4 address) {
  netif::FileHandle server;
  netif::FileHandle client;
  inside(to, [&] { server = serve(80); });
  inside(from, [&] { client = call(address, 80); });
  return answered(client) && caller(server).has_value();
}

}  // namespace

TEST_CASE("tasks of one VPC reach each other by address on one host, across hosts and subnets") {
  Laboratory lab(2);
  Vpc vpc(lab.random(), 100);
  vpc.add_subnet();
  vpc.add_subnet();
  const EniAssignment near = vpc.add_eni(0);
  const EniAssignment beside = vpc.add_eni(0);
  const EniAssignment other_subnet = vpc.add_eni(1);
  const EniAssignment far = vpc.add_eni(0);
  const EniAssignment far_other_subnet = vpc.add_eni(1);
  HostNetwork here;
  HostNetwork there;
  vpc.put_network(here);
  vpc.put_network(there);
  for (const EniAssignment& eni : {near, beside, other_subnet}) {
    here.enis.emplace(eni.id, eni);
    there.neighbours.emplace(eni.id, Vpc::neighbour(eni, lab.host(0).address()));
  }
  for (const EniAssignment& eni : {far, far_other_subnet}) {
    there.enis.emplace(eni.id, eni);
    here.neighbours.emplace(eni.id, Vpc::neighbour(eni, lab.host(1).address()));
  }
  lab.host(0).wire(here);
  lab.host(1).wire(there);
  const std::string from = lab.host(0).task_path(near.task);
  inside(from, [&] {
    CHECK(pings(vpc.subnet(0).gateway));
    CHECK(pings(beside.address));
    CHECK(pings(other_subnet.address));
    CHECK(pings(far.address));
    CHECK(pings(far_other_subnet.address));
  });
  CHECK(reaches(from, lab.host(0).task_path(beside.task), beside.address));
  CHECK(reaches(from, lab.host(1).task_path(far.task), far.address));
  CHECK(reaches(from, lab.host(1).task_path(far_other_subnet.task), far_other_subnet.address));
  lab.host(0).act([](HostNetworking& networking) { return networking.remove_all(); });
  lab.host(1).act([](HostNetworking& networking) { return networking.remove_all(); });
}

}  // namespace laboratory

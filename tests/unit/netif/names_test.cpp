#include "netif/core/names.h"

#include <doctest/doctest.h>

#include <set>

#include "netif/core/default_network.h"

using netif::Names;

TEST_CASE("every link name fits into Linux and says whose it is") {
  const Names names("/var/lib/stowage/host-1");
  schemas::Random random(1);
  const std::string long_key(64, 'k');
  for (const std::string& link :
       {names.subnet_bridge(schemas::SubnetId::draw(random)),
        names.subnet_tunnel(schemas::SubnetId::draw(random)),
        names.eni_port(schemas::EniId::draw(random)), names.uplink(schemas::VpcId::draw(random)),
        names.downlink(schemas::VpcId::draw(random)), names.container_bridge(),
        names.container_port(long_key)}) {
    CHECK(link.size() <= 15);
    CHECK(names.is_ours(link));
    CHECK(!Names("/var/lib/stowage/host-2").is_ours(link));
  }
}

TEST_CASE("names follow from directory and id alone, so a restarted agent finds its own") {
  schemas::Random random(1);
  const auto eni = schemas::EniId::draw(random);
  CHECK(Names("/data").eni_port(eni) == Names("/data").eni_port(eni));
  CHECK(Names("/data").eni_port(eni) != Names("/date").eni_port(eni));
  CHECK(Names("/data").table() != Names("/date").table());
  // What is in the kernels of running hosts: these must not change with a release.
  CHECK(Names("/data").link_prefix() == "wsrw0h");
}

TEST_CASE("thousands of interfaces of one agent have thousands of names") {
  const Names names("/data");
  schemas::Random random(1);
  std::set<std::string> ports;
  for (int count = 0; count < 20'000; ++count) {
    ports.insert(names.eni_port(schemas::EniId::draw(random)));
  }
  CHECK(ports.size() == 20'000);
}

TEST_CASE("an account's default network has a subnet for each zone and a default group") {
  schemas::Random random(1);
  const auto network = netif::default_network({.account = "123456789012", .region = "us-east-1"},
                                              {"us-east-1a", "us-east-1b"}, 7, random);
  CHECK(network.vpc.cidr.text() == "172.31.0.0/16");
  CHECK(network.vpc.is_default);
  REQUIRE(network.subnets.size() == 2);
  CHECK(network.subnets[0].cidr.text() == "172.31.0.0/20");
  CHECK(network.subnets[1].cidr.text() == "172.31.16.0/20");
  CHECK(network.subnets[1].availability_zone == "us-east-1b");
  CHECK(network.subnets[0].vni == 7);
  CHECK(network.subnets[1].vni == 8);
  CHECK(network.subnets[0].vpc == network.vpc.id);
  CHECK(network.group.name == "default");
  CHECK(network.group.vpc == network.vpc.id);
  // Members reach each other, and everything outside.
  REQUIRE(network.group.rules.size() == 2);
  CHECK(network.group.rules[0].direction == schemas::RuleDirection::ingress);
  CHECK(network.group.rules[0].group == network.group.id);
  CHECK(network.group.rules[1].direction == schemas::RuleDirection::egress);
  CHECK(network.group.rules[1].cidr->text() == "0.0.0.0/0");
  CHECK(network.group.rules[0].id != network.group.rules[1].id);
  CHECK(network.group.rules == netif::default_rules(network.group.id));
}

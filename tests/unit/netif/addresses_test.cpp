#include "netif/core/addresses.h"

#include <doctest/doctest.h>

#include <set>

using netif::address_rest;
using netif::AddressPool;
using schemas::Cidr;
using schemas::Instant;
using schemas::Ipv4;

namespace {

constexpr Instant start{};

Ipv4 ipv4(const char* text) {
  const auto address = Ipv4::parse(text);
  REQUIRE(address.has_value());
  return *address;
}

Cidr cidr(const char* text) {
  const auto range = Cidr::parse(text);
  REQUIRE(range.has_value());
  return *range;
}

/// Takes the next address, as a planner and the change it decides on do together.
std::optional<Ipv4> take(AddressPool& pool, Instant now) {
  const auto address = pool.choose(now);
  if (address) {
    CHECK(pool.hold(*address));
  }
  return address;
}

}  // namespace

TEST_CASE("a subnet gives its addresses from the fifth on and keeps the last back") {
  AddressPool pool = AddressPool::of_subnet(cidr("10.0.0.0/28"));
  CHECK(pool.free_count() == 11);
  for (int last = 4; last <= 14; ++last) {
    CHECK(take(pool, start) == ipv4(("10.0.0." + std::to_string(last)).c_str()));
  }
  CHECK(!pool.choose(start).has_value());
  CHECK(pool.free_count() == 0);
  CHECK(pool.held_count() == 11);
}

TEST_CASE("a public range gives all but its first and last, and a tiny one all of it") {
  CHECK(AddressPool::of_public_range(cidr("198.18.7.64/28")).free_count() == 14);
  CHECK(AddressPool::of_public_range(cidr("198.18.7.64/28")).choose(start) == ipv4("198.18.7.65"));
  CHECK(AddressPool::of_public_range(cidr("198.18.7.64/31")).free_count() == 2);
  CHECK(AddressPool::of_public_range(cidr("198.18.7.64/32")).choose(start) == ipv4("198.18.7.64"));
}

TEST_CASE("choosing an address takes nothing, so a planner may change its mind") {
  const AddressPool pool = AddressPool::of_subnet(cidr("10.0.0.0/24"));
  CHECK(pool.choose(start) == pool.choose(start));
  CHECK(pool.held_count() == 0);
}

TEST_CASE("a released address rests while others are free, then is the lowest again") {
  AddressPool pool = AddressPool::of_subnet(cidr("10.0.0.0/24"));
  take(pool, start);
  take(pool, start);
  pool.release(ipv4("10.0.0.4"), start);
  CHECK(pool.choose(start) == ipv4("10.0.0.6"));
  CHECK(pool.choose(start + address_rest - schemas::Duration(1)) == ipv4("10.0.0.6"));
  CHECK(pool.choose(start + address_rest) == ipv4("10.0.0.4"));
}

TEST_CASE("when only resting addresses are left, the one that rested longest is given") {
  AddressPool pool = AddressPool::of_subnet(cidr("10.0.0.0/28"));
  while (take(pool, start)) {
  }
  pool.release(ipv4("10.0.0.9"), start);
  pool.release(ipv4("10.0.0.5"), start + schemas::Duration(1));
  CHECK(take(pool, start + schemas::Duration(2)) == ipv4("10.0.0.9"));
  CHECK(take(pool, start + schemas::Duration(2)) == ipv4("10.0.0.5"));
  CHECK(!take(pool, start + schemas::Duration(2)).has_value());
}

TEST_CASE("an address is held once, and only if it is the pool's to give") {
  AddressPool pool = AddressPool::of_subnet(cidr("10.0.0.0/24"));
  CHECK(pool.hold(ipv4("10.0.0.77")));
  CHECK(!pool.hold(ipv4("10.0.0.77")));
  CHECK(pool.holds(ipv4("10.0.0.77")));
  for (const char* kept : {"10.0.0.0", "10.0.0.1", "10.0.0.3", "10.0.0.255", "10.0.1.4"}) {
    CHECK(!pool.hold(ipv4(kept)));
  }
}

TEST_CASE("a pool rebuilt from held addresses in any order gives the gaps first") {
  AddressPool pool = AddressPool::of_subnet(cidr("10.0.0.0/24"));
  for (const char* held : {"10.0.0.7", "10.0.0.4", "10.0.0.6"}) {
    CHECK(pool.hold(ipv4(held)));
  }
  CHECK(take(pool, start) == ipv4("10.0.0.5"));
  CHECK(take(pool, start) == ipv4("10.0.0.8"));
}

TEST_CASE("whatever is held and released, no address has two owners and none is lost") {
  AddressPool pool = AddressPool::of_subnet(cidr("10.0.0.0/26"));
  const std::int64_t all = pool.free_count();
  schemas::Random random(7);
  std::set<Ipv4> owned;
  Instant now = start;
  for (int step = 0; step < 5000; ++step) {
    now += schemas::Duration(static_cast<std::int64_t>(random.below(20'000)));
    if (random.chance(550)) {
      const auto address = take(pool, now);
      CHECK(address.has_value() == (static_cast<std::int64_t>(owned.size()) < all));
      if (address) {
        CHECK(owned.insert(*address).second);
      }
    } else if (!owned.empty()) {
      auto at = owned.begin();
      std::advance(at, static_cast<std::ptrdiff_t>(random.below(owned.size())));
      pool.release(*at, now);
      owned.erase(at);
    }
    REQUIRE(pool.held_count() == static_cast<std::int64_t>(owned.size()));
    REQUIRE(pool.free_count() + pool.held_count() == all);
  }
}

TEST_CASE("an address has the private name that AWS would give it") {
  CHECK(netif::private_dns_name(ipv4("10.0.0.5"), "us-east-1") == "ip-10-0-0-5.ec2.internal");
  CHECK(netif::private_dns_name(ipv4("172.31.16.9"), "eu-west-1") ==
        "ip-172-31-16-9.eu-west-1.compute.internal");
}

TEST_CASE("interfaces and gateways have Ethernet addresses of their own, never each other's") {
  schemas::Random random(1);
  const auto first = netif::draw_mac(random);
  CHECK(first != netif::draw_mac(random));
  CHECK(first.text().starts_with("0a:"));
  const auto subnet = schemas::SubnetId::draw(random);
  CHECK(netif::gateway_mac(subnet) == netif::gateway_mac(subnet));
  CHECK(netif::gateway_mac(subnet) != netif::gateway_mac(schemas::SubnetId::draw(random)));
  CHECK(netif::gateway_mac(subnet).text().starts_with("0e:"));
  CHECK(netif::gateway_address(cidr("10.0.16.0/20")) == ipv4("10.0.16.1"));
}

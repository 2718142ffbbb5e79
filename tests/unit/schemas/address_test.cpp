#include "schemas/base/address.h"

#include <doctest/doctest.h>

using schemas::Cidr;
using schemas::Ipv4;
using schemas::Mac;

TEST_CASE("an address is read strictly and written as it was read") {
  for (const char* text : {"0.0.0.0", "10.0.1.2", "255.255.255.255"}) {
    CHECK(Ipv4::parse(text).value().text() == text);
  }
  for (const char* text :
       {"", "10", "10.0.0", "10.0.0.0.0", "10.0.0.256", "010.0.0.1", "10.0.0.1 "}) {
    CHECK(!Ipv4::parse(text).has_value());
  }
}

TEST_CASE("a range has no host bits and knows what it holds") {
  const Cidr range = Cidr::parse("10.1.0.0/20").value();
  CHECK(range.text() == "10.1.0.0/20");
  CHECK(range.size() == 4096);
  CHECK(range.contains(Ipv4::parse("10.1.15.255").value()));
  CHECK(!range.contains(Ipv4::parse("10.1.16.0").value()));
  CHECK(range.overlaps(Cidr::parse("10.0.0.0/8").value()));
  CHECK(!range.overlaps(Cidr::parse("10.1.16.0/20").value()));
  CHECK(Cidr::parse("0.0.0.0/0").value().contains(Ipv4::parse("203.0.113.9").value()));
  CHECK(!Cidr::parse("10.1.0.1/20").has_value());
  CHECK(!Cidr::parse("10.1.0.0/33").has_value());
  CHECK(!Cidr::parse("10.1.0.0").has_value());
}

TEST_CASE("an Ethernet address is six bytes in hex") {
  CHECK(Mac::parse("0A:1b:00:ff:10:01").value().text() == "0a:1b:00:ff:10:01");
  CHECK(!Mac::parse("0a:1b:00:ff:10").has_value());
  CHECK(!Mac::parse("0a-1b-00-ff-10-01").has_value());
  CHECK(!Mac::parse("0a:1b:00:ff:10:0g").has_value());
}

#include "netif/core/host_ports.h"

#include <doctest/doctest.h>

using netif::choose_dynamic_port;
using netif::dynamic_port_first;
using netif::dynamic_port_last;

TEST_CASE("a dynamic port is the next free one of Docker's range, around its end") {
  const auto all = [](std::int64_t) { return true; };
  CHECK(choose_dynamic_port(50'000, all) == 50'000);
  CHECK(choose_dynamic_port(0, all) == dynamic_port_first);
  CHECK(choose_dynamic_port(dynamic_port_last + 1, all) == dynamic_port_first);
  CHECK(choose_dynamic_port(50'000, [](std::int64_t port) { return port > 50'002; }) == 50'003);
  CHECK(choose_dynamic_port(dynamic_port_last, [](std::int64_t port) {
          return port != dynamic_port_last;
        }) == dynamic_port_first);
  CHECK(!choose_dynamic_port(50'000, [](std::int64_t) { return false; }).has_value());
}

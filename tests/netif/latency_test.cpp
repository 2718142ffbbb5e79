#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>

#include "netif/edge/listener.h"
#include "tests/netif/laboratory.h"
#include "tests/netif/traffic.h"

namespace laboratory {

using netif::HostNetwork;
using netif::HostNetworking;
using schemas::EniAssignment;

namespace {

using Micros = std::chrono::microseconds;

/// How long `act` takes.
template <class Act>
Micros time(const Act& act) {
  const auto start = std::chrono::steady_clock::now();
  act();
  return std::chrono::duration_cast<Micros>(std::chrono::steady_clock::now() - start);
}

std::string figures(std::vector<Micros> times) {
  std::sort(times.begin(), times.end());
  const auto at = [&](std::size_t percent) {
    return std::to_string(times[(times.size() - 1) * percent / 100].count());
  };
  return "p50 " + at(50) + " us, p99 " + at(99) + " us, most " + at(100) + " us";
}

Micros median(std::vector<Micros> times) {
  std::sort(times.begin(), times.end());
  return times[times.size() / 2];
}

/// How many interfaces stand on the host: more by `STOWAGE_NETIF_ENIS`, for figures worth quoting.
int eni_count() {
  const char* asked = std::getenv("STOWAGE_NETIF_ENIS");
  return asked == nullptr ? 40 : std::atoi(asked);
}

}  // namespace

TEST_CASE("attaching an interface is quick however many there are") {
  Laboratory lab(1);
  HostStandIn& host = lab.host(0);
  Vpc vpc(lab.random(), 100);
  vpc.add_subnet();
  vpc.add_subnet();
  HostNetwork want;
  vpc.put_network(want);
  std::vector<EniAssignment> enis;
  std::vector<Micros> makes;
  std::vector<Micros> applies;
  std::vector<Micros> attaches;
  std::vector<Micros> listens;
  std::vector<netif::FileHandle> listeners;
  std::vector<Micros> detaches;
  std::vector<Micros> removes;
  for (int count = 0; count < 200; ++count) {
    const EniAssignment far = vpc.add_eni(0);
    want.neighbours.emplace(far.id, Vpc::neighbour(far, ipv4("198.18.7.99")));
  }
  host.start();
  Micros first{};
  host.act([&](HostNetworking& networking) {
    schemas::Outcome applied = schemas::Done{};
    first = time([&] { applied = networking.apply(want); });
    return applied;
  });
  host.place().inside([&] {
    for (int count = 0; count < eni_count(); ++count) {
      const EniAssignment eni = vpc.add_eni(static_cast<std::size_t>(count % 2));
      enis.push_back(eni);
      want.enis.emplace(eni.id, eni);
      applies.push_back(time([&] { expect(host.networking().apply(want)); }));
      makes.push_back(time([&] { CHECK(host.networking().make_task_namespace(eni.task).ok()); }));
      attaches.push_back(time([&] { expect(host.networking().attach(eni.id)); }));
      listens.push_back(time([&] {
        auto listener = netif::open_listener(host.task_path(eni.task), netif::metadata_address, 80);
        REQUIRE(listener.ok());
        listeners.emplace_back(listener.value());
      }));
    }
  });
  const Micros again = time([&] {
    host.start();
    host.act([&](HostNetworking& networking) { return networking.apply(want); });
  });
  listeners.clear();
  host.place().inside([&] {
    for (const EniAssignment& eni : enis) {
      detaches.push_back(time([&] { expect(host.networking().detach(eni.id)); }));
      removes.push_back(time([&] { expect(host.networking().remove_task_namespace(eni.task)); }));
    }
  });
  MESSAGE("first apply, 200 neighbours: " << first.count() << " us; after a restart with "
                                          << enis.size() << " interfaces: " << again.count()
                                          << " us");
  MESSAGE("apply one more:   " << figures(applies));
  MESSAGE("make a namespace: " << figures(makes));
  MESSAGE("attach:           " << figures(attaches));
  MESSAGE("open a listener:  " << figures(listens));
  MESSAGE("detach:           " << figures(detaches));
  MESSAGE("remove namespace: " << figures(removes));
  CHECK(median(attaches) < std::chrono::milliseconds(100));  // sanitized, on a busy machine
  const Micros all =
      time([&] { host.act([](HostNetworking& networking) { return networking.remove_all(); }); });
  MESSAGE("remove_all: " << all.count() << " us");
}

}  // namespace laboratory

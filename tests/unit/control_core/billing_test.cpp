#include <doctest/doctest.h>

#include <limits>
#include <vector>

#include "control/core/billing/bill.h"
#include "schemas/base/random.h"

using control::Bill;
using control::BillState;
using control::LineItem;
using control::LineKind;
using control::MeteredTask;
using schemas::Nanos;
using schemas::PriceBook;

namespace {

constexpr std::int64_t second = 1'000'000'000;

PriceBook prices() { return {"USD", Nanos{40'480'000}, Nanos{4'445'000}, 60}; }

schemas::Instant at_s(std::int64_t s) { return schemas::Instant{schemas::Duration{s * 1000}}; }

MeteredTask task(std::uint8_t number, std::string cluster, std::string service,
                 std::int64_t metered_ns) {
  schemas::IdBytes bytes{};
  bytes[15] = number;
  MeteredTask metered;
  metered.task = schemas::TaskId(bytes);
  metered.cluster = std::move(cluster);
  metered.service = std::move(service);
  metered.family = "web";
  metered.cpu = {256};
  metered.memory = {512};
  metered.use.last_sequence = 1;
  metered.use.metered_ns = metered_ns;
  metered.use.from = at_s(1000);
  metered.use.until = at_s(1000 + metered_ns / second);
  metered.use.closed = true;
  return metered;
}

}  // namespace

TEST_CASE("a bill worked out by hand: a quarter vCPU and half a GB for 100.2 seconds") {
  MeteredTask metered = task(1, "prod", "web", 100 * second + second / 5);
  metered.use.cpu_time_ns = 12 * second;
  metered.use.memory_byte_seconds = 6'000'000'000;
  metered.use.memory_peak_bytes = 70'000'000;
  const Bill bill = control::rate(prices(), std::vector{metered});
  // 101 s x 256 / 1,024 x 40,480,000 / 3,600 = 283,922.2…
  // 101 s x 512 / 1,024 x  4,445,000 / 3,600 =  62,353.4…
  const std::vector<LineItem> lines = {
      {LineKind::vcpu, 256, 101, Nanos{40'480'000}, Nanos{283'922}},
      {LineKind::memory, 512, 101, Nanos{4'445'000}, Nanos{62'353}}};
  REQUIRE(bill.clusters.size() == 1);
  REQUIRE(bill.clusters.front().services.size() == 1);
  REQUIRE(bill.clusters.front().services.front().tasks.size() == 1);
  const control::TaskBill& only = bill.clusters.front().services.front().tasks.front();
  CHECK(only.lines == lines);
  CHECK(only.total == Nanos{346'275});
  CHECK(only.state == BillState::final);
  CHECK(only.cpu_used_ns == 12 * second);
  CHECK(only.cpu_reserved_ns == 25'050'000'000);
  CHECK(only.memory_used_byte_seconds == 6'000'000'000);
  CHECK(only.memory_reserved_byte_seconds == 53'794'465'382);
  CHECK(only.memory_peak_bytes == 70'000'000);
  CHECK(bill.total == Nanos{346'275});
  CHECK(bill.currency == "USD");
}

TEST_CASE("a total at the largest number there is can be billed") {
  const MeteredTask metered = task(1, "prod", "web", std::numeric_limits<std::int64_t>::max());
  const control::TaskBill bill = control::rate_task(prices(), metered);
  CHECK(bill.lines.front().seconds == 9'223'372'037);
}

TEST_CASE("a begun second is billed whole, and a minute is the least") {
  const auto seconds = [](std::int64_t ns) {
    return control::rate_task(prices(), task(1, "c", "s", ns)).lines.front().seconds;
  };
  CHECK(seconds(0) == 60);
  CHECK(seconds(second) == 60);
  CHECK(seconds(60 * second) == 60);
  CHECK(seconds(60 * second + 1) == 61);
  CHECK(seconds(61 * second) == 61);
}

TEST_CASE("a line item is rounded half up, once") {
  // 1 s x 1,024 units at p per hour is p / 3,600.
  CHECK(control::amount_of(1, 1024, Nanos{1799}) == Nanos{0});
  CHECK(control::amount_of(1, 1024, Nanos{1800}) == Nanos{1});
  CHECK(control::amount_of(1, 1024, Nanos{5399}) == Nanos{1});
  CHECK(control::amount_of(1, 1024, Nanos{5400}) == Nanos{2});
}

TEST_CASE("a year of the largest task at an absurd price is still exact") {
  const std::int64_t year = 31'536'000;
  // 16 vCPU for 8,760 h at 1,000 an hour.
  CHECK(control::amount_of(year, 16384, Nanos{1'000'000'000'000}) ==
        Nanos{16LL * 8760 * 1'000'000'000'000});
}

TEST_CASE("a running task is billed to date and one that never pulled is not billed") {
  MeteredTask running = task(1, "c", "s", 90 * second);
  running.use.closed = false;
  CHECK(control::rate_task(prices(), running).state == BillState::to_date);
  CHECK(control::rate_task(prices(), running).lines.front().seconds == 90);
  MeteredTask never = task(2, "c", "s", 0);
  never.use = {};
  const control::TaskBill bill = control::rate_task(prices(), never);
  CHECK(bill.lines.empty());
  CHECK(bill.total == Nanos{0});
}

TEST_CASE("a bill goes by cluster, service and task, and every total is the sum of its lines") {
  schemas::Random random(5);
  std::vector<MeteredTask> tasks;
  for (int i = 0; i < 200; ++i) {
    MeteredTask each = task(static_cast<std::uint8_t>(i), random.chance(500) ? "prod" : "lab",
                            random.chance(300) ? "" : (random.chance(500) ? "web" : "api"),
                            static_cast<std::int64_t>(random.below(1'000'000'000'000)));
    each.use.from = at_s(static_cast<std::int64_t>(random.below(5)));
    tasks.push_back(each);
  }
  const Bill bill = control::rate(prices(), tasks);
  REQUIRE(bill.clusters.size() == 2);
  CHECK(bill.clusters[0].cluster == "lab");
  CHECK(bill.clusters[1].cluster == "prod");
  Nanos all;
  std::size_t seen = 0;
  for (const control::ClusterBill& cluster : bill.clusters) {
    REQUIRE(cluster.services.size() == 3);
    CHECK(cluster.services[0].service.empty());
    Nanos of_cluster;
    for (const control::ServiceBill& service : cluster.services) {
      Nanos of_service;
      for (std::size_t i = 0; i < service.tasks.size(); ++i) {
        const control::TaskBill& each = service.tasks[i];
        CHECK(each.total == each.lines[0].amount + each.lines[1].amount);
        of_service += each.total;
        ++seen;
        if (i > 0) {
          CHECK(service.tasks[i - 1].from <= each.from);
        }
      }
      CHECK(service.total == of_service);
      of_cluster += of_service;
    }
    CHECK(cluster.total == of_cluster);
    all += of_cluster;
  }
  CHECK(seen == tasks.size());
  CHECK(bill.total == all);
}

TEST_CASE("a price book with a negative price or no currency is refused by the entry's name") {
  CHECK(control::check(prices()).ok());
  PriceBook book = prices();
  book.fargate_gb_hour = Nanos{-1};
  REQUIRE(!control::check(book).ok());
  CHECK(control::check(book).error().message ==
        "The price book's entry 'fargate.gb_hour' is -1. Give 0 or more billionths of the currency "
        "for an hour.");
  book = prices();
  book.minimum_seconds = 86'401;
  CHECK(!control::check(book).ok());
  book = prices();
  book.currency.clear();
  CHECK(!control::check(book).ok());
}

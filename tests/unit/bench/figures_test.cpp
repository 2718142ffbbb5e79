#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "tests/bench/figures.h"
#include "tests/bench/phases.h"

TEST_CASE("percentiles are values that were measured") {
  std::vector<std::int64_t> values;
  for (std::int64_t value = 100; value >= 1; --value) {
    values.push_back(value);
  }
  const bench::Figures figures = bench::figures_of(values);
  CHECK(figures.count == 100);
  CHECK(figures.least_us == 1);
  CHECK(figures.p50_us == 50);
  CHECK(figures.p90_us == 90);
  CHECK(figures.p99_us == 99);
  CHECK(figures.most_us == 100);
}

TEST_CASE("one measurement is every percentile, and none is zero") {
  CHECK(bench::figures_of({7}).p50_us == 7);
  CHECK(bench::figures_of({7}).p99_us == 7);
  CHECK(bench::figures_of({}).most_us == 0);
}

TEST_CASE("an agent's log gives the phases of the tasks that were measured") {
  const std::string log =
      "[2026-11-23 18:00:00] [debug] phases task=aa eni_ms=1.25 rootfs_ms=3 start_ms=10\n"
      "[2026-11-23 18:00:01] [info] something else\n"
      "[2026-11-23 18:00:02] [debug] phases task=bb eni_ms=2.5 rootfs_ms=4 start_ms=11\n"
      "[2026-11-23 18:00:03] [debug] phases task=cc eni_ms=99\n";
  const auto phases = bench::phases_in(log, {"aa", "bb"});
  REQUIRE(phases.size() == 3);
  CHECK(phases.at("eni") == std::vector<std::int64_t>{1250, 2500});
  CHECK(phases.at("rootfs") == std::vector<std::int64_t>{3000, 4000});
}

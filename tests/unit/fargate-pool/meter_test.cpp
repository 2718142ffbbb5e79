#include "fargate-pool/core/meter.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <limits>
#include <vector>

#include "schemas/base/random.h"

using fargate_pool::Absorbed;
using fargate_pool::MeterTotal;
using schemas::MeterRecord;

namespace {

constexpr std::int64_t second = 1'000'000'000;

/// A reading of [start_s, end_s) on the host's monotonic clock.
MeterRecord reading(std::int64_t sequence, std::int64_t start_s, std::int64_t end_s) {
  MeterRecord record;
  record.sequence = sequence;
  record.monotonic_start_ns = start_s * second;
  record.monotonic_end_ns = end_s * second;
  record.wall_start = schemas::Instant{schemas::Duration{start_s * 1000}};
  record.wall_end = schemas::Instant{schemas::Duration{end_s * 1000}};
  record.cpu_time_ns = (end_s - start_s) * second / 2;
  record.memory_byte_seconds = (end_s - start_s) * 1'000'000;
  record.memory_peak_bytes = 2'000'000 + sequence;
  return record;
}

}  // namespace

TEST_CASE("the readings of a task add up, whatever their number") {
  MeterTotal total;
  CHECK(fargate_pool::absorb(total, reading(1, 100, 110)) == Absorbed::added);
  CHECK(fargate_pool::absorb(total, reading(2, 110, 115)) == Absorbed::added);
  CHECK(total.metered_ns == 15 * second);
  CHECK(total.cpu_time_ns == 15 * second / 2);
  CHECK(total.memory_byte_seconds == 15'000'000);
  CHECK(total.memory_peak_bytes == 2'000'002);
  CHECK(total.from == schemas::Instant{schemas::Duration{100'000}});
  CHECK(total.until == schemas::Instant{schemas::Duration{115'000}});
  CHECK(!total.closed);
  MeterRecord end = reading(3, 115, 116);
  end.last = true;
  fargate_pool::absorb(total, end);
  CHECK(total.closed);
}

TEST_CASE("a repeated reading counts once") {
  MeterTotal total;
  fargate_pool::absorb(total, reading(1, 100, 110));
  const MeterTotal before = total;
  CHECK(fargate_pool::absorb(total, reading(1, 100, 110)) == Absorbed::repeated);
  CHECK(total == before);
}

TEST_CASE("time that an earlier reading covers is not counted again, nor what was used in it") {
  MeterTotal total;
  fargate_pool::absorb(total, reading(1, 100, 110));
  fargate_pool::absorb(total, reading(2, 105, 115));
  CHECK(total.metered_ns == 15 * second);
  CHECK(total.cpu_time_ns == (5 + 2) * second + second / 2);
  CHECK(total.memory_byte_seconds == 15'000'000);
  fargate_pool::absorb(total, reading(3, 101, 104));
  CHECK(total.metered_ns == 15 * second);
}

TEST_CASE("readings that never came are known to be missing and nobody pays for them") {
  MeterTotal total;
  fargate_pool::absorb(total, reading(1, 100, 110));
  fargate_pool::absorb(total, reading(4, 130, 140));
  CHECK(total.missing_readings == 2);
  CHECK(total.metered_ns == 20 * second);
}

TEST_CASE("a step of the host's wall clock bills nobody") {
  MeterTotal total;
  MeterRecord record = reading(1, 100, 110);
  record.wall_end += std::chrono::hours(24);
  fargate_pool::absorb(total, record);
  CHECK(total.metered_ns == 10 * second);
}

TEST_CASE("numbers beyond all measure stop at the largest there is, and shrink nothing") {
  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
  constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();
  MeterRecord endless = reading(1, 0, 1);
  endless.monotonic_start_ns = least;
  endless.monotonic_end_ns = most;
  endless.cpu_time_ns = most;
  endless.memory_byte_seconds = most;
  MeterTotal total;
  fargate_pool::absorb(total, endless);
  CHECK(total.metered_ns == most);
  endless.sequence = most;
  endless.monotonic_start_ns = most - 1;
  fargate_pool::absorb(total, endless);
  CHECK(total.metered_ns == most);
  CHECK(total.cpu_time_ns == most);
  CHECK(total.memory_byte_seconds == most);
  CHECK(total.missing_readings == most - 2);

  MeterTotal full;
  fargate_pool::absorb(full, reading(1, 100, 110));
  MeterRecord greedy = reading(2, 110, 120);
  greedy.cpu_time_ns = most;
  greedy.memory_byte_seconds = most;
  fargate_pool::absorb(full, greedy);
  CHECK(full.cpu_time_ns == most);
  CHECK(full.memory_byte_seconds == most);

  MeterTotal honest;
  fargate_pool::absorb(honest, reading(1, 100, 110));
  MeterTotal expected = honest;
  MeterRecord negative = reading(2, 110, 110);
  negative.monotonic_end_ns = least;
  negative.cpu_time_ns = least;
  negative.memory_byte_seconds = -1;
  negative.memory_peak_bytes = least;
  fargate_pool::absorb(honest, negative);
  expected.last_sequence = 2;
  CHECK(honest == expected);
}

TEST_CASE("stored readings give the same total in any order and however often repeated") {
  std::vector<MeterRecord> readings;
  for (std::int64_t i = 1; i <= 20; ++i) {
    readings.push_back(reading(i, 100 + 10 * i, 110 + 10 * i));
  }
  const MeterTotal expected = fargate_pool::total_of(readings);
  CHECK(expected.metered_ns == 200 * second);
  schemas::Random random(3);
  for (int round = 0; round < 200; ++round) {
    std::vector<MeterRecord> mixed = readings;
    for (int i = 0; i < 10; ++i) {
      mixed.push_back(readings[random.below(readings.size())]);
    }
    for (std::size_t i = mixed.size(); i > 1; --i) {
      std::swap(mixed[i - 1], mixed[random.below(i)]);
    }
    CHECK(fargate_pool::total_of(mixed) == expected);
  }
}

#pragma once

#include <cstdint>
#include <string>

#include "schemas/base/result.h"
#include "tests/bench/bare_control.h"

namespace bench {

/// What the placed tasks ask for beyond CPU and memory.
enum class Mix : std::uint8_t {
  plain,   ///< nothing: the least loaded host
  spread,  ///< spread over zones, then over hosts
  apart,   ///< that, and no two tasks of a group (of a thousand) on one host
  hard,    ///< that, and only hosts that an expression holds for
};

struct PlacementSettings {
  std::int64_t hosts = 5'000;
  std::int64_t tasks = 100'000;
  /// RunTask calls that come in together and share a transaction; each asks for ten tasks.
  std::int64_t calls_a_turn = 100;
  Mix mix = Mix::plain;
  /// Where the database is made; removed afterwards. It should be on the disk that counts.
  std::string directory = "/var/tmp";
};

/// One way through: durable or in memory.
struct PlacementRun {
  std::int64_t placed = 0;
  std::int64_t refused = 0;
  std::int64_t wall_us = 0;  ///< from the first call of the first turn to the last commit
  std::int64_t cpu_us = 0;   ///< of the whole process meanwhile, its checkpoint thread included
  TurnCosts costs;
  [[nodiscard]] std::int64_t a_second() const {
    return wall_us == 0 ? 0 : placed * 1'000'000 / wall_us;
  }
};

struct PlacementMeasurements {
  std::int64_t join_cpu_us = 0;  ///< until all hosts had joined, in memory
  PlacementRun durable;
  PlacementRun memory;
  std::int64_t load_us = 0;  ///< the durable run's database read back into a World
};

/// Places tasks on hosts through the real loop, each turn committed to a real SQLite store before
/// the next; then the same in memory alone.
schemas::Result<PlacementMeasurements> measure_placement(const PlacementSettings& settings);

}  // namespace bench

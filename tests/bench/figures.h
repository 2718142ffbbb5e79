#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace bench {

/// What a list of measurements says, in microseconds. Percentiles are measured values: the smallest
/// one that at least that share of the measurements does not exceed.
struct Figures {
  std::int64_t count = 0;
  std::int64_t least_us = 0;
  std::int64_t p50_us = 0;
  std::int64_t p90_us = 0;
  std::int64_t p99_us = 0;
  std::int64_t most_us = 0;
};

/// All zero when there are no measurements.
Figures figures_of(std::vector<std::int64_t> measurements_us);

/// "12.3 ms".
std::string milliseconds_text(std::int64_t us);

}  // namespace bench

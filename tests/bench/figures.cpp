#include "tests/bench/figures.h"

#include <algorithm>
#include <cstddef>

namespace bench {

namespace {

std::int64_t percentile(const std::vector<std::int64_t>& sorted, std::int64_t per_cent) {
  const auto count = static_cast<std::int64_t>(sorted.size());
  const std::int64_t rank = (count * per_cent + 99) / 100;  // rounded up, counted from 1
  return sorted[static_cast<std::size_t>(std::max<std::int64_t>(rank, 1) - 1)];
}

}  // namespace

Figures figures_of(std::vector<std::int64_t> measurements_us) {
  if (measurements_us.empty()) {
    return {};
  }
  std::sort(measurements_us.begin(), measurements_us.end());
  return {.count = static_cast<std::int64_t>(measurements_us.size()),
          .least_us = measurements_us.front(),
          .p50_us = percentile(measurements_us, 50),
          .p90_us = percentile(measurements_us, 90),
          .p99_us = percentile(measurements_us, 99),
          .most_us = measurements_us.back()};
}

std::string milliseconds_text(std::int64_t us) {
  return std::to_string(us / 1000) + "." + std::to_string(us % 1000 / 100) + " ms";
}

}  // namespace bench

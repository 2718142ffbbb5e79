#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "schemas/base/result.h"
#include "tests/bench/figures.h"

namespace bench {

struct ApiSettings {
  std::vector<std::int64_t> connections{1, 2, 4, 8, 16, 32, 64, 128, 256};
  std::int64_t duration_ms = 2'000;  ///< of each step
};

/// One operation at one concurrency.
struct ApiStep {
  std::string operation;
  std::int64_t connections = 0;
  std::int64_t a_second = 0;
  Figures answered;
  std::int64_t control_cpu_us = 0;  ///< what one request costs control, on all its threads
};

/// DescribeTasks of one task, ListTasks of a hundred of a thousand, and RunTask of one task that
/// finds its host, over connections that stay open. Control is a process of its own with a host
/// that joined and does nothing.
schemas::Result<std::vector<ApiStep>> measure_api(const ApiSettings& settings);

}  // namespace bench

#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "schemas/base/result.h"

namespace bench {

struct BurstSettings {
  std::int64_t tasks = 300;
  /// Tasks asked for and not yet RUNNING. Too few and the host waits for us, too many and only the
  /// waiting grows.
  std::int64_t in_flight = 16;
  /// Tasks that run at once; beyond it the oldest is stopped, so that stops are part of the load.
  std::int64_t live = 100;
  std::string runtime = "crun";
};

struct BurstMeasurements {
  std::int64_t wall_us = 0;                 ///< first RunTask sent until the last task was RUNNING
  std::vector<std::int64_t> to_running_us;  ///< of each task
  std::map<std::string, std::vector<std::int64_t>> phases_us;  ///< the agent's own account
  [[nodiscard]] std::int64_t milli_starts_a_second() const;
};

/// Starts pool tasks with an interface on one host, as fast as it takes them.
schemas::Result<BurstMeasurements> measure_burst(const BurstSettings& settings);

struct ServiceSettings {
  std::int64_t replicas = 50;
  std::int64_t times = 5;
  std::string runtime = "crun";
};

struct ServiceMeasurements {
  std::vector<std::int64_t> all_running_us;  ///< CreateService sent until runningCount = replicas
  std::vector<std::int64_t> all_gone_us;     ///< DeleteService sent until no task is left
};

/// A service of pool tasks on one host, made and deleted again.
schemas::Result<ServiceMeasurements> measure_service(const ServiceSettings& settings);

}  // namespace bench

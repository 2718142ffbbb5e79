#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "schemas/base/result.h"

namespace bench {

struct StartSettings {
  std::int64_t starts = 100;
  /// Starts that are not counted: the first pulls the image and makes the subnet's bridge.
  std::int64_t warm_up = 3;
  std::string runtime = "crun";
  std::int64_t docker_runs = 20;  ///< `docker run` beside it, where Docker is installed
};

/// What `ecs-bench start` measured, each list with one entry a start, in microseconds.
struct StartMeasurements {
  std::vector<std::int64_t> to_running_us;  ///< RunTask sent until DescribeTasks says RUNNING
  std::vector<std::int64_t> run_task_us;    ///< RunTask sent until answered: placed and durable
  /// The agent's own account, by name of phase.
  std::map<std::string, std::vector<std::int64_t>> phases_us;
  /// Means of one turn of control's loop while measuring, by name; empty when it does not say.
  std::map<std::string, std::int64_t> control_mean_us;
  std::vector<std::int64_t> docker_run_us;
  std::string docker_missing;  ///< why the list above is empty
};

/// Starts pool tasks with an interface and a cached image one after the other, each stopped before
/// the next is asked for.
schemas::Result<StartMeasurements> measure_starts(const StartSettings& settings);

}  // namespace bench

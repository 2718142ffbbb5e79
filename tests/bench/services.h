#pragma once

#include <cstdint>
#include <string>

#include "schemas/base/result.h"
#include "schemas/base/time.h"
#include "tests/bench/bare_control.h"

namespace bench {

struct ServicesSettings {
  std::int64_t hosts = 500;
  std::int64_t services = 1'000;
  std::int64_t tasks_each = 4;
  /// How long tasks that end as soon as they have started are watched.
  std::int64_t crashing_s = 600;
  /// Where the database is made; removed afterwards. It should be on the disk that counts.
  std::string directory = "/var/tmp";
};

/// What control did for hosts that do at once what they are told, on a clock that runs as fast as
/// control does.
struct ServicesRun {
  TurnCosts costs;
  schemas::Duration passed{};  ///< on that clock
  std::int64_t started = 0;    ///< tasks that hosts were told of
  std::int64_t stopped = 0;    ///< tasks that have stopped
};

struct ServicesMeasurements {
  ServicesRun created;   ///< until all services had their tasks
  ServicesRun rolled;    ///< until all had replaced them, asked to all at once
  ServicesRun resting;   ///< ten minutes in which nothing happens but that hosts say so
  ServicesRun crashing;  ///< services whose tasks end with an error as soon as they run
};

/// Services on hosts through the real loop, each turn committed to a real SQLite store before the
/// next.
schemas::Result<ServicesMeasurements> measure_services(const ServicesSettings& settings);

}  // namespace bench

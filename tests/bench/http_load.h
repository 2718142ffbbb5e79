#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "schemas/base/result.h"

namespace bench {

/// So many connections that stay open, each asking again as soon as it was answered.
struct LoadSettings {
  std::string host;  ///< an IPv4 address
  std::uint16_t port = 0;
  std::string request;  ///< a whole HTTP request, head and body
  std::int64_t connections = 1;
  std::int64_t duration_ms = 2'000;
};

struct LoadMeasurements {
  std::vector<std::int64_t> answered_us;  ///< request sent until the whole answer was read
  std::int64_t refused = 0;               ///< answers of another status than 200
  std::string first_refusal;              ///< one of them, for people
  std::int64_t wall_us = 0;
};

/// One thread, so that the load costs the machine as little as can be. An answer without a
/// Content-Length or a connection that ends is an error.
schemas::Result<LoadMeasurements> load(const LoadSettings& settings);

}  // namespace bench

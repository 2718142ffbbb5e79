#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "tests/sim/simulation.h"

namespace sim {

/// What came of a run.
struct Outcome {
  std::optional<std::string> failure;
  Duration failed_at{};
  std::uint64_t hash = 0;  ///< of everything that happened
  Duration simulated{};
  std::int64_t turns = 0;  ///< durable turns, each of which was checked
  std::map<std::string, std::int64_t> probes;
};

/// A random life: traffic and faults drawn from the seed, then healing, then rest.
Outcome run_seed(std::uint64_t seed, Trace::Print print);

/// The rare things that a long run should have seen, whether or not it has.
const std::map<std::string, std::int64_t>& rare_things();

}  // namespace sim

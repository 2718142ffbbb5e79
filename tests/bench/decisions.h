#pragma once

#include <cstdint>
#include <vector>

#include "tests/bench/placement.h"

namespace bench {

/// What the core alone takes to decide, without tasks, interfaces, answers and rows.
struct DecisionMeasurements {
  std::vector<std::int64_t> decisions_ns;  ///< each task's host, chosen and taken
  /// One pass over an array of the hosts' free CPU and memory that keeps the emptiest: less no
  /// scheduler can do that asks every host.
  std::int64_t bare_scan_ns = 0;
  std::vector<std::int64_t> explanations_ns;  ///< of a task that fits nowhere, all hosts asked
};

DecisionMeasurements measure_decisions(const PlacementSettings& settings);

/// What a task of the mix asks for, in a group of its thousand.
control::TaskRequest core_request(Mix mix, std::int64_t task);

/// Whom the mix `hard` asks for: every second host.
inline constexpr const char* hard_expression =
    "attribute:stack == prod && attribute:ecs.os-type =~ 'lin.*' && !(attribute:rack in [r98, "
    "r99])";

}  // namespace bench

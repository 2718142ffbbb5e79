#pragma once

#include <cstdint>

#include "schemas/base/id.h"
#include "schemas/base/time.h"

namespace schemas {

/// One reading of a task's use, made on its host and kept there until control has it. Identified
/// by (task, sequence): a repeated record is the same record. The billed clock runs from the start
/// of the image pull to the task's stop; intervals of one task follow each other without gaps.
/// Minimum charges belong to rating, not to records.
struct MeterRecord {
  TaskId task;
  std::int64_t sequence = 0;  ///< from 1, no gaps
  std::int64_t monotonic_start_ns =
      0;  ///< the host's CLOCK_BOOTTIME: a wall clock step bills nobody
  std::int64_t monotonic_end_ns = 0;
  Instant wall_start{};
  Instant wall_end{};
  std::int64_t cpu_time_ns = 0;          ///< CPU time used in the interval, from the task's cgroup
  std::int64_t memory_byte_seconds = 0;  ///< use integrated over the interval
  std::int64_t memory_peak_bytes = 0;
  bool last = false;  ///< the task has stopped; no record follows
  bool operator==(const MeterRecord&) const = default;
};

}  // namespace schemas

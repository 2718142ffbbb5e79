#pragma once

// What a meter reading means: how the readings of one task add up to what it used.

#include <cstdint>
#include <span>

#include "schemas/base/time.h"
#include "schemas/model/meter.h"

namespace fargate_pool {

/// The readings of one task, added up so far. Small enough to keep for every task ever metered.
struct MeterTotal {
  std::int64_t last_sequence = 0;         ///< 0 = no reading yet
  std::int64_t metered_ns = 0;            ///< covered by readings, by the host's monotonic clock
  std::int64_t monotonic_covered_ns = 0;  ///< up to where on that clock
  std::int64_t missing_readings = 0;      ///< sequence numbers that never came
  schemas::Instant from{};                ///< wall clock, for people; never billed by
  schemas::Instant until{};
  std::int64_t cpu_time_ns = 0;
  std::int64_t memory_byte_seconds = 0;
  std::int64_t memory_peak_bytes = 0;
  bool closed = false;  ///< the last reading has come
  bool operator==(const MeterTotal&) const = default;
};

/// Whether a reading was new.
enum class Absorbed : std::uint8_t { added, repeated };

/// Adds a reading. A sequence number at or below the last one is a repetition and adds nothing;
/// time that an earlier reading covers is not counted again. Give a task's readings in the order
/// of their sequence (a host sends all that control has not acknowledged, in that order).
Absorbed absorb(MeterTotal& total, const schemas::MeterRecord& record);

/// Adds up readings of one task in any order, with repetitions: as stored, or as they came.
MeterTotal total_of(std::span<const schemas::MeterRecord> records);

}  // namespace fargate_pool

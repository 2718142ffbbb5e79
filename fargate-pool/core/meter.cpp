#include "fargate-pool/core/meter.h"

#include <algorithm>
#include <limits>
#include <vector>

#include "schemas/base/require.h"

namespace fargate_pool {
namespace {

using schemas::MeterRecord;

/// 128 bits: byte-seconds times nanoseconds.
__extension__ typedef __int128 Wide;  // NOLINT(modernize-use-using): __extension__ needs a typedef

/// Counters stop at the largest number there is: what a host claims must not wrap a total around.
std::int64_t sum(std::int64_t left, std::int64_t right) {
  std::int64_t whole = 0;
  if (!__builtin_add_overflow(left, right, &whole)) {
    return whole;
  }
  return left > 0 ? std::numeric_limits<std::int64_t>::max()
                  : std::numeric_limits<std::int64_t>::min();
}

/// How far `to` lies behind `from`; 0 when it does not.
std::int64_t distance(std::int64_t from, std::int64_t to) {
  std::int64_t length = 0;
  return to <= from                                  ? 0
         : __builtin_sub_overflow(to, from, &length) ? std::numeric_limits<std::int64_t>::max()
                                                     : length;
}

/// The part of a counter that belongs to the uncovered end of the reading's interval.
std::int64_t part(std::int64_t counter, std::int64_t uncovered_ns, std::int64_t length_ns) {
  if (counter <= 0) {
    return 0;  // nobody gives use back
  }
  if (length_ns == uncovered_ns || length_ns <= 0) {
    return counter;
  }
  return static_cast<std::int64_t>(Wide{counter} * uncovered_ns / length_ns);
}

}  // namespace

Absorbed absorb(MeterTotal& total, const MeterRecord& record) {
  if (record.sequence <= total.last_sequence) {
    return Absorbed::repeated;
  }
  const bool first = total.last_sequence == 0;
  const std::int64_t end = std::max(record.monotonic_end_ns, record.monotonic_start_ns);
  const std::int64_t length = distance(record.monotonic_start_ns, end);
  const std::int64_t from = first ? record.monotonic_start_ns
                                  : std::max(record.monotonic_start_ns, total.monotonic_covered_ns);
  const std::int64_t uncovered = distance(from, end);
  total.missing_readings =
      sum(total.missing_readings, distance(total.last_sequence, record.sequence) - 1);
  total.last_sequence = record.sequence;
  total.metered_ns = sum(total.metered_ns, uncovered);
  total.monotonic_covered_ns = first ? end : std::max(end, total.monotonic_covered_ns);
  total.cpu_time_ns = sum(total.cpu_time_ns, part(record.cpu_time_ns, uncovered, length));
  total.memory_byte_seconds =
      sum(total.memory_byte_seconds, part(record.memory_byte_seconds, uncovered, length));
  total.memory_peak_bytes = std::max(total.memory_peak_bytes, record.memory_peak_bytes);
  total.from = first ? record.wall_start : std::min(total.from, record.wall_start);
  total.until = first ? record.wall_end : std::max(total.until, record.wall_end);
  total.closed = total.closed || record.last;
  return Absorbed::added;
}

MeterTotal total_of(std::span<const MeterRecord> records) {
  std::vector<const MeterRecord*> in_order;
  in_order.reserve(records.size());
  for (const MeterRecord& record : records) {
    schemas::require(record.task == records.front().task,
                     "readings of several tasks were added up as one");
    in_order.push_back(&record);
  }
  std::sort(in_order.begin(), in_order.end(),
            [](const MeterRecord* a, const MeterRecord* b) { return a->sequence < b->sequence; });
  MeterTotal total;
  for (const MeterRecord* record : in_order) {
    absorb(total, *record);
  }
  return total;
}

}  // namespace fargate_pool

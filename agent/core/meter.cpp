#include "agent/core/meter.h"

#include <algorithm>

#include "schemas/base/require.h"

namespace agent {

void open_meter(TaskState& task, const Moment& now) {
  MeterRecordState& meter = task.record.meter;
  if (!task.assignment().metered || meter.phase != MeterRecordState::Phase::off) {
    return;
  }
  meter.phase = MeterRecordState::Phase::open;
  meter.start = now;
  task.meter = MeterActivity{};
  task.meter.sampled_ns = now.boot_ns;
}

std::optional<std::int64_t> next_reading_ns(const TaskState& task) {
  if (task.record.meter.phase != MeterRecordState::Phase::open ||
      task.meter.reading.phase == Attempt::Phase::asked) {
    return std::nullopt;
  }
  const std::int64_t sampled_ns = std::max(task.meter.sampled_ns, task.record.meter.start.boot_ns);
  return std::min(sampled_ns + meter_sample_ns,
                  task.record.meter.start.boot_ns + meter_interval_ns);
}

namespace {

/// Adds the time since the last sample, memory taken as the mean of both ends.
void integrate(TaskState& task, std::int64_t memory_bytes, std::int64_t at_ns) {
  MeterActivity& activity = task.meter;
  if (activity.sampled_ns < task.record.meter.start.boot_ns) {
    // The first sample of this process: go on from what was saved at the interval's start.
    activity.sampled_ns = task.record.meter.start.boot_ns;
    activity.sampled_bytes = task.record.meter.memory_bytes_at_start;
  }
  const std::int64_t elapsed_ms = (at_ns - activity.sampled_ns) / nanoseconds_per_millisecond;
  activity.kib_ms += (activity.sampled_bytes + memory_bytes) / 2 / 1024 * elapsed_ms;
  activity.sampled_ns = at_ns;
  activity.sampled_bytes = memory_bytes;
  activity.peak_bytes = std::max(activity.peak_bytes, memory_bytes);
}

std::int64_t byte_seconds(std::int64_t kib_ms) {
  return kib_ms / 1000 * 1024 + kib_ms % 1000 * 1024 / 1000;
}

}  // namespace

std::optional<schemas::MeterRecord> fold_meter(TaskState& task,
                                               const std::optional<MeterReading>& reading,
                                               const Moment& at, MeterClose close) {
  MeterRecordState& meter = task.record.meter;
  schemas::require(meter.phase == MeterRecordState::Phase::open, "a closed meter was read");
  const std::int64_t end_ns = std::max(at.boot_ns, meter.start.boot_ns);
  integrate(task, reading ? reading->memory_bytes : 0, end_ns);
  // A cgroup's counters only grow; one that was made anew (or is gone) must not count backwards.
  task.meter.cpu_ns = std::max(
      {task.meter.cpu_ns, meter.cpu_ns_at_start, reading ? reading->cpu_ns : std::int64_t{0}});
  const std::int64_t peak_ever =
      std::max(meter.memory_peak_at_start, reading ? reading->memory_peak_bytes : std::int64_t{0});
  if (peak_ever > meter.memory_peak_at_start) {
    task.meter.peak_bytes = std::max(task.meter.peak_bytes, peak_ever);
  }
  if (close == MeterClose::when_due && end_ns < meter.start.boot_ns + meter_interval_ns) {
    return std::nullopt;
  }
  schemas::MeterRecord record;
  record.task = task.assignment().id;
  record.sequence = meter.next_sequence;
  record.monotonic_start_ns = meter.start.boot_ns;
  record.monotonic_end_ns = end_ns;
  record.wall_start = meter.start.wall;
  record.wall_end = at.wall;
  record.cpu_time_ns = task.meter.cpu_ns - meter.cpu_ns_at_start;
  record.memory_byte_seconds = byte_seconds(task.meter.kib_ms);
  record.memory_peak_bytes = task.meter.peak_bytes;
  record.last = close == MeterClose::last;

  meter.next_sequence += 1;
  meter.start = Moment{at.wall, end_ns};
  meter.cpu_ns_at_start = task.meter.cpu_ns;
  meter.memory_bytes_at_start = task.meter.sampled_bytes;
  meter.memory_peak_at_start = peak_ever;
  meter.phase = record.last ? MeterRecordState::Phase::closed : MeterRecordState::Phase::open;
  task.meter.kib_ms = 0;
  task.meter.peak_bytes = task.meter.sampled_bytes;
  return record;
}

}  // namespace agent

#pragma once

#include <cstdint>
#include <optional>

#include "agent/core/effect.h"
#include "agent/core/moment.h"
#include "agent/core/task_state.h"
#include "schemas/model/meter.h"

namespace agent {

/// How long one meter record covers. Shorter: more rows for control to keep. Longer: more that
/// the loss of a whole host can cost.
inline constexpr std::int64_t meter_interval_ns = 60 * nanoseconds_per_second;
/// How often memory is read in between. Shorter: a finer integral, more reads of cgroup files.
inline constexpr std::int64_t meter_sample_ns = 10 * nanoseconds_per_second;

enum class MeterClose : std::uint8_t {
  when_due,  ///< a record is made if the interval is over
  last,      ///< the task has stopped: a last record is made whatever the interval's length
};

/// Starts the clock of a metered task: at the start of its first image pull.
void open_meter(TaskState& task, const Moment& now);

/// When the next reading is wanted; none while the meter is not running.
std::optional<std::int64_t> next_reading_ns(const TaskState& task);

/// Folds a reading into the open interval and closes the interval when it is time. Without a
/// reading (there is no cgroup yet, or no longer) the counters stand still and only time passes.
/// Intervals of one task follow each other without gap or overlap: each starts where the one
/// before ended.
std::optional<schemas::MeterRecord> fold_meter(TaskState& task,
                                               const std::optional<MeterReading>& reading,
                                               const Moment& at, MeterClose close);

}  // namespace agent

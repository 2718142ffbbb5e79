#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "agent/core/effect.h"
#include "agent/core/moment.h"
#include "agent/core/task_state.h"
#include "schemas/model/meter.h"

namespace agent {

/// How the host treats tasks. The defaults are what people run.
struct TaskPolicy {
  /// From stop signal to kill where the definition does not say. Too short: programs lose work.
  schemas::Duration stop_timeout{30'000};
  /// After a kill without an exit, the kill is repeated this often.
  schemas::Duration kill_again{10'000};
  /// How long an awsvpc task waits for its interface to be assigned.
  schemas::Duration eni_timeout{180'000};
  /// How long the logs of a stopped task stay readable …
  schemas::Duration logs_kept{3'600'000};
  /// … and how much all of them may take together; the oldest go first.
  std::int64_t stopped_log_bytes_max = 1'073'741'824;
};

/// A container has ended.
struct Exited {
  schemas::TaskId task;
  std::int64_t container = 0;
  std::optional<std::int64_t> exit_code;  ///< none = lost with its supervisor
  std::string reason;
  schemas::Instant at{};
};

/// What moving a task on has led to.
struct Advance {
  std::vector<Effect> effects;
  std::vector<schemas::MeterRecord> meters;
};

/// Moves a task on as far as it goes without news from outside: asks for what may be done now,
/// gives up what cannot come true, ends what must end. Calling it again asks for nothing twice.
void advance(TaskState& task, const TaskPolicy& policy, const Moment& now, Advance& out);

/// Folds the end of an effect. Late and repeated ones change nothing.
void fold_finished(TaskState& task, const Finished& finished, const Moment& now, Advance& out);

/// Folds the end of a container. Late and repeated ones change nothing.
void fold_exit(TaskState& task, const Exited& exited, const Moment& now);

/// Makes a task end. The first cause wins: later ones change neither code nor reason.
void begin_stop(TaskState& task, schemas::StopCode code, const std::string& reason);

/// When this task wants to be looked at again though nothing happened.
std::optional<std::int64_t> wake_ns(const TaskState& task, const TaskPolicy& policy,
                                    const Moment& now);

}  // namespace agent

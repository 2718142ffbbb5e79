#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "agent/core/moment.h"
#include "agent/core/task_state.h"

namespace agent {

/// What `dependsOn` says of a container now.
enum class Readiness : std::uint8_t {
  ready,    ///< every condition holds: it may start
  soon,     ///< only START conditions are open: it may be created meanwhile
  waiting,  ///< a COMPLETE, SUCCESS or HEALTHY condition is open
  never,    ///< a condition can no longer come true
};

struct OrderAnswer {
  Readiness readiness = Readiness::ready;
  std::string reason;  ///< set when `never`
  /// When a dependency's startTimeout runs out or ran out, if one is what counts.
  std::optional<std::int64_t> deadline_ns;
};

/// May this container start? START is met by a dependency that runs or has stopped, COMPLETE by
/// one that has stopped, SUCCESS by one that stopped with exit code 0, HEALTHY by a passing health
/// check. A dependency's startTimeout, counted from its start, bounds the last three.
OrderAnswer start_order(const TaskState& task, std::int64_t container, const Moment& now);

/// May this container be told to stop? Only once every container that depends on it has stopped.
bool may_stop(const TaskState& task, std::int64_t container);

}  // namespace agent

#pragma once

#include <cstdint>
#include <string>

#include "schemas/base/time.h"
#include "schemas/model/cluster.h"

namespace control {

/// A row of the append-only log: what happened, to what, and why. The event stream, the audit
/// trail and the console's live view read it.
struct Event {
  std::int64_t sequence = 0;
  schemas::Instant at{};
  schemas::Scope scope;
  std::string kind;     ///< "task.state", "service.event", "instance.connected", …
  std::string subject;  ///< ARN
  std::string detail;   ///< JSON object
};

}  // namespace control

#pragma once

#include <cstdint>
#include <string>

#include "schemas/base/time.h"
#include "schemas/model/cluster.h"

namespace control {

/// Where a call came from and what it said.
struct CallRecord {
  std::string source;      ///< the address it came from; empty where nobody was connected
  std::string request_id;  ///< the answer's x-amzn-RequestId
  std::string parameters;  ///< a JSON object, bounded, without likely secrets
};

/// A row of the audit trail: a call that asked for a change, and what it was answered. The facts
/// are those of a CloudTrail record.
struct AuditEntry {
  std::int64_t sequence = 0;
  schemas::Instant at{};
  schemas::Scope scope;
  std::string principal;  ///< ARN of who asked
  CallRecord record;
  std::string operation;
  std::string error;      ///< an exception's name; empty = it was done
  std::string message;    ///< the exception's
  std::string resources;  ///< ARNs of what changed, a line each, bounded
};

}  // namespace control

#include "control/core/world/assignment_log.h"

#include "schemas/base/require.h"

namespace control {

void AssignmentLog::record(const Entry& entry, std::int64_t version) {
  schemas::require(version > version_, "an assignment version that does not grow");
  const auto [at, fresh] = versions_.try_emplace(entry.key, version);
  if (!fresh) {
    by_version_.erase(at->second);
    gone_.erase(at->second);
    at->second = version;
  }
  by_version_.emplace(version, entry);
  version_ = version;
  if (entry.presence == Presence::gone) {
    gone_.emplace(version, entry.key);
    if (static_cast<std::int64_t>(gone_.size()) > gone_max) {
      forget_oldest_gone();
    }
  }
}

void AssignmentLog::forget_oldest_gone() {
  const auto oldest = gone_.begin();
  forgotten_ = oldest->first;
  versions_.erase(oldest->second);
  by_version_.erase(oldest->first);
  gone_.erase(oldest);
}

}  // namespace control

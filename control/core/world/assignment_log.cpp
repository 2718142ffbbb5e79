#include "control/core/world/assignment_log.h"

#include "schemas/base/require.h"

namespace control {

void AssignmentLog::record(const AssignmentKey& key, Presence presence, std::int64_t version) {
  schemas::require(version > version_, "an assignment version that does not grow");
  const auto [at, fresh] = versions_.try_emplace(key, version);
  if (!fresh) {
    by_version_.erase(at->second);
    gone_.erase(at->second);
    at->second = version;
  }
  by_version_.emplace(version, Entry{key, presence});
  version_ = version;
  if (presence == Presence::gone) {
    gone_.emplace(version, key);
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

std::optional<std::int64_t> AssignmentLog::version_of(const AssignmentKey& key) const {
  const auto at = versions_.find(key);
  return at == versions_.end() ? std::nullopt : std::optional(at->second);
}

}  // namespace control

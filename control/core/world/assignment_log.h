#pragma once

#include <compare>
#include <cstdint>
#include <map>

#include "schemas/base/id.h"

namespace control {

/// What an entry of an assignment is about.
enum class AssignmentKind : std::uint8_t { task, eni, subnet, group };

struct AssignmentKey {
  AssignmentKind kind = AssignmentKind::task;
  schemas::IdBytes id{};
  auto operator<=>(const AssignmentKey&) const = default;
};

enum class Presence : std::uint8_t { present, gone };

/// Which entries of a set changed since a version: each entry stands at the version of its last
/// change, so a delta costs what it contains, however long the history. Entries that are gone are
/// remembered, the newest `gone_max` of them; a reader older than that needs the full set.
class AssignmentLog {
 public:
  struct Entry {
    AssignmentKey key;
    Presence presence = Presence::present;
    schemas::InstanceId host;  ///< of an interface: where it is
  };

  /// Enters a change. `version` must be above all versions so far.
  void record(const Entry& entry, std::int64_t version);

  /// Whether the entries after `version` tell everything to a reader of that version.
  [[nodiscard]] bool knows(std::int64_t version) const { return version >= forgotten_; }
  [[nodiscard]] std::int64_t version() const { return version_; }
  [[nodiscard]] const std::map<std::int64_t, Entry>& by_version() const { return by_version_; }

  /// Enough for any host that syncs within its lease; 100 bytes each.
  static constexpr std::int64_t gone_max = 4096;

 private:
  void forget_oldest_gone();

  std::map<AssignmentKey, std::int64_t> versions_;
  std::map<std::int64_t, Entry> by_version_;
  std::map<std::int64_t, AssignmentKey> gone_;
  std::int64_t version_ = 0;
  std::int64_t forgotten_ = 0;  ///< a gone entry of this version or older was dropped
};

}  // namespace control

#pragma once

// Who may write how much to the disk of a host. Pure: what was measured in, who must end out.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "schemas/base/id.h"

namespace agent {

struct StorageLimits {
  /// What one task may have on the disk: what its containers have written, and its own volumes. 0 =
  /// as much as there is. Too small ends honest tasks, too large lets one take the room of the
  /// others.
  std::int64_t task_bytes_max = 0;
  /// What is to stay free on the disk, or a twentieth of it if that is less: below it whoever has
  /// written most must end. 0 = nothing, and then a full disk is everybody's.
  std::int64_t disk_bytes_kept = 0;
};

struct DiskState {
  std::int64_t bytes = 0;
  std::int64_t free_bytes = 0;
};

/// What a task has on the disk.
struct TaskStorage {
  schemas::TaskId task;
  std::int64_t bytes = 0;
  enum class Life : std::uint8_t {
    runs,
    ended,  ///< it writes no more, and what it wrote will go with it
  } life = Life::runs;
};

/// A task that must end, and why, in the words of a container's `reason`.
struct StorageVerdict {
  schemas::TaskId task;
  std::string reason;
  bool operator==(const StorageVerdict&) const = default;
};

/// Those beyond their share; and, while the disk is short, the one that has written most, if that
/// is enough to matter. Nobody in whose place another's end will already help.
std::vector<StorageVerdict> judge_storage(std::span<const TaskStorage> tasks, const DiskState& disk,
                                          const StorageLimits& limits);

/// What is to stay free on this disk.
std::int64_t bytes_kept(const DiskState& disk, const StorageLimits& limits);

}  // namespace agent

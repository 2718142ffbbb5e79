#include "agent/edge/engine/oci/storage_rules.h"

#include <algorithm>

namespace agent {

namespace {

constexpr std::int64_t bytes_per_mib = 1'048'576;

std::string mib(std::int64_t bytes) { return std::to_string(bytes / bytes_per_mib) + " MiB"; }

}  // namespace

std::int64_t bytes_kept(const DiskState& disk, const StorageLimits& limits) {
  constexpr std::int64_t share = 20;
  return std::min(limits.disk_bytes_kept, disk.bytes / share);
}

std::vector<StorageVerdict> judge_storage(std::span<const TaskStorage> tasks, const DiskState& disk,
                                          const StorageLimits& limits) {
  std::vector<StorageVerdict> verdicts;
  const TaskStorage* largest = nullptr;
  std::int64_t free_soon = disk.free_bytes;
  for (const TaskStorage& task : tasks) {
    if (task.life == TaskStorage::Life::ended) {
      free_soon += task.bytes;
    } else if (limits.task_bytes_max > 0 && task.bytes > limits.task_bytes_max) {
      free_soon += task.bytes;
      verdicts.push_back(
          {task.task, "OutOfDiskError: Container killed because its task has written " +
                          mib(task.bytes) + "; its storage is " + mib(limits.task_bytes_max)});
    } else if (largest == nullptr || task.bytes > largest->bytes) {
      largest = &task;
    }
  }
  const std::int64_t kept = bytes_kept(disk, limits);
  // Half of what is to stay free: who has written less is not why the disk is full.
  if (free_soon < kept && largest != nullptr && largest->bytes >= kept / 2) {
    verdicts.push_back(
        {largest->task, "OutOfDiskError: Container killed because the disk of its host is full (" +
                            mib(disk.free_bytes) + " free) and its task has written most, " +
                            mib(largest->bytes)});
  }
  return verdicts;
}

}  // namespace agent

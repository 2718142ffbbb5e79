#include "agent/edge/engine/oci/storage_watch.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "agent/edge/engine/oci/storage_use.h"

namespace agent {

namespace {

using Clock = std::chrono::steady_clock;

/// How often the disk is asked what is free, which costs nothing. Longer: who writes fast gets
/// further.
constexpr std::chrono::milliseconds period{500};
/// How long it may go uncounted who has written what while the disk does not fill: one task may
/// write what another removes.
constexpr std::chrono::seconds count_again{30};
/// The same while the disk is short: what was too little to matter may have become enough.
constexpr std::chrono::seconds count_again_when_short{2};
/// The part of a limit that the disk may fill by without anybody being counted.
constexpr std::int64_t noticeable_share = 20;

std::int64_t noticeable(std::int64_t limit) {
  return limit > 0 ? std::max<std::int64_t>(limit / noticeable_share, 1)
                   : std::numeric_limits<std::int64_t>::max();
}

}  // namespace

StorageWatch::StorageWatch(std::filesystem::path directory, StorageLimits limits, Measure measure,
                           End end)
    : directory_(std::move(directory)),
      limits_(limits),
      measure_(std::move(measure)),
      end_(std::move(end)) {
  if (limits_.task_bytes_max > 0 || limits_.disk_bytes_kept > 0) {
    thread_ = std::thread([this] { run(); });
  }
}

StorageWatch::~StorageWatch() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
    changed_.notify_all();
  }
  if (thread_.joinable()) {
    thread_.join();
  }
}

void StorageWatch::run() {
  std::unique_lock lock(mutex_);
  while (!changed_.wait_for(lock, period, [this] { return ending_; })) {
    lock.unlock();
    look();
    lock.lock();
  }
}

void StorageWatch::look() {
  const auto disk = disk_of(directory_);
  if (!disk) {
    return;
  }
  // From the most that was free since: what one task gives back must not hide what another takes.
  most_free_ = std::max(most_free_, disk->free_bytes);
  const std::int64_t filled = most_free_ - disk->free_bytes;
  const std::int64_t kept = bytes_kept(*disk, limits_);
  const auto rest = disk->free_bytes < kept ? count_again_when_short : count_again;
  const bool due = Clock::now() - counted_ >= rest ||
                   filled >= std::min(noticeable(limits_.task_bytes_max), noticeable(kept));
  if (!due) {
    return;
  }
  counted_ = Clock::now();
  most_free_ = disk->free_bytes;
  const std::vector<TaskStorage> tasks = measure_();
  for (const StorageVerdict& verdict : judge_storage(tasks, *disk, limits_)) {
    spdlog::warn("task {}: {}", verdict.task.text(), verdict.reason);
    end_(verdict);
  }
}

}  // namespace agent

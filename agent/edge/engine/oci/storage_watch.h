#pragma once

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "agent/edge/engine/oci/storage_rules.h"

namespace agent {

/// Looks, on a thread of its own, at what tasks have written, and has those ended that must.
/// Counting files costs time, so it is done only when the disk has filled noticeably, and now and
/// then.
class StorageWatch {
 public:
  using Measure = std::function<std::vector<TaskStorage>()>;
  using End = std::function<void(const StorageVerdict&)>;

  /// Without a limit nothing is watched. `measure` and `end` are called on the watch's thread.
  StorageWatch(std::filesystem::path directory, StorageLimits limits, Measure measure, End end);
  StorageWatch(const StorageWatch&) = delete;
  StorageWatch& operator=(const StorageWatch&) = delete;
  ~StorageWatch();

 private:
  void run();
  void look();

  std::filesystem::path directory_;
  StorageLimits limits_;
  Measure measure_;
  End end_;
  std::chrono::steady_clock::time_point counted_;
  std::int64_t most_free_ = 0;  ///< since then
  std::mutex mutex_;
  std::condition_variable changed_;
  bool ending_ = false;
  std::thread thread_;  ///< last, so that all above exists when it starts
};

}  // namespace agent

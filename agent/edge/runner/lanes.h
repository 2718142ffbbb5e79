#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace agent {

/// A few threads for blocking work. Jobs of one lane run one after the other in the order they
/// were given; different lanes run side by side.
class Lanes {
 public:
  using Job = std::function<void()>;

  /// Jobs mostly wait for the kernel and for child processes, so a few threads more than cores
  /// are right; many more only make starts slower under load.
  explicit Lanes(std::int64_t threads);
  Lanes(const Lanes&) = delete;
  Lanes& operator=(const Lanes&) = delete;
  /// Waits for the jobs under way; those not begun are dropped.
  ~Lanes();

  void give(const std::string& lane, Job job);

  /// Drops what has not begun. True when everything under way ended within `patience`.
  bool finish(std::chrono::milliseconds patience);

 private:
  struct Lane {
    std::deque<Job> jobs;
    bool busy = false;
  };

  void work();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, Lane> lanes_;
  std::deque<std::string> ready_;  ///< lanes with a job that may begin
  std::int64_t under_way_ = 0;
  bool ending_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace agent

#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>

#include "agent/edge/engine/oci/program.h"
#include "schemas/base/id.h"

namespace agent {

/// Waits for many processes at once on one thread, and wakes now and then for chores.
class ExitWatch {
 public:
  /// `on_end` is called once for each watched process that ended, `on_tick` about every `tick`;
  /// both on the watch's own thread.
  ExitWatch(std::function<void(schemas::ContainerId)> on_end, std::function<void()> on_tick,
            std::chrono::milliseconds tick);
  ExitWatch(const ExitWatch&) = delete;
  ExitWatch& operator=(const ExitWatch&) = delete;
  ~ExitWatch();

  /// Watches a process by its pidfd. If it has ended already, `on_end` is called at once.
  void add(schemas::ContainerId id, Descriptor process);
  /// Stops watching. `on_end` may be running for it at this moment, on the other thread.
  void remove(schemas::ContainerId id);

 private:
  void run();

  std::function<void(schemas::ContainerId)> on_end_;
  std::function<void()> on_tick_;
  std::chrono::milliseconds tick_;
  Descriptor events_;
  Descriptor wake_;
  std::mutex mutex_;
  bool ending_ = false;
  std::uint64_t last_key_ = 0;
  struct Watched {
    schemas::ContainerId id;
    Descriptor process;
  };
  std::map<std::uint64_t, Watched> watched_;  ///< by a key that is never used again
  std::map<schemas::ContainerId, std::uint64_t> keys_;
  std::thread thread_;  ///< last, so that all above exists when it starts
};

}  // namespace agent

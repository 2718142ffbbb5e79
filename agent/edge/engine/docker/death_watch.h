#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <thread>

#include "agent/edge/engine/docker/daemon.h"
#include "schemas/base/id.h"

namespace agent {

/// Hears from the daemon which of an owner's containers have ended. The connection may break and
/// news be missed, so each time it stands, everything is to be looked at.
class DeathWatch {
 public:
  struct Listener {
    std::function<void(schemas::ContainerId)> heard;  ///< it may have ended
    std::function<void()> look_at_all;
  };

  /// Both are called on one thread of the watch's own.
  DeathWatch(const Daemon& daemon, const std::string& owner, Listener listener);
  DeathWatch(const DeathWatch&) = delete;
  DeathWatch& operator=(const DeathWatch&) = delete;
  ~DeathWatch();

  /// As if the daemon had said so.
  void mention(schemas::ContainerId id);

 private:
  void read_events(const std::string& path);
  void take(std::string_view bytes);
  void tell();

  Listener listener_;
  DaemonStream stream_;
  std::string rest_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::set<schemas::ContainerId> mentioned_;
  bool all_ = false;
  bool ending_ = false;
  std::thread reader_;
  std::thread teller_;
};

}  // namespace agent

#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "control/core/loop/settings.h"
#include "control/edge/http/api/caller.h"
#include "control/edge/http/server.h"
#include "control/edge/store/store.h"
#include "schemas/base/result.h"
#include "schemas/base/time.h"

namespace control::edge {

/// What one ecs-control is asked to be.
struct DaemonOptions {
  std::vector<std::string> listen{"127.0.0.1:7070"};
  std::string data;   ///< its directory
  std::string store;  ///< the database file; empty = control.db in `data`
  std::string region{"us-east-1"};
  std::string account{"123456789012"};
  /// Whether callers must show who they are. `off` is for local development.
  enum class Auth : std::uint8_t { sigv4, off } auth = Auth::sigv4;
  http::OpenDoor::Reach reach = http::OpenDoor::Reach::loopback;
  http::Limits limits;
  Settings settings;
  store::Retention retention;
  /// A commit failed, so the process must end (see `LoopParts::fail`).
  std::function<void(const schemas::Error&)> fail;
};

/// All parts of one ecs-control, wired: data directory, store, World, loop, HTTP.
class Daemon {
 public:
  Daemon(const Daemon&) = delete;
  Daemon& operator=(const Daemon&) = delete;
  virtual ~Daemon() = default;

  /// The addresses in use; they stand in DATA/address, one a line, from before `open` returns.
  [[nodiscard]] virtual const std::vector<std::string>& addresses() const = 0;
  /// To be called about once a second: what no event would wake.
  virtual void look_after() = 0;
  /// After a failed commit: lets what was answered leave, for `patience` at most, and does nothing
  /// else, for World is ahead of the store.
  virtual void send_last_answers(schemas::Duration patience) = 0;
  /// Stops accepting, answers what is under way (at most `patience`), commits it, closes the store.
  virtual void stop(schemas::Duration patience) = 0;

 protected:
  Daemon() = default;
};

/// Loads what the store holds and starts serving.
schemas::Result<std::unique_ptr<Daemon>> open_daemon(const DaemonOptions& options);

}  // namespace control::edge

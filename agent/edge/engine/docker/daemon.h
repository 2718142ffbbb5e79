#pragma once

// The Docker Engine API on its unix socket: requests and answers as they are, nothing about what
// they mean.

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/base/result.h"

namespace agent {

struct DaemonCall {
  std::string method = "GET";
  std::string path{};  ///< below the version: "/containers/json?all=true"
  std::string body{};
  std::string content_type = "application/json";
  std::vector<std::string> headers{};  ///< "Name: value"
  std::chrono::milliseconds time_limit{120'000};
};

/// What the daemon said. An Error instead means that there was no whole answer.
struct DaemonReply {
  long status = 0;
  std::string body;
  [[nodiscard]] bool ok() const { return status >= 200 && status < 300; }
  /// The text of an error's `message`, or the whole body.
  [[nodiscard]] std::string message() const;
};

/// Any thread; connections are kept and used again.
class Daemon {
 public:
  explicit Daemon(std::string socket);
  Daemon(const Daemon&) = delete;
  Daemon& operator=(const Daemon&) = delete;
  ~Daemon();

  /// Agrees on a version of the API; before anything else is asked. `resource_not_found` when
  /// nobody answers on the socket, `client` when the daemon is older than 20.10 (API 1.41).
  schemas::Outcome agree();

  /// Answers longer than 64 MiB are refused.
  schemas::Result<DaemonReply> call(const DaemonCall& call);
  /// Hands the answer's body on as it comes; the answer's own body stays empty then, unless it is
  /// an error. Ends early, with an Error, when `take` gives false.
  schemas::Result<DaemonReply> call(const DaemonCall& call,
                                    const std::function<bool(std::string_view)>& take);

  [[nodiscard]] const std::string& socket() const { return socket_; }
  /// "http://docker/v1.41": where paths begin.
  [[nodiscard]] const std::string& base() const { return base_; }
  /// The engine's own version, "20.10.24".
  [[nodiscard]] const std::string& version() const { return version_; }

 private:
  void* take_connection();
  void give_connection(void* connection);

  std::string socket_;
  std::string base_ = "http://docker";
  std::string version_;
  std::mutex mutex_;
  std::vector<void*> idle_;  ///< connections not in use
};

/// One answer that goes on for ever, until somebody else interrupts it.
class DaemonStream {
 public:
  explicit DaemonStream(const Daemon& daemon);
  DaemonStream(const DaemonStream&) = delete;
  DaemonStream& operator=(const DaemonStream&) = delete;
  ~DaemonStream();

  /// Asks and hands on: `opened` once when the daemon has begun to answer with success, then
  /// `take` with whatever comes. Returns when the connection ends, or was interrupted.
  void run(const std::string& path, const std::function<void()>& opened,
           const std::function<void(std::string_view)>& take);
  /// Ends `run`, and every later one at once. Any thread.
  void interrupt();
  [[nodiscard]] bool interrupted() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

/// Percent-encoded, to stand in a path or query.
std::string url_text(std::string_view text);

}  // namespace agent

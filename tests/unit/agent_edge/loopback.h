#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace agent_test {

/// A socket listening on 127.0.0.1 at a free port, which is returned too.
std::pair<int, std::uint16_t> listen_on_loopback();

/// A whole HTTP exchange with a server on loopback: the answer as it came, header and body.
std::string http_exchange(std::uint16_t port, const std::string& request);

/// Waits for something to come true, at most ten seconds.
bool eventually(const std::function<bool()>& condition);

/// A directory of the test's own, gone with it.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  ~TemporaryDirectory();
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

/// A control service in a few lines: a thread a connection, whole bodies, JSON in and out.
class LoopbackServer {
 public:
  struct Request {
    std::string path;
    std::string authorization;
    std::string body;
  };
  struct Response {
    int status = 200;
    std::string body;
  };
  using Handler = std::function<Response(const Request&)>;

  explicit LoopbackServer(Handler handler);
  LoopbackServer(const LoopbackServer&) = delete;
  LoopbackServer& operator=(const LoopbackServer&) = delete;
  ~LoopbackServer();

  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

 private:
  void accept_all();
  void serve(int connection);

  Handler handler_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<bool> ending_ = false;
  std::mutex mutex_;
  std::set<int> connections_;
  std::vector<std::thread> threads_;
  std::thread accepting_;
};

}  // namespace agent_test

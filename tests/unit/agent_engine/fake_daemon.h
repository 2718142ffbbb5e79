#pragma once

// A Docker daemon that is a function: one thread a connection, one answer a connection.

#include <condition_variable>
#include <filesystem>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace agent_test {

struct DaemonRequest {
  std::string method;
  std::string path;  ///< with its query, still percent-encoded
  std::string headers;
  std::string body;
};

struct DaemonAnswer {
  long status = 200;
  std::string body;
};

class FakeDaemon {
 public:
  using Handler = std::function<DaemonAnswer(const DaemonRequest&)>;

  /// `/events` is answered here; everything else by the handler, on any thread.
  explicit FakeDaemon(Handler handler);
  FakeDaemon(const FakeDaemon&) = delete;
  FakeDaemon& operator=(const FakeDaemon&) = delete;
  ~FakeDaemon();

  [[nodiscard]] std::string socket() const { return (directory_ / "socket").string(); }
  [[nodiscard]] std::filesystem::path data() const { return directory_ / "data"; }
  /// Sends a line to whoever listens for events.
  void tell(const std::string& event);
  /// Cuts the connections on which events go out.
  void break_events();
  /// Waits until that many have begun to listen, counted from the start.
  [[nodiscard]] bool await_listeners(int count);

 private:
  void accept_all();
  void answer(int connection);
  void answer_events(int connection);

  Handler handler_;
  std::filesystem::path directory_;
  int listener_ = -1;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<int> listening_;
  int listeners_ = 0;
  bool ending_ = false;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

}  // namespace agent_test

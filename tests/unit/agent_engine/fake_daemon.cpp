#include "tests/unit/agent_engine/fake_daemon.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <utility>

#include "schemas/base/require.h"

namespace agent_test {

namespace {

std::filesystem::path make_directory() {
  std::string name = "/tmp/stowage-daemon-XXXXXX";
  schemas::require(mkdtemp(name.data()) != nullptr, "no temporary directory");
  return name;
}

void send_all(int connection, const std::string& text) {
  for (std::size_t sent = 0; sent < text.size();) {
    const ssize_t moved = ::send(connection, text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
    if (moved <= 0) {
      return;
    }
    sent += static_cast<std::size_t>(moved);
  }
}

/// A whole request; an empty method when the other side has gone.
DaemonRequest read_request(int connection) {
  std::string text;
  std::array<char, 65'536> piece{};
  std::size_t wanted = std::string::npos;
  while (text.size() < wanted) {
    const ssize_t moved = ::recv(connection, piece.data(), piece.size(), 0);
    if (moved <= 0) {
      return {};
    }
    text.append(piece.data(), static_cast<std::size_t>(moved));
    const std::size_t end = text.find("\r\n\r\n");
    if (wanted == std::string::npos && end != std::string::npos) {
      const std::size_t length = text.find("Content-Length: ");
      wanted = end + 4 + (length < end ? std::stoul(text.substr(length + 16)) : 0);
    }
  }
  const std::size_t first = text.find(' ');
  const std::size_t second = text.find(' ', first + 1);
  const std::size_t end = text.find("\r\n\r\n");
  return {.method = text.substr(0, first),
          .path = text.substr(first + 1, second - first - 1),
          .headers = text.substr(second, end - second),
          .body = text.substr(end + 4)};
}

std::string head(long status, const std::string& more) {
  return "HTTP/1.1 " + std::to_string(status) + " x\r\nConnection: close\r\n" + more + "\r\n";
}

}  // namespace

FakeDaemon::FakeDaemon(Handler handler)
    : handler_(std::move(handler)), directory_(make_directory()) {
  listener_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = socket();
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  schemas::require(
      ::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
          ::listen(listener_, 64) == 0,
      "the fake daemon has no socket");
  acceptor_ = std::thread([this] { accept_all(); });
}

FakeDaemon::~FakeDaemon() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  break_events();
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  for (std::thread& thread : threads_) {
    thread.join();
  }
  ::close(listener_);
  std::filesystem::remove_all(directory_);
}

void FakeDaemon::accept_all() {
  while (true) {
    const int connection = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (connection < 0) {
      return;
    }
    threads_.emplace_back([this, connection] { answer(connection); });
  }
}

void FakeDaemon::answer(int connection) {
  const DaemonRequest request = read_request(connection);
  if (request.path.find("/events?") != std::string::npos) {
    answer_events(connection);
  } else if (!request.method.empty()) {
    const DaemonAnswer answer = handler_(request);
    send_all(connection,
             head(answer.status, "Content-Length: " + std::to_string(answer.body.size()) + "\r\n") +
                 answer.body);
  }
  ::close(connection);
}

void FakeDaemon::answer_events(int connection) {
  send_all(connection, head(200, ""));
  std::unique_lock lock(mutex_);
  listening_.push_back(connection);
  listeners_ += 1;
  changed_.notify_all();
  changed_.wait(lock, [&] {
    return ending_ ||
           std::find(listening_.begin(), listening_.end(), connection) == listening_.end();
  });
}

void FakeDaemon::tell(const std::string& event) {
  const std::lock_guard lock(mutex_);
  for (const int connection : listening_) {
    send_all(connection, event + "\n");
  }
}

void FakeDaemon::break_events() {
  const std::lock_guard lock(mutex_);
  listening_.clear();
  changed_.notify_all();
}

bool FakeDaemon::await_listeners(int count) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, std::chrono::seconds(20), [&] { return listeners_ >= count; });
}

}  // namespace agent_test

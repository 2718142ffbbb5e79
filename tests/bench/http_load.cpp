#include "tests/bench/http_load.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>

namespace bench {

namespace {

using schemas::Error;
using schemas::ErrorCode;
using schemas::Outcome;
using schemas::Result;
using Clock = std::chrono::steady_clock;

constexpr std::string_view head_end = "\r\n\r\n";
constexpr std::string_view ok_line = "HTTP/1.1 200";

Error failed(const std::string& what) {
  return {ErrorCode::server, what + ": " + std::strerror(errno)};
}

/// A descriptor that closes itself.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) {
      ::close(number_);
    }
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int number() const { return number_; }

 private:
  int number_;
};

struct Connection {
  explicit Connection(int number) : socket(number) {}
  Descriptor socket;
  std::string answer;
  Clock::time_point asked{};
};

/// Bytes of the whole answer once its head is there; 0 before, -1 when the head does not say.
std::int64_t length_of(std::string_view text) {
  const std::size_t end = text.find(head_end);
  if (end == std::string_view::npos) {
    return 0;
  }
  constexpr std::string_view name = "content-length:";
  for (std::size_t line = text.find("\r\n") + 2; line < end; line = text.find("\r\n", line) + 2) {
    if (::strncasecmp(text.data() + line, name.data(), name.size()) != 0) {
      continue;
    }
    std::size_t at = line + name.size();
    while (text[at] == ' ') {
      ++at;
    }
    std::int64_t length = -1;
    std::from_chars(text.data() + at, text.data() + end, length);
    return length < 0 ? -1 : static_cast<std::int64_t>(end + head_end.size()) + length;
  }
  return -1;
}

class Load {
 public:
  explicit Load(const LoadSettings& settings)
      : settings_(settings), poll_(::epoll_create1(EPOLL_CLOEXEC)) {}

  Result<LoadMeasurements> run() {
    for (std::int64_t count = 0; count < settings_.connections; ++count) {
      const Outcome opened = open();
      if (!opened.ok()) {
        return opened.error();
      }
    }
    const Clock::time_point begin = Clock::now();
    end_ = begin + std::chrono::milliseconds(settings_.duration_ms);
    for (const auto& connection : connections_) {
      const Outcome asked = ask(*connection);
      if (!asked.ok()) {
        return asked.error();
      }
    }
    while (waiting_ > 0) {
      const Outcome served = serve();
      if (!served.ok()) {
        return served.error();
      }
    }
    measured_.wall_us =
        std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - begin).count();
    return std::move(measured_);
  }

 private:
  Outcome open() {
    const int number = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (number < 0) {
      return failed("socket");
    }
    auto connection = std::make_unique<Connection>(number);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(settings_.port);
    ::inet_pton(AF_INET, settings_.host.c_str(), &address.sin_addr);
    if (::connect(number, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      return failed("connect to " + settings_.host + ":" + std::to_string(settings_.port));
    }
    const int one = 1;
    ::setsockopt(number, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    ::fcntl(number, F_SETFL, O_NONBLOCK);
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = connection.get();
    if (::epoll_ctl(poll_.number(), EPOLL_CTL_ADD, number, &event) != 0) {
      return failed("epoll");
    }
    connections_.push_back(std::move(connection));
    return schemas::Done{};
  }

  /// Requests are small beside a socket's buffer, which is empty when the last one was answered.
  Outcome ask(Connection& connection) {
    connection.answer.clear();
    connection.asked = Clock::now();
    const ssize_t sent = ::send(connection.socket.number(), settings_.request.data(),
                                settings_.request.size(), MSG_NOSIGNAL);
    if (sent != static_cast<ssize_t>(settings_.request.size())) {
      return failed("send");
    }
    ++waiting_;
    return schemas::Done{};
  }

  Outcome serve() {
    std::array<epoll_event, 64> events{};
    constexpr int patience_ms = 30'000;
    const int count =
        ::epoll_wait(poll_.number(), events.data(), static_cast<int>(events.size()), patience_ms);
    if (count == 0) {
      return Error{ErrorCode::server, "no answer for half a minute"};
    }
    for (int at = 0; at < count; ++at) {
      const Outcome heard =
          hear(*static_cast<Connection*>(events[static_cast<std::size_t>(at)].data.ptr));
      if (!heard.ok()) {
        return heard.error();
      }
    }
    return schemas::Done{};
  }

  Outcome hear(Connection& connection) {
    const ssize_t count = ::recv(connection.socket.number(), buffer_.data(), buffer_.size(), 0);
    if (count < 0 && errno == EAGAIN) {
      return schemas::Done{};
    }
    if (count <= 0) {
      return count == 0 ? Error{ErrorCode::server, "the connection was closed"} : failed("recv");
    }
    connection.answer.append(buffer_.data(), static_cast<std::size_t>(count));
    const std::int64_t length = length_of(connection.answer);
    if (length < 0) {
      return Error{ErrorCode::server, "an answer without length: " + connection.answer};
    }
    if (length == 0 || static_cast<std::int64_t>(connection.answer.size()) < length) {
      return schemas::Done{};
    }
    --waiting_;
    const Clock::time_point now = Clock::now();
    if (connection.answer.starts_with(ok_line)) {
      measured_.answered_us.push_back(
          std::chrono::duration_cast<std::chrono::microseconds>(now - connection.asked).count());
    } else if (measured_.refused++ == 0) {
      measured_.first_refusal = connection.answer;
    }
    return now < end_ ? ask(connection) : schemas::Outcome(schemas::Done{});
  }

  const LoadSettings& settings_;
  Descriptor poll_;
  std::vector<std::unique_ptr<Connection>> connections_;
  LoadMeasurements measured_;
  Clock::time_point end_{};
  std::int64_t waiting_ = 0;
  std::array<char, 65'536> buffer_{};
};

}  // namespace

Result<LoadMeasurements> load(const LoadSettings& settings) { return Load(settings).run(); }

}  // namespace bench

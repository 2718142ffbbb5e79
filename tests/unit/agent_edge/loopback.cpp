#include "tests/unit/agent_edge/loopback.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "tests/unit/agent_edge/fake_engine.h"

namespace agent_test {

std::pair<int, std::uint16_t> listen_on_loopback() {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  static_cast<void>(::bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address));
  ::listen(listener, 64);
  socklen_t size = sizeof address;
  ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
  return {listener, ntohs(address.sin_port)};
}

std::string http_exchange(std::uint16_t port, const std::string& request) {
  const int connection = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  std::string answer;
  if (::connect(connection, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 &&
      ::send(connection, request.data(), request.size(), MSG_NOSIGNAL) > 0) {
    std::array<char, 4096> bytes{};
    ssize_t count = 0;
    while ((count = ::recv(connection, bytes.data(), bytes.size(), 0)) > 0) {
      answer.append(bytes.data(), static_cast<std::size_t>(count));
    }
  }
  ::close(connection);
  return answer;
}

bool eventually(const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) {
      return false;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return true;
}

TemporaryDirectory::TemporaryDirectory() {
  std::string pattern =
      (std::filesystem::temp_directory_path() / "stowage-agent-test-XXXXXX").string();
  path_ = ::mkdtemp(pattern.data());
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

LoopbackServer::LoopbackServer(Handler handler) : handler_(std::move(handler)) {
  std::tie(listener_, port_) = listen_on_loopback();
  accepting_ = std::thread([this] { accept_all(); });
}

LoopbackServer::~LoopbackServer() {
  ending_ = true;
  ::shutdown(listener_, SHUT_RDWR);
  accepting_.join();
  ::close(listener_);
  {
    const std::lock_guard lock(mutex_);
    for (const int connection : connections_) {
      ::shutdown(connection, SHUT_RDWR);
    }
  }
  for (std::thread& thread : threads_) {
    thread.join();
  }
}

void LoopbackServer::accept_all() {
  while (!ending_) {
    const int connection = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (connection < 0) {
      return;
    }
    {
      const std::lock_guard lock(mutex_);
      connections_.insert(connection);
    }
    threads_.emplace_back([this, connection] { serve(connection); });
  }
}

namespace {

std::string header_of(const std::string& head, const std::string& name) {
  const std::size_t at = head.find("\r\n" + name + ": ");
  if (at == std::string::npos) {
    return "";
  }
  const std::size_t begin = at + name.size() + 4;
  return head.substr(begin, head.find("\r\n", begin) - begin);
}

/// The data of a complete chunked body, or nothing while it is not complete.
bool unchunk(std::string text, std::string& body) {
  body.clear();
  for (;;) {
    const std::size_t end = text.find("\r\n");
    if (end == std::string::npos) {
      return false;
    }
    const std::size_t size = std::strtoul(text.substr(0, end).c_str(), nullptr, 16);
    if (size == 0) {
      return true;
    }
    if (text.size() < end + 2 + size + 2) {
      return false;
    }
    body += text.substr(end + 2, size);
    text.erase(0, end + 2 + size + 2);
  }
}

/// True when `bytes` hold a whole request, which is then taken off.
bool take_request(std::string& bytes, LoopbackServer::Request& request) {
  const std::size_t head_end = bytes.find("\r\n\r\n");
  if (head_end == std::string::npos) {
    return false;
  }
  const std::string head = bytes.substr(0, head_end + 2);
  const std::string rest = bytes.substr(head_end + 4);
  if (header_of(head, "Transfer-Encoding") == "chunked") {
    if (!unchunk(rest, request.body)) {
      return false;
    }
    bytes.clear();
  } else {
    const std::size_t size = std::strtoul(header_of(head, "Content-Length").c_str(), nullptr, 10);
    if (rest.size() < size) {
      return false;
    }
    request.body = rest.substr(0, size);
    bytes = rest.substr(size);
  }
  const std::size_t begin = head.find(' ') + 1;
  request.path = head.substr(begin, head.find(' ', begin) - begin);
  request.authorization = header_of(head, "Authorization");
  return true;
}

}  // namespace

void LoopbackServer::serve(int connection) {
  std::string bytes;
  std::array<char, 65536> piece{};
  ssize_t count = 0;
  while ((count = ::recv(connection, piece.data(), piece.size(), 0)) > 0) {
    bytes.append(piece.data(), static_cast<std::size_t>(count));
    Request request;
    while (take_request(bytes, request)) {
      const Response response = handler_(request);
      const std::string text = "HTTP/1.1 " + std::to_string(response.status) +
                               " x\r\nContent-Type: application/json\r\nContent-Length: " +
                               std::to_string(response.body.size()) + "\r\n\r\n" + response.body;
      ::send(connection, text.data(), text.size(), MSG_NOSIGNAL);
    }
  }
  const std::lock_guard lock(mutex_);
  connections_.erase(connection);
  ::close(connection);
}

schemas::Result<int> FakeNetworking::open_listener(const std::string& namespace_path) {
  const auto [listener, port] = listen_on_loopback();
  const std::lock_guard lock(mutex_);
  ports_[namespace_path] = port;
  return listener;
}

}  // namespace agent_test

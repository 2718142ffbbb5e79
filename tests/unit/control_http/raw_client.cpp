#include "tests/unit/control_http/raw_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <utility>

#include "schemas/base/require.h"

namespace control_http_test {

RawClient::RawClient(const std::string& address) {
  const std::size_t colon = address.rfind(':');
  sockaddr_in peer{};
  peer.sin_family = AF_INET;
  peer.sin_port = htons(static_cast<std::uint16_t>(std::stoi(address.substr(colon + 1))));
  ::inet_pton(AF_INET, address.substr(0, colon).c_str(), &peer.sin_addr);
  descriptor_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval bound{.tv_sec = 10, .tv_usec = 0};
  ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &bound, sizeof bound);
  ::setsockopt(descriptor_, SOL_SOCKET, SO_SNDTIMEO, &bound, sizeof bound);
  sockaddr any{};
  static_assert(sizeof any == sizeof peer);
  __builtin_memcpy(&any, &peer, sizeof any);
  schemas::require(::connect(descriptor_, &any, sizeof any) == 0, "a test could not connect");
}

RawClient::RawClient(RawClient&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), unread_(std::move(other.unread_)) {}

RawClient::~RawClient() { close(); }

void RawClient::close() {
  if (descriptor_ >= 0) {
    ::close(std::exchange(descriptor_, -1));
  }
}

bool RawClient::send(std::string_view bytes) const {
  while (!bytes.empty()) {
    const auto sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) {
      return false;
    }
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool RawClient::fill() {
  std::array<char, 8192> piece{};
  const auto got = ::recv(descriptor_, piece.data(), piece.size(), 0);
  if (got <= 0) {
    return false;
  }
  unread_.append(piece.data(), static_cast<std::size_t>(got));
  return true;
}

std::string RawClient::receive_until(std::string_view mark) {
  std::size_t at = unread_.find(mark);
  while (at == std::string::npos) {
    if (!fill()) {
      return std::exchange(unread_, {});
    }
    at = unread_.find(mark);
  }
  std::string text = unread_.substr(0, at + mark.size());
  unread_.erase(0, text.size());
  return text;
}

std::string RawClient::receive() {
  std::string answer = receive_until("\r\n\r\n");
  constexpr std::string_view name = "Content-Length: ";
  const std::size_t at = answer.find(name);
  if (at == std::string::npos) {
    return answer;
  }
  std::size_t length = 0;
  std::from_chars(answer.data() + at + name.size(), answer.data() + answer.size(), length);
  while (unread_.size() < length && fill()) {
  }
  answer += unread_.substr(0, length);
  unread_.erase(0, length);
  return answer;
}

bool RawClient::closed() {
  while (fill()) {
  }
  char byte = 0;
  return ::recv(descriptor_, &byte, 1, MSG_DONTWAIT) == 0 || errno != EAGAIN;
}

std::string get(std::string_view path, std::string_view more_headers) {
  return "GET " + std::string(path) + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" +
         std::string(more_headers) + "\r\n";
}

std::string post(std::string_view path, std::string_view body, std::string_view more_headers) {
  return "POST " + std::string(path) +
         " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
         std::string(more_headers) + "\r\n" + std::string(body);
}

int status_of(std::string_view answer) {
  int status = 0;
  if (answer.starts_with("HTTP/1.1 ") && answer.size() > 12) {
    std::from_chars(answer.data() + 9, answer.data() + 12, status);
  }
  return status;
}

std::string_view body_of(std::string_view answer) {
  const std::size_t end = answer.find("\r\n\r\n");
  return end == std::string_view::npos ? std::string_view() : answer.substr(end + 4);
}

}  // namespace control_http_test

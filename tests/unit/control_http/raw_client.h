#pragma once

#include <string>
#include <string_view>

namespace control_http_test {

/// A TCP connection that says exactly what a test tells it to, well-formed or not. Every wait is
/// bounded by ten seconds.
class RawClient {
 public:
  explicit RawClient(const std::string& address);  ///< "127.0.0.1:PORT"
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;
  RawClient(RawClient&& other) noexcept;
  RawClient& operator=(RawClient&&) = delete;
  ~RawClient();

  /// Sends as much of `bytes` as the peer takes; false when it has closed.
  [[nodiscard]] bool send(std::string_view bytes) const;
  /// One whole answer with a counted body, head and all; empty when the peer closed instead.
  std::string receive();
  /// Everything up to and with `mark`, or up to the end of the connection.
  std::string receive_until(std::string_view mark);
  /// Whether the peer closes the connection (within the bound), reading what it still sends.
  bool closed();
  void close();

 private:
  bool fill();
  int descriptor_ = -1;
  std::string unread_;
};

/// "GET PATH" with a Host header, ready to send.
std::string get(std::string_view path, std::string_view more_headers = "");
/// "POST PATH" with a counted body.
std::string post(std::string_view path, std::string_view body, std::string_view more_headers = "");
int status_of(std::string_view answer);  ///< 0 when there is none
std::string_view body_of(std::string_view answer);

}  // namespace control_http_test

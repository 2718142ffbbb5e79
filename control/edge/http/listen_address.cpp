#include <charconv>

#include <boost/asio/ip/address.hpp>

#include "control/edge/http/server.h"

namespace control::http {

schemas::Result<ListenAddress> parse_listen_address(const std::string& text) {
  const auto refuse = [&text](const std::string& why) {
    return schemas::Error{.code = schemas::ErrorCode::invalid_parameter,
                          .message = "--listen " + text + ": " + why +
                                     ". Give ADDRESS:PORT, for example 127.0.0.1:7070, "
                                     "[::1]:7070, or 127.0.0.1:0 for a free port."};
  };
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos) {
    return refuse("there is no port");
  }
  std::uint16_t port = 0;
  const char* end = text.data() + text.size();
  const auto [stop, failure] = std::from_chars(text.data() + colon + 1, end, port);
  if (failure != std::errc() || stop != end) {
    return refuse("the port is not a number from 0 to 65535");
  }
  std::string host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  } else if (host == "localhost") {
    host = "127.0.0.1";
  }
  boost::system::error_code bad;
  const auto address = boost::asio::ip::make_address(host, bad);
  if (bad) {
    return refuse("\"" + host + "\" is not an IP address");
  }
  const std::string shown = address.is_v6() ? "[" + address.to_string() + "]" : address.to_string();
  return ListenAddress{.text = shown + ":" + std::to_string(port),
                       .loopback = address.is_loopback()};
}

}  // namespace control::http

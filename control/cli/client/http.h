#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "schemas/base/result.h"

namespace cli {

struct HttpRequest {
  std::string endpoint;  ///< http://HOST:PORT
  std::string method;
  std::string path;                            ///< percent-encoded
  std::string query;                           ///< percent-encoded, without "?"
  std::map<std::string, std::string> headers;  ///< lower-case names
  std::string body;
};

struct HttpAnswer {
  int status = 0;
  std::map<std::string, std::string> headers;  ///< lower-case names
  std::string body;
};

/// Sends one request and waits for the whole answer, 60 s at most without a byte. An answer with
/// an error status is an answer; the Result fails when no answer came, saying where and why.
schemas::Result<HttpAnswer> send(const HttpRequest& request);

/// Sends one request and hands over the lines of a successful answer as they arrive, until the
/// answer ends or `on_line` says that it wants no more. An answer with an error status is
/// returned whole, without any call of `on_line`.
enum class More : std::uint8_t { wanted, enough };
schemas::Result<HttpAnswer> send_and_follow(const HttpRequest& request,
                                            const std::function<More(std::string_view)>& on_line);

/// The same for an answer that is bytes: hands over pieces of a successful one as they arrive.
schemas::Result<HttpAnswer> send_and_take(const HttpRequest& request,
                                          const std::function<More(std::string_view)>& on_bytes);

/// Percent-encodes everything but letters, digits and `-._~`.
std::string url_encoded(std::string_view text);

}  // namespace cli

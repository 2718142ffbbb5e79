#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// A request and its answer as plain values: the rest of control never sees the HTTP library.

namespace control::http {

struct Header {
  std::string name;
  std::string value;
  bool operator==(const Header&) const = default;
};

struct Request {
  std::string method;  ///< as sent: "GET", "POST", …
  std::string path;    ///< as sent, still percent-encoded, without the query
  std::string query;   ///< without the "?"
  std::vector<Header> headers;
  std::string body;    ///< empty when the body is streamed (`Exchange::read`)
  std::string source;  ///< the peer's address, without its port; empty when it has gone already

  /// The first header of that name (any case), or an empty text.
  [[nodiscard]] std::string_view header(std::string_view name) const;
  /// Whether it says that its body is coded in another way than in chunks: then we could not tell
  /// where it ends, and would take the rest for the next request.
  [[nodiscard]] bool has_unknown_coding() const;
};

struct Response {
  int status = 200;
  std::string content_type = "application/json";
  std::vector<Header> headers;
  std::string body;
};

/// The value of `name` in a query string, percent-decoded, or an empty text.
std::string query_value(std::string_view query, std::string_view name);
/// `%41` becomes `A`; a broken escape stays as it is. "+" stays "+", as RFC 3986 has it.
std::string percent_decoded(std::string_view text);

enum class Delivery : std::uint8_t { sent, lost };

/// A piece of a streamed request body.
struct BodyPart {
  enum class Kind : std::uint8_t { data, end, lost };
  Kind kind = Kind::lost;
  std::string bytes;
};

using MakeResponse = std::function<Response()>;
using OnWritten = std::function<void(Delivery)>;
using OnPart = std::function<void(BodyPart)>;

/// One request that waits for its answer. Every function may be called from any thread, at any
/// later time; callbacks and `MakeResponse` run on the connection's io thread and must not block.
/// An exchange that is dropped without an answer answers 500; calls after the answer, or after the
/// caller has gone, do nothing (their callbacks say `lost`).
class Exchange {
 public:
  Exchange() = default;
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;
  virtual ~Exchange() = default;

  /// Sends the one answer. `make` is called on the io thread, so that encoding a large answer
  /// costs the caller (the control loop) nothing.
  virtual void answer(MakeResponse make) = 0;

  /// Starts an answer of unknown length. Then any number of `write`, then `finish`. A writer waits
  /// for `written` before it writes on: that is all the back-pressure there is, and it is enough.
  virtual void begin(Response head) = 0;
  virtual void write(std::string chunk, OnWritten written) = 0;
  virtual void finish() = 0;

  /// Takes the next piece of a streamed request body; one call at a time.
  virtual void read(OnPart part) = 0;

  /// Calls `gone` once when the caller goes away, or the server stops, before the answer is
  /// complete. Without it a parked request notices that its caller left only when it is answered.
  virtual void on_gone(std::function<void()> gone) = 0;
};
using ExchangeRef = std::shared_ptr<Exchange>;

inline void answer(const ExchangeRef& exchange, Response response) {
  exchange->answer([response = std::move(response)] { return response; });
}

/// How the body of a request is read, decided from its head.
struct BodyPolicy {
  enum class Mode : std::uint8_t { whole, streamed };
  Mode mode = Mode::whole;
  std::int64_t bytes_max = std::int64_t{1024} * 1024;  ///< whole bodies only; more is answered 413
};

/// What the server serves. Called on io threads, several at once: must be thread-safe, must not
/// block.
class Handler {
 public:
  Handler() = default;
  Handler(const Handler&) = delete;
  Handler& operator=(const Handler&) = delete;
  virtual ~Handler() = default;
  [[nodiscard]] virtual BodyPolicy body_policy(const Request& head) const = 0;
  virtual void serve(Request request, ExchangeRef exchange) = 0;
};

}  // namespace control::http

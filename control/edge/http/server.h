#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "control/edge/http/exchange.h"
#include "schemas/base/result.h"
#include "schemas/base/time.h"

namespace control::http {

/// What one caller may cost. Each is generous to an honest client and ends a dishonest one.
struct Limits {
  std::int64_t header_bytes =
      std::int64_t{16} * 1024;  ///< request line and headers; more is answered 431
  /// Open connections. Each costs about 10 KB and a file descriptor; more are answered 503. Too
  /// small locks agents out (each holds two), too large runs into the descriptor limit.
  std::int64_t connections = 20'000;
  /// From the first byte of a request to the end of its headers. Too large lets a slow sender
  /// hold a connection; too small cuts off bad links.
  schemas::Duration header_time{10'000};
  schemas::Duration body_time{30'000};   ///< a whole body, from the end of the headers
  schemas::Duration idle_time{75'000};   ///< between requests of one connection
  schemas::Duration write_time{30'000};  ///< until the peer takes one answer or one chunk
};

struct ServerSettings {
  std::vector<std::string> listen;  ///< "HOST:PORT"; an address, not a name; port 0 = a free one
  Limits limits;
  int threads = 2;
};

/// An address that `listen` named.
struct ListenAddress {
  std::string text;  ///< "127.0.0.1:7070", "[::1]:7070"
  bool loopback = false;
};

/// Reads "HOST:PORT" without listening; `localhost` means 127.0.0.1.
schemas::Result<ListenAddress> parse_listen_address(const std::string& text);

/// An HTTP/1.1 server: callbacks on a few threads, so a waiting request costs memory, not a
/// thread.
class Server {
 public:
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  virtual ~Server() = default;

  /// The addresses really in use, in the order of `listen`: a port 0 is replaced by the one found.
  [[nodiscard]] virtual const std::vector<std::string>& addresses() const = 0;
  [[nodiscard]] virtual std::int64_t open_connections() const = 0;

  /// Stops accepting and closes idle connections; requests being served are still answered, each
  /// as the last of its connection. Returns at once.
  virtual void start_draining() = 0;
  /// Waits until no connection is left, at most `patience`, then closes the rest and stops the
  /// threads. Returns the number of connections that had to be cut.
  virtual std::int64_t stop(schemas::Duration patience) = 0;

 protected:
  Server() = default;
};

/// Listens and starts serving. `handler` must outlive the server. Refuses with what to do when an
/// address cannot be used.
schemas::Result<std::unique_ptr<Server>> open_server(const ServerSettings& settings,
                                                     Handler& handler);

}  // namespace control::http

#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>

#include "control/edge/http/exchange.h"
#include "control/edge/http/server.h"

namespace control::http {

/// A connection as the server and the exchanges see it. Everything runs on its reactor's thread.
class LiveConnection {
 public:
  LiveConnection() = default;
  LiveConnection(const LiveConnection&) = delete;
  LiveConnection& operator=(const LiveConnection&) = delete;
  virtual ~LiveConnection() = default;

  virtual void drain() = 0;  ///< close now if idle, else after the answer that is due
  virtual void close() = 0;  ///< close now

  /// Whether request `number` of this connection still waits for (the rest of) its answer; the
  /// functions below may only be called then.
  [[nodiscard]] virtual bool serves(std::int64_t number) const = 0;
  virtual void answer(const Response& response) = 0;
  virtual void begin(const Response& head) = 0;
  virtual void write(std::string_view chunk, OnWritten written) = 0;
  virtual void finish() = 0;
  virtual void read(OnPart part) = 0;
  virtual void watch(std::function<void()> gone) = 0;
};

/// One io thread and the connections that live on it. A connection never changes thread, so
/// nothing here is locked: `connections` and `draining` belong to the thread that runs `io`.
struct Reactor {
  Reactor(const Limits& limits_in, Handler& handler_in, std::atomic<std::int64_t>& open_in)
      : limits(limits_in), handler(handler_in), open_connections(open_in) {}

  boost::asio::io_context io{1};
  Limits limits;
  Handler& handler;
  std::atomic<std::int64_t>& open_connections;
  std::set<std::shared_ptr<LiveConnection>> connections;  ///< owned until they are closed
  bool draining = false;
};
using ReactorRef = std::shared_ptr<Reactor>;

/// A request of whoever is at the other end, with nothing in it yet but where it comes from.
Request request_from(const boost::asio::ip::tcp::socket& socket);

/// Serves `socket`, which must have been made for `reactor->io`; call it on the reactor's thread.
/// `reactor->open_connections` must count it already; the connection counts itself off.
void serve_connection(boost::asio::ip::tcp::socket socket, const ReactorRef& reactor);

/// The handle by which the rest of the program answers request `number` of `connection`. It knows
/// the connection weakly, so a late call can neither keep a dead connection nor answer another
/// request.
ExchangeRef make_exchange(ReactorRef reactor, std::weak_ptr<LiveConnection> connection,
                          std::int64_t number);

}  // namespace control::http

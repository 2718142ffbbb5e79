#include "control/edge/http/server.h"

#include <netinet/tcp.h>
#include <sys/socket.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <deque>
#include <exception>
#include <string_view>
#include <thread>

#include "control/edge/http/reactor.h"
#include "schemas/base/require.h"
#include "spdlog/spdlog.h"

namespace control::http {

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using ErrorCode = boost::system::error_code;

/// How long accepting rests when it fails, as it does while there are no descriptors left.
constexpr schemas::Duration accept_pause{100};

schemas::Error cannot_listen(const std::string& address, const std::string& why) {
  return {.code = schemas::ErrorCode::client,
          .message = "Cannot listen on " + address + ": " + why +
                     ". Is another ecs-control running there? Name another address with --listen."};
}

tcp::endpoint endpoint_of(const ListenAddress& address) {
  const std::size_t colon = address.text.rfind(':');
  std::string host = address.text.substr(0, colon);
  if (host.starts_with('[')) {
    host = host.substr(1, host.size() - 2);
  }
  ErrorCode bad;
  const auto ip = asio::ip::make_address(host, bad);
  schemas::require(!bad, "parse_listen_address checks the address");
  return {ip, static_cast<std::uint16_t>(std::stoi(address.text.substr(colon + 1)))};
}

std::string text_of(const tcp::endpoint& endpoint) {
  const std::string host = endpoint.address().to_string();
  return (endpoint.address().is_v6() ? "[" + host + "]" : host) + ":" +
         std::to_string(endpoint.port());
}

/// Small answers leave at once; a peer that vanished without a word is found within a minute.
void prepare(tcp::socket& socket) {
  ErrorCode ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  socket.set_option(asio::socket_base::keep_alive(true), ignored);
  const auto set = [&socket](int option, int value) {
    ::setsockopt(socket.native_handle(), IPPROTO_TCP, option, &value, sizeof value);
  };
  set(TCP_KEEPIDLE, 30);
  set(TCP_KEEPINTVL, 10);
  set(TCP_KEEPCNT, 3);
  set(TCP_USER_TIMEOUT, 60'000);
}

void turn_away(tcp::socket& socket) {
  constexpr std::string_view text =
      "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\n"
      "Connection: close\r\n\r\n";
  ::send(socket.native_handle(), text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL);  // NOLINT
}

/// The one catch-all of an io thread: what a library throws here is a defect, so say it and end.
void run_io(Reactor& reactor) {
  try {
    reactor.io.run();
  } catch (const std::exception& failure) {
    spdlog::critical("an HTTP thread failed: {}", failure.what());
    schemas::require(false, "an exception reached an HTTP thread");
  }
}

class ThreadedServer final : public Server {
 public:
  ThreadedServer(const ServerSettings& settings, Handler& handler)
      : connections_max_(settings.limits.connections) {
    for (int at = 0; at < settings.threads; ++at) {
      reactors_.push_back(std::make_shared<Reactor>(settings.limits, handler, open_));
    }
  }
  ThreadedServer(const ThreadedServer&) = delete;
  ThreadedServer& operator=(const ThreadedServer&) = delete;
  ~ThreadedServer() override { stop(schemas::Duration{0}); }

  schemas::Outcome listen(const ListenAddress& address);
  void start();

  [[nodiscard]] const std::vector<std::string>& addresses() const override { return addresses_; }
  [[nodiscard]] std::int64_t open_connections() const override { return open_.load(); }
  void start_draining() override;
  std::int64_t stop(schemas::Duration patience) override;

 private:
  struct Listener {
    explicit Listener(asio::io_context& io) : acceptor(io), pause(io) {}
    tcp::acceptor acceptor;
    asio::steady_timer pause;
  };

  void accept(Listener& listener);
  void on_accept(Listener& listener, ErrorCode error, tcp::socket socket,
                 const ReactorRef& reactor);

  std::atomic<std::int64_t> open_ = 0;
  std::int64_t connections_max_;
  std::vector<ReactorRef> reactors_;  ///< the first one also accepts
  std::deque<Listener> listeners_;
  std::vector<std::string> addresses_;
  std::vector<asio::executor_work_guard<asio::io_context::executor_type>> work_;
  std::vector<std::thread> threads_;
  std::size_t next_ = 0;
};

schemas::Outcome ThreadedServer::listen(const ListenAddress& address) {
  const tcp::endpoint endpoint = endpoint_of(address);
  Listener& listener = listeners_.emplace_back(reactors_.front()->io);
  ErrorCode error;
  listener.acceptor.open(endpoint.protocol(), error);
  if (!error) {
    listener.acceptor.set_option(asio::socket_base::reuse_address(true), error);
  }
  if (!error) {
    listener.acceptor.bind(endpoint, error);
  }
  if (!error) {
    listener.acceptor.listen(asio::socket_base::max_listen_connections, error);
  }
  const tcp::endpoint found = error ? endpoint : listener.acceptor.local_endpoint(error);
  if (error) {
    return cannot_listen(address.text, error.message());
  }
  addresses_.push_back(text_of(found));
  return schemas::Done{};
}

void ThreadedServer::start() {
  for (Listener& listener : listeners_) {
    accept(listener);
  }
  for (const ReactorRef& reactor : reactors_) {
    work_.emplace_back(asio::make_work_guard(reactor->io));
    threads_.emplace_back([reactor] { run_io(*reactor); });
  }
}

void ThreadedServer::accept(Listener& listener) {
  const ReactorRef reactor = reactors_[next_++ % reactors_.size()];
  listener.acceptor.async_accept(reactor->io,
                                 [this, &listener, reactor](ErrorCode error, tcp::socket socket) {
                                   on_accept(listener, error, std::move(socket), reactor);
                                 });
}

void ThreadedServer::on_accept(Listener& listener, ErrorCode error, tcp::socket socket,
                               const ReactorRef& reactor) {
  if (!listener.acceptor.is_open()) {
    return;
  }
  if (error) {
    spdlog::warn("cannot accept a connection: {}; trying again in {} ms", error.message(),
                 accept_pause.count());
    listener.pause.expires_after(accept_pause);
    listener.pause.async_wait([this, &listener](ErrorCode stopped) {
      if (!stopped) {
        accept(listener);
      }
    });
    return;
  }
  if (open_.load() >= connections_max_) {
    turn_away(socket);
  } else {
    prepare(socket);
    open_.fetch_add(1);
    asio::post(reactor->io, [reactor, socket = std::move(socket)]() mutable {
      serve_connection(std::move(socket), reactor);
    });
  }
  accept(listener);
}

void ThreadedServer::start_draining() {
  for (const ReactorRef& reactor : reactors_) {
    asio::post(reactor->io, [this, reactor] {
      if (reactor == reactors_.front()) {
        ErrorCode ignored;
        for (Listener& listener : listeners_) {
          listener.acceptor.close(ignored);
          listener.pause.cancel();
        }
      }
      reactor->draining = true;
      const auto connections = reactor->connections;  // draining takes connections out
      for (const std::shared_ptr<LiveConnection>& connection : connections) {
        connection->drain();
      }
    });
  }
}

std::int64_t ThreadedServer::stop(schemas::Duration patience) {
  if (threads_.empty()) {
    return 0;
  }
  start_draining();
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (open_.load() > 0 && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  const std::int64_t cut = open_.load();
  for (const ReactorRef& reactor : reactors_) {
    asio::post(reactor->io, [reactor] {
      const auto connections = reactor->connections;
      for (const std::shared_ptr<LiveConnection>& connection : connections) {
        connection->close();
      }
    });
  }
  work_.clear();  // last: a thread without work would not see the post above
  for (std::thread& thread : threads_) {
    thread.join();
  }
  threads_.clear();
  return cut;
}

}  // namespace

Request request_from(const tcp::socket& socket) {
  Request request;
  ErrorCode gone;
  const tcp::endpoint peer = socket.remote_endpoint(gone);
  if (!gone) {
    request.source = peer.address().to_string();
  }
  return request;
}

schemas::Result<std::unique_ptr<Server>> open_server(const ServerSettings& settings,
                                                     Handler& handler) {
  schemas::require(settings.threads > 0, "a server needs a thread");
  auto server = std::make_unique<ThreadedServer>(settings, handler);
  for (const std::string& text : settings.listen) {
    const schemas::Result<ListenAddress> address = parse_listen_address(text);
    if (!address.ok()) {
      return address.error();
    }
    const schemas::Outcome listening = server->listen(address.value());
    if (!listening.ok()) {
      return listening.error();
    }
  }
  server->start();
  return std::unique_ptr<Server>(std::move(server));
}

}  // namespace control::http

#include "agent/edge/metadata/metadata_server.h"

#include <spdlog/spdlog.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>

#include <algorithm>
#include <chrono>
#include <future>
#include <map>
#include <memory>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

namespace agent {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using tcp = boost::asio::ip::tcp;

constexpr std::chrono::seconds idle_max{10};
constexpr std::uint32_t header_bytes_max = 8 * 1024;
constexpr std::uint64_t body_bytes_max = 4'096;
constexpr std::size_t connections_max = 32;

/// One connection: read, answer, read again.
class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(tcp::socket socket, SocketOwner owner, const MetadataServer::Answer& answer)
      : stream_(std::move(socket)), owner_(owner), answer_(answer) {}

  void read() {
    parser_.emplace();
    parser_->header_limit(header_bytes_max);
    parser_->body_limit(body_bytes_max);
    stream_.expires_after(idle_max);
    http::async_read(stream_, buffer_, *parser_,
                     [self = shared_from_this()](beast::error_code error, std::size_t) {
                       if (error) {
                         self->close();
                       } else {
                         self->reply();
                       }
                     });
  }

  void close() {
    beast::error_code ignored;
    stream_.socket().shutdown(tcp::socket::shutdown_both, ignored);
    stream_.socket().close(ignored);
  }

 private:
  void reply() {
    const auto& request = parser_->get();
    MetadataReply said;
    if (request.method() != http::verb::get) {
      said = {405, R"({"error":"only GET is answered here"})"};
    } else {
      said = answer_(owner_, std::string_view(request.target().data(), request.target().size()));
    }
    response_ = {};
    response_.version(request.version());
    response_.result(static_cast<unsigned>(said.status));
    response_.set(http::field::content_type, "application/json");
    response_.keep_alive(request.keep_alive());
    response_.body() = std::move(said.body);
    response_.prepare_payload();
    http::async_write(stream_, response_,
                      [self = shared_from_this()](beast::error_code error, std::size_t) {
                        if (error || self->response_.need_eof()) {
                          self->close();
                        } else {
                          self->read();
                        }
                      });
  }

  beast::tcp_stream stream_;
  SocketOwner owner_;
  const MetadataServer::Answer& answer_;
  beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  http::response<http::string_body> response_;
};

/// One namespace's socket and its connections.
class Listener : public std::enable_shared_from_this<Listener> {
 public:
  Listener(asio::io_context& context, const SocketOwner& owner,
           const MetadataServer::Answer& answer)
      : acceptor_(context), owner_(owner), answer_(answer) {}

  bool open(int listening_socket) {
    beast::error_code error;
    acceptor_.assign(tcp::v4(), listening_socket, error);
    return !error;
  }

  void accept() {
    acceptor_.async_accept(
        [self = shared_from_this()](beast::error_code error, tcp::socket socket) {
          if (error == asio::error::operation_aborted || !self->acceptor_.is_open()) {
            return;
          }
          if (!error) {
            self->take(std::move(socket));
          }
          self->accept();
        });
  }

  void close() {
    beast::error_code ignored;
    acceptor_.close(ignored);
    for (const std::weak_ptr<Session>& one : sessions_) {
      if (const std::shared_ptr<Session> session = one.lock()) {
        session->close();
      }
    }
    sessions_.clear();
  }

 private:
  void take(tcp::socket socket) {
    std::erase_if(sessions_, [](const std::weak_ptr<Session>& one) { return one.expired(); });
    if (sessions_.size() >= connections_max) {
      return;  // the socket closes; a task that opens so many must wait for its own to end
    }
    auto session = std::make_shared<Session>(std::move(socket), owner_, answer_);
    sessions_.push_back(session);
    session->read();
  }

  tcp::acceptor acceptor_;
  SocketOwner owner_;
  const MetadataServer::Answer& answer_;
  std::vector<std::weak_ptr<Session>> sessions_;
};

}  // namespace

class MetadataServer::Reactor {
 public:
  explicit Reactor(Answer answer)
      : answer_(std::move(answer)), work_(context_.get_executor()), thread_([this] { run(); }) {}

  ~Reactor() {
    work_.reset();
    context_.stop();
    thread_.join();
  }

  /// Runs `task` on the server's thread and waits for it.
  template <class Task>
  void on_thread(Task task) {
    std::promise<void> done;
    asio::post(context_, [&] {
      task();
      done.set_value();
    });
    done.get_future().wait();
  }

  void serve(const SocketOwner& owner, int listening_socket) {
    close(owner);
    auto listener = std::make_shared<Listener>(context_, owner, answer_);
    if (!listener->open(listening_socket)) {
      spdlog::error("The metadata socket of task {} is no listening socket", owner.task.text());
      return;
    }
    listener->accept();
    listeners_[owner] = std::move(listener);
  }

  void close(const SocketOwner& owner) {
    const auto found = listeners_.find(owner);
    if (found != listeners_.end()) {
      found->second->close();
      listeners_.erase(found);
    }
  }

 private:
  void run() {
    for (;;) {
      try {
        context_.run();
        return;
      } catch (const std::exception& failure) {
        spdlog::error("The metadata endpoint goes on after: {}", failure.what());
      }
    }
  }

  Answer answer_;
  asio::io_context context_{1};
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  std::map<SocketOwner, std::shared_ptr<Listener>> listeners_;
  std::thread thread_;
};

MetadataServer::MetadataServer(Answer answer)
    : reactor_(std::make_unique<Reactor>(std::move(answer))) {}

MetadataServer::~MetadataServer() = default;

void MetadataServer::serve(const SocketOwner& owner, int listening_socket) {
  reactor_->on_thread([&] { reactor_->serve(owner, listening_socket); });
}

void MetadataServer::close(const SocketOwner& owner) {
  reactor_->on_thread([&] { reactor_->close(owner); });
}

}  // namespace agent

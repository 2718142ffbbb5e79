#include <sys/socket.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <cerrno>
#include <deque>
#include <limits>
#include <optional>

#include "control/edge/http/reactor.h"
#include "control/edge/http/response_text.h"

namespace control::http {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using HeadParser = beast::http::request_parser<beast::http::empty_body>;
using WholeParser = beast::http::request_parser<beast::http::string_body>;
using StreamParser = beast::http::request_parser<beast::http::buffer_body>;
using ErrorCode = boost::system::error_code;

constexpr std::size_t read_bytes = 16UL * 1024;
/// What is read ahead at most: nothing else bounds a chunk's extension, or the trailer.
constexpr std::size_t unparsed_bytes_max = 64UL * 1024;
/// An idle or parked connection keeps this much: 5,000 waiting agents should cost little.
constexpr std::size_t idle_bytes = 2UL * 1024;
constexpr auto no_limit = std::numeric_limits<std::uint64_t>::max();

/// After the last answer of a connection what the peer still sends is thrown away for a while:
/// closing at once would reset the connection and with it the answer that is on its way.
constexpr schemas::Duration linger_time{2'000};
constexpr std::size_t linger_bytes_max = 32UL * 1024 * 1024;

std::string text_of(beast::string_view view) { return {view.data(), view.size()}; }

enum class Phase : std::uint8_t {
  idle,       ///< between requests
  reading,    ///< a request is coming in
  waiting,    ///< the handler has it
  streaming,  ///< an answer of unknown length is being written
  answering,  ///< the end of an answer is being written
  lingering,  ///< the last answer is out
  closed,
};

class Connection final : public LiveConnection, public std::enable_shared_from_this<Connection> {
 public:
  Connection(asio::ip::tcp::socket socket, ReactorRef reactor)
      : stream_(std::move(socket)), reactor_(std::move(reactor)) {}

  void await_request();

  void drain() override;
  void close() override;
  [[nodiscard]] bool serves(std::int64_t number) const override {
    return number == number_ && (phase_ == Phase::waiting || phase_ == Phase::streaming);
  }
  void answer(const Response& response) override;
  void begin(const Response& head) override;
  void write(std::string_view chunk, OnWritten written) override;
  void finish() override;
  void read(OnPart part) override;
  void watch(std::function<void()> gone) override;

 private:
  struct Outgoing {
    std::string text;
    OnWritten written;
    enum class Position : std::uint8_t { inside, end } position = Position::inside;
  };

  void read_head();
  void on_head(ErrorCode error);
  void take_head();
  void read_whole_body(std::int64_t bytes_max);
  void serve();
  void refuse(ErrorCode error);
  void refuse_with(int status, std::string_view type, std::string_view message);
  void on_part_read(ErrorCode error);
  void send(Outgoing outgoing);
  void pump();
  void wait_readable();
  void on_readable();
  void linger();
  void discard(std::size_t bytes_left);
  [[nodiscard]] bool body_is_read() const { return !stream_parser_ || stream_parser_->is_done(); }

  beast::tcp_stream stream_;
  ReactorRef reactor_;
  beast::flat_buffer buffer_{unparsed_bytes_max};
  std::optional<HeadParser> head_parser_;
  std::optional<WholeParser> whole_parser_;
  std::optional<StreamParser> stream_parser_;
  Request request_;
  std::string part_;  ///< where the next piece of a streamed body is read to
  OnPart on_part_;
  std::function<void()> gone_;
  std::deque<Outgoing> outgoing_;  ///< its front is being written while `writing_`
  std::int64_t number_ = 0;
  Phase phase_ = Phase::idle;
  Framing framing_;
  bool http_1_0_ = false;
  bool head_only_ = false;
  bool watching_ = false;
  bool writing_ = false;
};

// --- requests ---------------------------------------------------------------------------------

void Connection::await_request() {
  phase_ = Phase::idle;
  head_parser_.reset();
  whole_parser_.reset();
  stream_parser_.reset();
  if (reactor_->draining) {
    close();
    return;
  }
  if (buffer_.size() > 0) {  // the next request came with the last one
    read_head();
    return;
  }
  if (buffer_.capacity() > 2 * idle_bytes) {
    buffer_.shrink_to_fit();
  }
  stream_.expires_after(reactor_->limits.idle_time);
  stream_.async_read_some(buffer_.prepare(idle_bytes),
                          [self = shared_from_this()](ErrorCode error, std::size_t bytes) {
                            if (error) {
                              self->close();
                              return;
                            }
                            self->buffer_.commit(bytes);
                            self->read_head();
                          });
}

void Connection::read_head() {
  phase_ = Phase::reading;
  head_parser_.emplace();
  head_parser_->header_limit(static_cast<std::uint32_t>(reactor_->limits.header_bytes));
  // The limit of the body depends on the route: `on_head` sets it. (An absent limit would refuse
  // every body in Boost 1.74.)
  head_parser_->body_limit(no_limit);
  stream_.expires_after(reactor_->limits.header_time);
  beast::http::async_read_header(
      stream_, buffer_, *head_parser_,
      [self = shared_from_this()](ErrorCode error, std::size_t) { self->on_head(error); });
}

void Connection::take_head() {
  const auto& head = head_parser_->get();
  request_ = request_from(stream_.socket());
  http_1_0_ = head.version() < 11;
  framing_ = {.body = Framing::Body::counted, .keep_alive = head.keep_alive()};
  request_.method = text_of(head.method_string());
  head_only_ = request_.method == "HEAD";
  const std::string target = text_of(head.target());
  const std::size_t question = target.find('?');
  request_.path = target.substr(0, question);
  request_.query = question == std::string::npos ? std::string() : target.substr(question + 1);
  for (const auto& field : head) {
    request_.headers.push_back({text_of(field.name_string()), text_of(field.value())});
  }
}

void Connection::on_head(ErrorCode error) {
  if (phase_ == Phase::closed) {
    return;
  }
  if (error) {
    refuse(error);
    return;
  }
  take_head();
  if (request_.has_unknown_coding()) {
    refuse(beast::http::error::bad_transfer_encoding);
    return;
  }
  const BodyPolicy policy = reactor_->handler.body_policy(request_);
  const bool whole = policy.mode == BodyPolicy::Mode::whole;
  const auto length = head_parser_->content_length();
  if (whole && length && *length > static_cast<std::uint64_t>(policy.bytes_max)) {
    refuse(beast::http::error::body_limit);
    return;
  }
  if (request_.header("expect") == "100-continue" && !head_parser_->is_done()) {
    // So few bytes always fit in the socket's buffer: this does not wait.
    ErrorCode ignored;
    stream_.socket().send(asio::buffer(std::string_view("HTTP/1.1 100 Continue\r\n\r\n")), 0,
                          ignored);
  }
  if (whole) {
    read_whole_body(policy.bytes_max);
  } else {
    stream_parser_.emplace(std::move(*head_parser_));
    stream_parser_->body_limit(no_limit);
    serve();
  }
}

void Connection::read_whole_body(std::int64_t bytes_max) {
  whole_parser_.emplace(std::move(*head_parser_));
  whole_parser_->body_limit(static_cast<std::uint64_t>(bytes_max));
  if (whole_parser_->content_length().value_or(0) > idle_bytes) {
    buffer_.reserve(read_bytes);  // else a large body is read in small bites
  }
  stream_.expires_after(reactor_->limits.body_time);
  beast::http::async_read(stream_, buffer_, *whole_parser_,
                          [self = shared_from_this()](ErrorCode error, std::size_t) {
                            if (self->phase_ == Phase::closed) {
                              return;
                            }
                            if (error) {
                              self->refuse(error);
                              return;
                            }
                            self->request_.body = std::move(self->whole_parser_->get().body());
                            self->serve();
                          });
}

void Connection::serve() {
  ++number_;
  phase_ = Phase::waiting;
  head_parser_.reset();
  whole_parser_.reset();
  reactor_->handler.serve(std::move(request_), make_exchange(reactor_, weak_from_this(), number_));
}

void Connection::refuse(ErrorCode error) {
  if (error == beast::http::error::body_limit) {
    refuse_with(413, "RequestEntityTooLargeException",
                "The request body is larger than this operation allows.");
  } else if (error == beast::http::error::header_limit) {
    refuse_with(431, "RequestHeaderTooLargeException",
                "The request line and headers are larger than " +
                    std::to_string(reactor_->limits.header_bytes) + " bytes.");
  } else if (error.category() == beast::http::make_error_code({}).category() &&
             error != beast::http::error::end_of_stream &&
             error != beast::http::error::partial_message) {
    refuse_with(400, "SerializationException",
                "This is not an HTTP/1.1 request: " + error.message() + ".");
  } else {
    close();  // gone, or too slow
  }
}

void Connection::refuse_with(int status, std::string_view type, std::string_view message) {
  ++number_;
  phase_ = Phase::waiting;
  framing_.keep_alive = false;
  head_only_ = false;
  answer(refusal(status, type, message));
}

void Connection::read(OnPart part) {
  if (!stream_parser_ || stream_parser_->is_done()) {
    part({.kind = BodyPart::Kind::end, .bytes = {}});
    return;
  }
  on_part_ = std::move(part);
  part_.resize(read_bytes);
  auto& body = stream_parser_->get().body();
  body.data = part_.data();
  body.size = part_.size();
  body.more = true;
  // A follower's log may be silent for days; that the host is gone shows by TCP keep-alive.
  stream_.expires_never();
  beast::http::async_read_some(
      stream_, buffer_, *stream_parser_,
      [self = shared_from_this()](ErrorCode error, std::size_t) { self->on_part_read(error); });
}

void Connection::on_part_read(ErrorCode error) {
  if (phase_ == Phase::closed) {
    return;
  }
  if (error && error != beast::http::error::need_buffer) {
    close();
    return;
  }
  OnPart part = std::exchange(on_part_, nullptr);
  part_.resize(part_.size() - stream_parser_->get().body().size);
  if (!part_.empty()) {
    part({.kind = BodyPart::Kind::data, .bytes = std::exchange(part_, {})});
  } else if (stream_parser_->is_done()) {
    part({.kind = BodyPart::Kind::end, .bytes = {}});
  } else {
    read(std::move(part));  // a chunk's frame came without any of its bytes
  }
}

// --- answers ----------------------------------------------------------------------------------

void Connection::answer(const Response& response) {
  if (phase_ == Phase::streaming) {
    close();  // its writer gave up: cut the stream short, so that the reader sees it is not whole
    return;
  }
  phase_ = Phase::answering;
  gone_ = nullptr;
  framing_.keep_alive = framing_.keep_alive && body_is_read() && !reactor_->draining;
  std::string text = head_text(response, framing_, http_date_now());
  if (!head_only_) {
    text += response.body;
  }
  send({.text = std::move(text), .written = nullptr, .position = Outgoing::Position::end});
}

void Connection::begin(const Response& head) {
  if (phase_ != Phase::waiting) {
    return;
  }
  phase_ = Phase::streaming;
  framing_.body = http_1_0_ ? Framing::Body::until_close : Framing::Body::chunked;
  framing_.keep_alive = framing_.keep_alive && !http_1_0_;
  send({.text = head_text(head, framing_, http_date_now()), .written = nullptr});
}

void Connection::write(std::string_view chunk, OnWritten written) {
  const bool chunked = framing_.body == Framing::Body::chunked;
  send({.text = chunked ? chunk_text(chunk) : std::string(chunk), .written = std::move(written)});
}

void Connection::finish() {
  if (phase_ != Phase::streaming) {
    return;
  }
  phase_ = Phase::answering;
  gone_ = nullptr;
  const bool chunked = framing_.body == Framing::Body::chunked;
  send({.text = std::string(chunked ? last_chunk : std::string_view()),
        .written = nullptr,
        .position = Outgoing::Position::end});
}

void Connection::send(Outgoing outgoing) {
  outgoing_.push_back(std::move(outgoing));
  pump();
}

void Connection::pump() {
  if (writing_ || outgoing_.empty()) {
    return;
  }
  writing_ = true;
  stream_.expires_after(reactor_->limits.write_time);
  asio::async_write(stream_, asio::buffer(outgoing_.front().text),
                    [self = shared_from_this()](ErrorCode error, std::size_t) {
                      self->writing_ = false;
                      if (self->phase_ == Phase::closed) {
                        return;
                      }
                      if (error) {
                        self->close();
                        return;
                      }
                      const Outgoing sent = std::move(self->outgoing_.front());
                      self->outgoing_.pop_front();
                      if (sent.written) {
                        sent.written(Delivery::sent);
                      }
                      if (sent.position == Outgoing::Position::inside) {
                        self->pump();
                      } else if (self->framing_.keep_alive) {
                        self->await_request();
                      } else {
                        self->linger();
                      }
                    });
}

// --- the end of it ----------------------------------------------------------------------------

void Connection::watch(std::function<void()> gone) {
  gone_ = std::move(gone);
  if (reactor_->draining) {
    drain();
  } else if (body_is_read()) {
    wait_readable();  // otherwise reading the body notices
  }
}

void Connection::wait_readable() {
  if (watching_) {
    return;
  }
  watching_ = true;
  stream_.socket().async_wait(asio::socket_base::wait_read,
                              [self = shared_from_this()](ErrorCode error) {
                                self->watching_ = false;
                                if (!error && self->gone_) {
                                  self->on_readable();
                                }
                              });
}

void Connection::on_readable() {
  char byte = 0;
  const auto seen =
      ::recv(stream_.socket().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);  // NOLINT
  if (seen > 0) {
    return;  // the next request is here already: this caller is still interested
  }
  if (seen < 0 && (errno == EAGAIN || errno == EINTR)) {
    wait_readable();
    return;
  }
  close();
}

void Connection::drain() {
  if (phase_ == Phase::idle) {
    close();
  } else if (phase_ == Phase::streaming) {
    const std::function<void()> gone = std::exchange(gone_, nullptr);
    finish();
    if (gone) {
      gone();
    }
  } else if (phase_ == Phase::waiting && gone_) {
    // Parked, so nothing of it is under way: the caller asks the next control.
    const std::function<void()> gone = std::exchange(gone_, nullptr);
    Response response = refusal(503, "ServiceUnavailable", "Control is stopping; ask again.");
    response.headers.push_back({"Retry-After", "1"});
    answer(response);
    gone();
  }
}

void Connection::linger() {
  if (on_part_) {  // a piece of the body is being read, so there cannot be another read
    close();
    return;
  }
  phase_ = Phase::lingering;
  ErrorCode ignored;
  stream_.socket().shutdown(asio::socket_base::shutdown_send, ignored);
  buffer_.clear();
  stream_.expires_after(linger_time);
  discard(linger_bytes_max);
}

void Connection::discard(std::size_t bytes_left) {
  stream_.async_read_some(buffer_.prepare(read_bytes), [self = shared_from_this(), bytes_left](
                                                           ErrorCode error, std::size_t bytes) {
    if (error || bytes >= bytes_left) {
      self->close();
      return;
    }
    self->discard(bytes_left - bytes);
  });
}

void Connection::close() {
  if (phase_ == Phase::closed) {
    return;
  }
  phase_ = Phase::closed;
  const std::shared_ptr<Connection> self = shared_from_this();
  reactor_->connections.erase(self);
  reactor_->open_connections.fetch_sub(1);
  ErrorCode ignored;
  stream_.socket().shutdown(asio::socket_base::shutdown_both, ignored);
  stream_.socket().close(ignored);
  const auto gone = std::exchange(gone_, nullptr);
  const auto part = std::exchange(on_part_, nullptr);
  for (const Outgoing& outgoing : outgoing_) {
    if (outgoing.written) {
      outgoing.written(Delivery::lost);
    }
  }
  if (part) {
    part({.kind = BodyPart::Kind::lost, .bytes = {}});
  }
  if (gone) {
    gone();
  }
}

}  // namespace

void serve_connection(asio::ip::tcp::socket socket, const ReactorRef& reactor) {
  const auto connection = std::make_shared<Connection>(std::move(socket), reactor);
  reactor->connections.insert(connection);
  connection->await_request();
}

}  // namespace control::http

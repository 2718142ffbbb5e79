#include "control/edge/http/server.h"

#include <doctest/doctest.h>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "tests/unit/control_http/raw_client.h"

namespace control::http {

namespace {

using control_http_test::body_of;
using control_http_test::get;
using control_http_test::post;
using control_http_test::RawClient;
using control_http_test::status_of;
using Clock = std::chrono::steady_clock;

/// Waits for `condition`, at most ten seconds.
template <class Condition>
bool comes_true(Condition condition) {
  const auto deadline = Clock::now() + std::chrono::seconds(10);
  while (!condition()) {
    if (Clock::now() > deadline) {
      return false;
    }
    std::this_thread::yield();
  }
  return true;
}

/// Serves a few paths, each a way in which the real handlers use an exchange.
class Fake final : public Handler {
 public:
  [[nodiscard]] BodyPolicy body_policy(const Request& head) const override {
    if (head.path == "/upload") {
      return {.mode = BodyPolicy::Mode::streamed};
    }
    return {.mode = BodyPolicy::Mode::whole, .bytes_max = 65'536};
  }

  void serve(Request request, ExchangeRef exchange) override {
    if (request.path == "/echo") {
      answer(exchange, {.content_type = "text/plain",
                        .headers = {},
                        .body = request.method + " " + request.query + " " + request.body});
    } else if (request.path == "/park") {
      exchange->on_gone([this] { gone_.fetch_add(1); });
      keep(std::move(exchange));
    } else if (request.path == "/later" || request.path == "/stream") {
      keep(std::move(exchange));
    } else if (request.path == "/upload") {
      take(exchange, 0);
    } else if (request.path != "/drop") {
      answer(exchange, {.status = 404, .headers = {}, .body = {}});
    }
  }

  /// The oldest exchange that a client left waiting.
  ExchangeRef next() {
    std::unique_lock lock(mutex_);
    const bool came =
        came_.wait_for(lock, std::chrono::seconds(10), [this] { return !kept_.empty(); });
    REQUIRE(came);
    ExchangeRef exchange = kept_.front();
    kept_.pop_front();
    return exchange;
  }

  [[nodiscard]] std::int64_t gone() const { return gone_.load(); }

 private:
  void keep(ExchangeRef exchange) {
    const std::lock_guard lock(mutex_);
    kept_.push_back(std::move(exchange));
    came_.notify_all();
  }

  void take(const ExchangeRef& exchange, std::size_t total) {
    exchange->read([this, exchange, total](const BodyPart& part) {
      if (part.kind == BodyPart::Kind::data) {
        take(exchange, total + part.bytes.size());
      } else if (part.kind == BodyPart::Kind::end) {
        answer(exchange, {.headers = {}, .body = std::to_string(total)});
      } else {
        gone_.fetch_add(1);
      }
    });
  }

  std::mutex mutex_;
  std::condition_variable came_;
  std::deque<ExchangeRef> kept_;
  std::atomic<std::int64_t> gone_ = 0;
};

struct Served {
  explicit Served(Limits limits = {}) {
    auto opened = open_server({.listen = {"127.0.0.1:0"}, .limits = limits, .threads = 2}, fake);
    REQUIRE(opened.ok());
    server = std::move(opened).value();
  }
  [[nodiscard]] RawClient client() const { return RawClient(server->addresses().front()); }
  Fake fake;
  std::unique_ptr<Server> server;
};

bool says(RawClient& client, std::string_view request) { return client.send(request); }

}  // namespace

TEST_CASE("one connection carries many requests, one after the other and pipelined") {
  Served served;
  RawClient client = served.client();
  REQUIRE(says(client, post("/echo?a=1", "one")));
  CHECK(body_of(client.receive()) == "POST a=1 one");
  REQUIRE(says(client, post("/echo", "two") + post("/echo", "three")));
  CHECK(body_of(client.receive()) == "POST  two");
  CHECK(body_of(client.receive()) == "POST  three");
}

TEST_CASE("a caller that asks for the end of the connection gets it after the answer") {
  Served served;
  RawClient client = served.client();
  REQUIRE(says(client, get("/echo", "Connection: close\r\n")));
  const std::string answer = client.receive();
  CHECK(answer.find("Connection: close") != std::string::npos);
  CHECK(client.closed());
}

TEST_CASE("headers beyond the limit are answered 431, a body beyond its limit 413") {
  Served served;
  RawClient wide = served.client();
  REQUIRE(says(wide, get("/echo", "X-Wide: " + std::string(20'000, 'x') + "\r\n")));
  CHECK(status_of(wide.receive()) == 431);
  CHECK(wide.closed());

  RawClient long_body = served.client();
  // Ten megabytes are announced and sent; the answer comes although nobody reads them.
  // NOLINTNEXTLINE(bugprone-string-constructor): long is the point
  CHECK(says(long_body, post("/echo", std::string(10'000'000, 'x'))));
  CHECK(status_of(long_body.receive()) == 413);

  RawClient chunked = served.client();
  REQUIRE(says(chunked,
               "POST /echo HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n"
               "fffff0\r\nxxxx"));
  CHECK(status_of(chunked.receive()) == 413);
}

TEST_CASE("what is not HTTP is answered 400 and harms nobody else") {
  Served served;
  for (const std::string& nonsense : {
           std::string(
               "POST /echo HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n"),
           std::string("POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: -1\r\n\r\n"),
           std::string("\x16\x03\x01\x02\x05 hello in TLS\r\n\r\n"),
           std::string("GET /echo HTTP/9.9\r\n\r\n"),
           std::string("GET /echo HTTP/1.1\r\nno colon\r\n\r\n"),
           std::string("POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\n"
                       "Content-Length: 6\r\n\r\nabcdef"),
       }) {
    RawClient client = served.client();
    REQUIRE(says(client, nonsense));
    CHECK_MESSAGE(status_of(client.receive()) == 400, nonsense);
    CHECK(client.closed());
  }
  RawClient honest = served.client();
  REQUIRE(says(honest, get("/echo")));
  CHECK(status_of(honest.receive()) == 200);
}

TEST_CASE("a chunk's extension or a trailer without end is refused, not kept") {
  Served served;
  for (const std::string& frame : {std::string("1;x="), std::string("0\r\nX-Trailer: ")}) {
    for (const std::string& path : {std::string("/echo"), std::string("/upload")}) {
      RawClient client = served.client();
      const bool taken = says(
          client, "POST " + path + " HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n" +
                      frame + std::string(4'000'000, 'x'));
      const std::string answer = client.receive();
      // A body that is handed on as it comes has no answer any more: its connection ends.
      CHECK_MESSAGE((path == "/upload" ? !taken || answer.empty() : status_of(answer) == 400),
                    frame << " " << path << ": " << answer);
      CHECK(client.closed());
    }
  }
}

TEST_CASE("a caller that is slow with its headers or its body is cut off") {
  Served served({.header_time = schemas::Duration{100}, .body_time = schemas::Duration{100}});
  RawClient slow_head = served.client();
  REQUIRE(says(slow_head, "GET /echo HTTP/1.1\r\nHo"));
  CHECK(slow_head.closed());
  RawClient slow_body = served.client();
  REQUIRE(says(slow_body, "POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 10\r\n\r\nabc"));
  CHECK(slow_body.closed());
}

TEST_CASE("a caller that sends a byte now and then gains no time by it") {
  Served served({.header_time = schemas::Duration{300}, .body_time = schemas::Duration{300}});
  for (const std::string& begin :
       {std::string("GET /echo HTTP/1.1\r\nX-Slow: "),
        std::string("POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 60000\r\n\r\n"),
        std::string(
            "POST /echo HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\nea60\r\n")}) {
    RawClient client = served.client();
    REQUIRE(says(client, begin));
    // Until the peer has closed a byte is taken; the bound is far beyond the limit.
    const auto until = Clock::now() + std::chrono::seconds(10);
    while (says(client, "x") && Clock::now() < until) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));  // the pace is the point
    }
    CHECK(Clock::now() < until);
  }
  RawClient honest = served.client();
  REQUIRE(says(honest, get("/echo")));
  CHECK(status_of(honest.receive()) == 200);
}

TEST_CASE("an idle connection is closed, but not one whose request is being served") {
  Served served({.idle_time = schemas::Duration{100}});
  RawClient idle = served.client();
  RawClient waiting = served.client();
  REQUIRE(says(waiting, get("/later")));
  const ExchangeRef exchange = served.fake.next();
  CHECK(idle.closed());
  answer(exchange, {.headers = {}, .body = "at last"});
  CHECK(body_of(waiting.receive()) == "at last");
}

TEST_CASE("an answer may come later and from another thread; the first one counts") {
  Served served;
  RawClient client = served.client();
  REQUIRE(says(client, get("/later")));
  const ExchangeRef exchange = served.fake.next();
  std::thread([exchange] { answer(exchange, {.headers = {}, .body = "first"}); }).join();
  answer(exchange, {.headers = {}, .body = "second"});
  CHECK(body_of(client.receive()) == "first");
  REQUIRE(says(client, get("/echo")));
  CHECK(body_of(client.receive()) == "GET  ");
}

TEST_CASE("a request that nobody answers is answered 500") {
  Served served;
  RawClient client = served.client();
  REQUIRE(says(client, get("/drop")));
  CHECK(status_of(client.receive()) == 500);
}

TEST_CASE("a parked request learns that its caller left") {
  Served served;
  RawClient client = served.client();
  REQUIRE(says(client, get("/park")));
  const ExchangeRef exchange = served.fake.next();
  client.close();
  CHECK(comes_true([&] { return served.fake.gone() == 1; }));
}

TEST_CASE("a streamed answer is written chunk by chunk, each acknowledged") {
  Served served;
  RawClient client = served.client();
  REQUIRE(says(client, get("/stream")));
  const ExchangeRef exchange = served.fake.next();
  std::atomic<int> sent = 0;
  exchange->begin({.content_type = "application/x-ndjson", .headers = {}, .body = {}});
  exchange->write("one\n", [&](Delivery delivery) { sent += delivery == Delivery::sent ? 1 : 0; });
  CHECK(client.receive_until("one\n\r\n").find("Transfer-Encoding: chunked") != std::string::npos);
  CHECK(comes_true([&] { return sent == 1; }));
  exchange->write("two\n", [&](Delivery delivery) { sent += delivery == Delivery::sent ? 1 : 0; });
  exchange->finish();
  CHECK(client.receive_until("0\r\n\r\n") == "4\r\ntwo\n\r\n0\r\n\r\n");
  REQUIRE(says(client, get("/echo")));
  CHECK(status_of(client.receive()) == 200);
}

TEST_CASE("a reader that does not read holds its writer back and is cut off in the end") {
  Served served({.write_time = schemas::Duration{200}});
  RawClient client = served.client();
  REQUIRE(says(client, get("/stream")));
  const ExchangeRef exchange = served.fake.next();
  exchange->begin({.headers = {}, .body = {}});
  std::atomic<int> sent = 0;
  std::atomic<int> lost = 0;
  for (int at = 0; at < 100; ++at) {
    exchange->write(std::string(1'000'000, 'x'), [&](Delivery delivery) {
      (delivery == Delivery::sent ? sent : lost).fetch_add(1);
    });
  }
  CHECK(comes_true([&] { return sent + lost == 100; }));
  CHECK(lost > 50);
}

TEST_CASE("a streamed body is handed on as it comes, with Expect: 100-continue as curl sends it") {
  Served served;
  RawClient client = served.client();
  REQUIRE(says(client,
               "POST /upload HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n"
               "Expect: 100-continue\r\n\r\n"));
  CHECK(status_of(client.receive_until("\r\n\r\n")) == 100);
  REQUIRE(says(client, "5\r\nhello\r\n"));
  std::string piece(100'000, 'x');
  REQUIRE(says(client, "186a0\r\n" + piece + "\r\n0\r\n\r\n"));
  CHECK(body_of(client.receive()) == "100005");
  REQUIRE(says(client, get("/echo")));
  CHECK(status_of(client.receive()) == 200);

  RawClient broken = served.client();
  REQUIRE(says(broken,
               "POST /upload HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n"
               "5\r\nhel"));
  broken.close();
  CHECK(comes_true([&] { return served.fake.gone() == 1; }));
}

TEST_CASE("draining answers what is being served, ends parked requests and streams, and closes") {
  Served served;
  RawClient idle = served.client();
  RawClient waiting = served.client();
  RawClient parked = served.client();
  RawClient streaming = served.client();
  REQUIRE(says(waiting, get("/later")));
  const ExchangeRef later = served.fake.next();
  REQUIRE(says(parked, get("/park")));
  const ExchangeRef park = served.fake.next();
  REQUIRE(says(streaming, get("/stream")));
  const ExchangeRef stream = served.fake.next();
  stream->begin({.headers = {}, .body = {}});
  streaming.receive_until("\r\n\r\n");
  served.server->start_draining();
  CHECK(idle.closed());
  CHECK(status_of(parked.receive()) == 503);
  CHECK(streaming.receive_until("0\r\n\r\n") == "0\r\n\r\n");
  answer(later, {.headers = {}, .body = "still answered"});
  const std::string last = waiting.receive();
  CHECK(body_of(last) == "still answered");
  CHECK(last.find("Connection: close") != std::string::npos);
  waiting.close();
  parked.close();
  streaming.close();
  CHECK(served.server->stop(schemas::Duration{10'000}) == 0);
}

TEST_CASE("connections beyond the cap are turned away while the others go on") {
  Served served({.connections = 2});
  RawClient first = served.client();
  RawClient second = served.client();
  CHECK(comes_true([&] { return served.server->open_connections() == 2; }));
  RawClient third = served.client();
  CHECK(status_of(third.receive()) == 503);
  REQUIRE(says(first, get("/echo")));
  CHECK(status_of(first.receive()) == 200);
}

TEST_CASE("a thousand idle connections leave room for the one that asks") {
  Served served;
  std::vector<RawClient> idle;
  for (int at = 0; at < 1'000; ++at) {
    idle.push_back(served.client());
  }
  RawClient client = served.client();
  const auto start = Clock::now();
  REQUIRE(says(client, get("/echo")));
  CHECK(status_of(client.receive()) == 200);
  CHECK(Clock::now() - start < std::chrono::seconds(1));
}

TEST_CASE("of a thousand idle connections none stays longer than it may") {
  Served served({.idle_time = schemas::Duration{1'500}});
  std::vector<RawClient> idle;
  for (int at = 0; at < 1'000; ++at) {
    idle.push_back(served.client());
  }
  RawClient busy = served.client();
  const auto until = Clock::now() + std::chrono::milliseconds(3'000);
  while (Clock::now() < until) {  // who asks again and again is not idle
    REQUIRE(says(busy, get("/echo")));
    CHECK(status_of(busy.receive()) == 200);
  }
  CHECK(comes_true([&] { return served.server->open_connections() == 1; }));
  CHECK(idle.front().closed());
  CHECK(idle.back().closed());
  REQUIRE(says(busy, get("/echo")));
  CHECK(status_of(busy.receive()) == 200);
}

TEST_CASE("a listen address is an address and a port, and says what is wrong with it") {
  CHECK(parse_listen_address("127.0.0.1:7070").value().loopback);
  CHECK(parse_listen_address("localhost:7070").value().text == "127.0.0.1:7070");
  CHECK(parse_listen_address("[::1]:0").value().text == "[::1]:0");
  CHECK_FALSE(parse_listen_address("0.0.0.0:80").value().loopback);
  for (const std::string& wrong : {std::string("7070"), std::string("127.0.0.1:"),
                                   std::string("127.0.0.1:70707"), std::string("example.org:1")}) {
    const auto refused = parse_listen_address(wrong);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().message.find("ADDRESS:PORT") != std::string::npos);
  }
}

TEST_CASE("an address in use is refused with what to do") {
  Served served;
  Fake fake;
  const auto refused = open_server({.listen = served.server->addresses(), .limits = {}}, fake);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().message.find("--listen") != std::string::npos);
}

TEST_CASE("query values are decoded and broken escapes kept") {
  CHECK(query_value("a=1&cluster=my%20c&b", "cluster") == "my c");
  CHECK(query_value("a=1&b", "b").empty());
  CHECK(query_value("tail=%zz", "tail") == "%zz");
  CHECK(percent_decoded("arn%3Aaws%2") == "arn:aws%2");
}

}  // namespace control::http

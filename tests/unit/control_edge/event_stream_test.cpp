#include "control/edge/http/api/event_stream.h"

#include <doctest/doctest.h>

#include <string>

namespace control::http {

namespace {

/// Takes an answer as a connection would, but at once and on the same thread.
class PaperExchange final : public Exchange {
 public:
  void answer(MakeResponse make) override { response = make(); }
  void begin(Response head) override { response = std::move(head); }
  void write(std::string chunk, OnWritten written) override {
    text += chunk;
    written(Delivery::sent);
  }
  void finish() override { finished = true; }
  void read(OnPart /*part*/) override {}
  void on_gone(std::function<void()> gone) override { on_gone_ = std::move(gone); }

  Response response{.status = 0, .headers = {}, .body = {}};
  std::string text;
  bool finished = false;
  std::function<void()> on_gone_;
};

/// A log of which events 5 to 9 are kept.
class ShortLog final : public store::EventReader {
 public:
  schemas::Result<store::EventPage> read(std::int64_t sequence, std::int64_t limit) override {
    store::EventPage page{.events = {}, .oldest = 5, .last_looked = sequence};
    for (std::int64_t at = std::max<std::int64_t>(5, sequence + 1); at <= 9 && limit > 0;
         ++at, --limit) {
      page.events.push_back(event(at, at == 7 ? "somebody else" : "mine"));
      page.last_looked = at;
    }
    return page;
  }
  static Event event(std::int64_t sequence, const std::string& account) {
    return {.sequence = sequence,
            .at = schemas::Instant(schemas::Duration(1'700'000'000'123)),
            .scope = {.account = account, .region = "r"},
            .kind = "task.state",
            .subject = "arn",
            .detail = R"({"a":1})"};
  }
};

const OpenDoor door("mine", "r", OpenDoor::Reach::anywhere);

struct Reading {
  explicit Reading(const std::string& query) {
    Request request;
    request.query = query;
    serve_events({.feed = feed,
                  .door = door,
                  .on_loop = [](const std::function<void()>& errand) { errand(); },
                  .bridge = [](const Event& event) -> std::optional<BridgeEvent> {
                    if (event.sequence % 2 == 0) {
                      return std::nullopt;  // nothing that EventBridge would tell of
                    }
                    return BridgeEvent{.detail_type = "ECS Odd Thing", .json = "{}"};
                  }},
                 request, exchange);
  }
  edge::EventFeed feed{std::make_unique<ShortLog>(), 9};
  std::shared_ptr<PaperExchange> exchange = std::make_shared<PaperExchange>();
};

std::int64_t count_of(const std::string& text, const std::string& part) {
  std::int64_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
    ++count;
  }
  return count;
}

}  // namespace

TEST_CASE("resuming behind the oldest event kept is answered 410 with what to do") {
  const Reading reading("after=3");
  CHECK(reading.exchange->response.status == 410);
  CHECK(reading.exchange->response.body.find("oldest is 5") != std::string::npos);
}

TEST_CASE("a reader that saw more than the log holds is answered 410: control was restored") {
  const Reading reading("after=10");
  CHECK(reading.exchange->response.status == 410);
  CHECK(reading.exchange->response.body.find("newest is 9") != std::string::npos);
  CHECK(reading.exchange->response.body.find("restored from a backup") != std::string::npos);
  const Reading at_the_end("after=9&follow=false");
  CHECK(at_the_end.exchange->response.status == 200);
}

TEST_CASE("resuming right before the oldest event kept, or from the start, misses nothing") {
  for (const char* query : {"after=4&follow=false", "after=0&follow=false"}) {
    const Reading reading(query);
    CHECK(reading.exchange->response.status == 200);
    CHECK(count_of(reading.exchange->text, "id: ") == 4);  // five, of which one is not ours
    CHECK(reading.exchange->finished);
  }
}

TEST_CASE("a follower gets what is published later, until it leaves") {
  Reading reading("after=8");
  CHECK(count_of(reading.exchange->text, "id: ") == 1);
  CHECK_FALSE(reading.exchange->finished);
  reading.feed.publish({ShortLog::event(10, "mine"), ShortLog::event(11, "somebody else")});
  CHECK(count_of(reading.exchange->text, "id: ") == 2);
  reading.exchange->on_gone_();
  reading.feed.publish({ShortLog::event(12, "mine")});
  CHECK(count_of(reading.exchange->text, "id: ") == 2);
}

TEST_CASE("in EventBridge's form only what it has is told, under the numbers of the log") {
  const Reading reading("after=0&follow=false&format=eventbridge");
  CHECK(
      reading.exchange->text.ends_with("id: 5\nevent: ECS Odd Thing\ndata: {}\n\n"
                                       "id: 9\nevent: ECS Odd Thing\ndata: {}\n\n"));
  CHECK(reading.exchange->finished);
}

TEST_CASE("a form that nobody speaks is refused by name") {
  const Reading reading("after=0&format=cloudevents");
  CHECK(reading.exchange->response.status == 400);
  CHECK(reading.exchange->response.body.find("cloudevents") != std::string::npos);
}

TEST_CASE("an event is one record of a server-sent event stream") {
  CHECK(event_text(ShortLog::event(7, "mine")) ==
        "id: 7\nevent: task.state\ndata: {\"sequence\":7,\"time\":\"2023-11-14T22:13:20.123Z\","
        "\"account\":\"mine\",\"region\":\"r\",\"kind\":\"task.state\",\"subject\":\"arn\","
        "\"detail\":{\"a\":1}}\n\n");
}

}  // namespace control::http

#include "control/edge/loop/turn_loop.h"

#include <doctest/doctest.h>

#include <chrono>
#include <condition_variable>
#include <future>

namespace control::edge {

namespace {

using std::chrono::seconds;

/// Remembers what was committed; can be told to hold or to fail.
class MemoryStore final : public store::Store {
 public:
  schemas::Result<Snapshot> load() override { return Snapshot{}; }
  schemas::Outcome commit(std::span<const Row> rows) override {
    std::unique_lock lock(mutex_);
    ++commits_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return !held_; });
    if (failing_) {
      return schemas::Error{.code = schemas::ErrorCode::server, .message = "disk on fire"};
    }
    rows_ += static_cast<std::int64_t>(rows.size());
    return schemas::Done{};
  }
  schemas::Outcome trim(const store::Retention& /*retention*/, schemas::Instant /*now*/) override {
    return schemas::Done{};
  }
  schemas::Result<std::unique_ptr<store::AuditReader>> open_audit_reader() override {
    return schemas::Error{};
  }
  schemas::Result<std::unique_ptr<store::EventReader>> open_event_reader() override {
    return schemas::Error{};
  }
  schemas::Result<std::unique_ptr<store::BackupSource>> open_backup_source() override {
    return schemas::Error{};
  }

  void hold() {
    const std::lock_guard lock(mutex_);
    held_ = true;
  }
  void release() {
    const std::lock_guard lock(mutex_);
    held_ = false;
    changed_.notify_all();
  }
  void fail() {
    const std::lock_guard lock(mutex_);
    failing_ = true;
  }
  bool in_commit(std::int64_t number) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, seconds(10), [&] { return commits_ >= number; });
  }
  std::int64_t rows() {
    const std::lock_guard lock(mutex_);
    return rows_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::int64_t commits_ = 0;
  std::int64_t rows_ = 0;
  bool held_ = false;
  bool failing_ = false;
};

class MemoryReader final : public store::EventReader {
 public:
  schemas::Result<store::EventPage> read(std::int64_t sequence, std::int64_t /*limit*/) override {
    return store::EventPage{.events = {}, .oldest = 5, .last_looked = sequence};
  }
};

/// A loop whose every call writes one row and one event and answers nothing in particular.
struct Fixture {
  Fixture() {
    auto owned = std::make_unique<MemoryStore>();
    memory = owned.get();
    loop = std::make_unique<TurnLoop>(LoopParts{
        .step = [this](std::span<const Input> inputs,
                       schemas::Instant now) { return step(inputs, now); },
        .clock =
            [] { return std::chrono::floor<schemas::Duration>(std::chrono::system_clock::now()); },
        .store = std::move(owned),
        .retention = {},
        .feed = feed,
        .metrics = metrics,
        .fail = [this](const schemas::Error& error) { failed.set_value(error.message); }});
  }

  Turn step(std::span<const Input> inputs, schemas::Instant now) {
    Turn turn;
    turn.next_wake = now + schemas::Duration{60'000};
    std::int64_t calls = 0;
    for (const Input& input : inputs) {
      if (const auto* call = std::get_if<ApiCall>(&input)) {
        ++calls;
        turn.rows.push_back({.table = Table::metadata, .key = ++key, .values = {}});
        turn.events.push_back(
            {.sequence = key, .at = now, .scope = {}, .kind = "k", .subject = {}, .detail = {}});
        turn.replies.push_back({.request = call->request, .result = api::Value{}});
      }
    }
    largest = std::max(largest, calls);
    return turn;
  }

  std::future<bool> call() {
    auto answered = std::make_shared<std::promise<bool>>();
    loop->call({}, [answered](const schemas::Result<api::Value>& result) {
      answered->set_value(result.ok());
    });
    return answered->get_future();
  }

  Metrics metrics;
  EventFeed feed{std::make_unique<MemoryReader>(), 0};
  std::int64_t key = 0;
  std::int64_t largest = 0;
  std::promise<std::string> failed;
  MemoryStore* memory = nullptr;
  std::unique_ptr<TurnLoop> loop;
};

bool waits(std::future<bool>& answer) {
  return answer.wait_for(std::chrono::milliseconds(0)) == std::future_status::timeout;
}

}  // namespace

TEST_CASE("nobody is answered before the turn is durable, and one commit serves all who waited") {
  Fixture fixture;
  fixture.memory->hold();
  fixture.loop->start();
  std::future<bool> first = fixture.call();
  REQUIRE(fixture.memory->in_commit(1));
  std::vector<std::future<bool>> others;
  for (int at = 0; at < 50; ++at) {
    others.push_back(fixture.call());
  }
  CHECK(waits(first));
  fixture.memory->release();
  CHECK(first.get());
  for (std::future<bool>& other : others) {
    CHECK(other.get());
  }
  fixture.loop->stop();
  CHECK(fixture.largest == 50);
  CHECK(fixture.memory->rows() == 51);
}

TEST_CASE("who reads the event log on an answer finds there what the answer tells of") {
  Fixture fixture;
  std::promise<std::int64_t> newest;
  fixture.loop->call({}, [&](const schemas::Result<api::Value>& /*result*/) {
    newest.set_value(fixture.feed.last());
  });
  fixture.loop->start();
  CHECK(newest.get_future().get() == 1);
}

TEST_CASE("a commit that fails ends the loop, and who waited for it is told that it failed") {
  Fixture fixture;
  fixture.memory->fail();
  fixture.loop->start();
  std::future<bool> answer = fixture.call();
  CHECK(fixture.failed.get_future().get() == "disk on fire");
  fixture.loop->stop();
  CHECK_FALSE(answer.get());
  CHECK(fixture.feed.last() == 0);
}

TEST_CASE("calls beyond what can be answered in time are refused at once") {
  Fixture fixture;  // not started: nothing is taken out
  std::vector<std::future<bool>> waiting;
  for (int at = 0; at < 20'000; ++at) {
    waiting.push_back(fixture.call());
  }
  CHECK_FALSE(fixture.call().get());
  CHECK(waits(waiting.front()));
  fixture.loop->start();
  CHECK(waiting.back().get());
  CHECK(fixture.call().get());
}

TEST_CASE("an errand runs between turns and stopping finishes what has come in") {
  Fixture fixture;
  std::future<bool> answer = fixture.call();
  std::promise<std::int64_t> seen;
  fixture.loop->run([&] { seen.set_value(fixture.key); });
  fixture.loop->start();
  fixture.loop->stop();
  CHECK(answer.get());
  CHECK(seen.get_future().get() == 1);
}

TEST_CASE("the feed gives the latest events from memory, older ones from the store") {
  EventFeed feed(std::make_unique<MemoryReader>(), 10);
  CHECK(feed.after(10, 5).value().events.empty());
  CHECK(feed.after(3, 5).value().oldest == 5);  // the store's answer
  int woken = 0;
  feed.wait(10, [&] { ++woken; });
  const std::int64_t forgotten = feed.wait(10, [&] { woken += 100; });
  feed.forget(forgotten);
  std::vector<Event> events(3);
  for (std::size_t at = 0; at < events.size(); ++at) {
    events[at].sequence = 11 + static_cast<std::int64_t>(at);
  }
  feed.publish(events);
  CHECK(woken == 1);
  const store::EventPage page = feed.after(11, 1).value();
  REQUIRE(page.events.size() == 1);
  CHECK(page.events.front().sequence == 12);
  feed.wait(12, [&] { ++woken; });
  CHECK(woken == 2);
}

TEST_CASE("metrics are written as Prometheus reads them") {
  Metrics metrics;
  metrics.request("RunTask", 200, std::chrono::milliseconds(3));
  metrics.request("RunTask", 400, std::chrono::milliseconds(30));
  metrics.commit(std::chrono::milliseconds(1), 7);
  const std::string text = metrics.text();
  CHECK(text.find("stowage_requests_total{operation=\"RunTask\",code=\"200\"} 1\n") !=
        std::string::npos);
  CHECK(text.find("stowage_request_seconds_bucket{operation=\"RunTask\",le=\"0.005\"} 1\n") !=
        std::string::npos);
  CHECK(text.find("stowage_request_seconds_bucket{operation=\"RunTask\",le=\"+Inf\"} 2\n") !=
        std::string::npos);
  CHECK(text.find("stowage_rows_total 7\n") != std::string::npos);
}

}  // namespace control::edge

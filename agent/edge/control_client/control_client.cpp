#include "agent/edge/control_client/control_client.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <random>
#include <utility>

#include "agent/edge/control_client/http_client.h"
#include "schemas/wire/wire.h"

namespace agent {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds first_pause{100};
/// Longer: a host is told later of what happened while control was away.
constexpr milliseconds longest_pause{5'000};
/// What an answer may take beyond the time it was to be held.
constexpr milliseconds patience{15'000};

constexpr long http_ok = 200;
constexpr long http_unauthorized = 401;
constexpr long http_forbidden = 403;
constexpr long http_gone = 410;

/// Pauses that double, each drawn between half and the whole, so that the hosts of a control
/// service that comes back do not all arrive at once.
class Backoff {
 public:
  milliseconds next() {
    std::uniform_int_distribution<std::int64_t> draw(pause_.count() / 2, pause_.count());
    const milliseconds chosen(draw(random_));
    pause_ = std::min(pause_ * 2, longest_pause);
    return chosen;
  }
  void reset() { pause_ = first_pause; }

 private:
  std::minstd_rand random_{std::random_device{}()};
  milliseconds pause_ = first_pause;
};

}  // namespace

/// One connection with the thread that uses it.
class ControlClient::Line {
 public:
  Line(ChannelHost::Purpose purpose, HttpClient client)
      : purpose_(purpose), client_(std::move(client)) {}

  [[nodiscard]] ChannelHost::Purpose purpose() const { return purpose_; }
  HttpClient& client() { return client_; }
  std::thread& thread() { return thread_; }
  Backoff& backoff() { return backoff_; }

  void wake() {
    const std::lock_guard lock(mutex_);
    woken_ = true;
    condition_.notify_all();
  }
  void wait_until_woken() {
    std::unique_lock lock(mutex_);
    condition_.wait(lock, [this] { return woken_; });
    woken_ = false;
  }
  /// A pause that news do not shorten, only the end does.
  void pause(milliseconds span, const std::atomic<bool>& ending) {
    std::unique_lock lock(mutex_);
    condition_.wait_for(lock, span, [&] { return ending.load(); });
  }

 private:
  ChannelHost::Purpose purpose_;
  HttpClient client_;
  Backoff backoff_;
  std::mutex mutex_;
  std::condition_variable condition_;
  bool woken_ = true;
  std::thread thread_;
};

ControlClient::ControlClient(const Identity& identity, ChannelHost host)
    : identity_(identity), host_(std::move(host)) {}

schemas::Result<std::unique_ptr<ControlClient>> ControlClient::start(const std::string& url,
                                                                     const Identity& identity,
                                                                     ChannelHost host) {
  schemas::Result<HttpClient> polls = HttpClient::open(url);
  schemas::Result<HttpClient> reports = HttpClient::open(url);
  if (!polls.ok() || !reports.ok()) {
    return polls.ok() ? reports.error() : polls.error();
  }
  std::unique_ptr<ControlClient> client(new ControlClient(identity, std::move(host)));
  client->polls_ = std::make_unique<Line>(ChannelHost::Purpose::poll, std::move(polls).value());
  client->reports_ =
      std::make_unique<Line>(ChannelHost::Purpose::report, std::move(reports).value());
  for (Line* line : {client->polls_.get(), client->reports_.get()}) {
    line->thread() = std::thread([line, owner = client.get()] { owner->run(*line); });
  }
  return client;
}

ControlClient::~ControlClient() {
  ending_ = true;
  for (Line* line : {polls_.get(), reports_.get()}) {
    line->client().interrupt();
    line->wake();
  }
  for (Line* line : {polls_.get(), reports_.get()}) {
    if (line->thread().joinable()) {
      line->thread().join();
    }
  }
}

void ControlClient::report_soon() { reports_->wake(); }

void ControlClient::run(Line& line) {
  while (!ending_) {
    const std::optional<schemas::SyncRequest> request = host_.next_request(line.purpose());
    if (!request) {
      line.wait_until_woken();
      continue;
    }
    const auto asked = std::chrono::steady_clock::now();
    schemas::Result<HttpReply> reply =
        line.client().post("/agent/v1/sync", identity_.secret, wire::encode(*request),
                           milliseconds(request->hold_ms) + patience);
    if (ending_) {
      return;
    }
    if (!reply.ok()) {
      spdlog::warn("{}", reply.error().message);
      line.pause(line.backoff().next(), ending_);
      continue;
    }
    const HttpReply& said = reply.value();
    if (said.status == http_unauthorized || said.status == http_forbidden ||
        said.status == http_gone) {
      host_.refused("Control does not take this host for " + identity_.instance.text() +
                    " any more (HTTP " + std::to_string(said.status) + "): " + said.body);
      line.wait_until_woken();
      continue;
    }
    schemas::Result<schemas::SyncAnswer> answer =
        said.status == http_ok ? wire::decode<schemas::SyncAnswer>(said.body)
                               : schemas::Error{schemas::ErrorCode::server, said.body};
    if (!answer.ok()) {
      spdlog::warn("Control's answer cannot be used (HTTP {}): {}", said.status,
                   answer.error().message);
      line.pause(line.backoff().next(), ending_);
      continue;
    }
    const bool report = line.purpose() == ChannelHost::Purpose::report;
    const bool unheard = report && answer.value().acknowledged < request->report_sequence;
    const bool hasty = !report && answer.value().version == request->have_version &&
                       answer.value().asks.empty() &&
                       std::chrono::steady_clock::now() - asked < first_pause;
    host_.answered(*request, std::move(answer).value());
    // Neither a report that is not durable yet nor an answer that came at once without news may
    // make this turn in a tight circle.
    if (unheard) {
      line.pause(line.backoff().next(), ending_);
      continue;
    }
    line.backoff().reset();
    if (hasty) {
      line.pause(first_pause, ending_);
    }
  }
}

}  // namespace agent

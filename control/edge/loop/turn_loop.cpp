#include "control/edge/loop/turn_loop.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <utility>

#include "schemas/base/require.h"
#include "spdlog/spdlog.h"

namespace control::edge {

namespace {

using Clock = std::chrono::steady_clock;

/// The longest sleep: a wall clock that jumps back must not put the loop to sleep for good.
constexpr schemas::Duration sleep_max{1'000};
constexpr schemas::Duration trim_every{5'000};
/// A turn beyond this is worth a line in the log: callers have felt it.
constexpr std::chrono::milliseconds slow_turn{500};

/// What an operator wants to have read in the morning: hosts that come, go and are given up, and
/// what became of services. Tasks are too many; the event log has them.
void log_for_people(const Event& event) {
  const bool lost = event.kind == "instance.disconnected" || event.kind == "instance.lost";
  const bool told = event.kind.starts_with("instance.") || event.kind.starts_with("service.") ||
                    event.kind.starts_with("deployment.");
  const auto level = lost ? spdlog::level::warn : told ? spdlog::level::info : spdlog::level::debug;
  spdlog::log(level, "{} {} {}", event.kind, event.subject, event.detail);
}

schemas::Error overloaded() {
  return {.code = schemas::ErrorCode::throttling,
          .message = "Control has more requests waiting than it can answer in time; try again."};
}

/// An error that clients may repeat: whether the disk has kept the turn is not known.
schemas::Error not_durable() {
  return {.code = schemas::ErrorCode::server,
          .message =
              "Control could not make this durable and starts anew: it may be done or not. "
              "Ask what there is, or repeat it with the same clientToken."};
}

}  // namespace

TurnLoop::TurnLoop(LoopParts parts) : parts_(std::move(parts)) {}

TurnLoop::~TurnLoop() { stop(); }

void TurnLoop::start() {
  thread_ = std::thread([this] {
    try {
      work();
    } catch (const std::exception& failure) {
      spdlog::critical("the loop failed: {}", failure.what());
      schemas::require(false, "an exception reached the loop's thread");
    }
  });
}

void TurnLoop::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  came_.notify_all();
  if (thread_.joinable()) {
    thread_.join();
  }
}

bool TurnLoop::full() const {
  const std::lock_guard lock(mutex_);
  return inbox_.size() >= inbox_max;
}

void TurnLoop::post(Posted posted) {
  {
    const std::lock_guard lock(mutex_);
    inbox_.push_back(std::move(posted));
  }
  came_.notify_one();
}

void TurnLoop::call(ApiCall call, OnReply reply) {
  if (full()) {
    reply(overloaded());
    return;
  }
  const std::int64_t number = next_number_.fetch_add(1);
  call.request = number;
  post({.number = number, .input = std::move(call), .deliver = std::move(reply)});
}

void TurnLoop::refused(CallRefused call) {
  if (!full()) {
    post({.number = 0, .input = std::move(call), .deliver = {}});
  }
}

void TurnLoop::want_stream(StreamWanted wanted, OnStream reply) {
  if (full()) {
    reply(overloaded());
    return;
  }
  const std::int64_t number = next_number_.fetch_add(1);
  wanted.request = number;
  post({.number = number, .input = std::move(wanted), .deliver = std::move(reply)});
}

void TurnLoop::settle_stream(schemas::AskId ask) {
  post({.number = 0, .input = StreamSettled{.ask = ask}, .deliver = {}});
}

void TurnLoop::join(AgentJoin join, OnAgentAnswer answer) {
  const std::int64_t number = next_number_.fetch_add(1);
  join.waiter = number;
  post({.number = number, .input = std::move(join), .deliver = std::move(answer)});
}

std::int64_t TurnLoop::sync(AgentSync sync, OnAgentAnswer answer) {
  const std::int64_t number = next_number_.fetch_add(1);
  sync.waiter = number;
  post({.number = number, .input = std::move(sync), .deliver = std::move(answer)});
  return number;
}

void TurnLoop::leave(std::int64_t waiter) {
  post({.number = waiter, .input = WaiterGone{.waiter = waiter}, .deliver = {}});
}

void TurnLoop::run(std::function<void()> errand) {
  post({.number = 0, .input = Tick{}, .deliver = std::move(errand)});
}

std::vector<TurnLoop::Posted> TurnLoop::take() {
  std::unique_lock lock(mutex_);
  const schemas::Duration until = std::clamp(next_wake_ - now_, schemas::Duration{0}, sleep_max);
  came_.wait_for(lock, until, [this] { return stopping_ || !inbox_.empty(); });
  const auto depth = static_cast<std::int64_t>(inbox_.size());
  std::vector<Posted> taken;
  while (!inbox_.empty() && taken.size() < turn_max) {
    taken.push_back(std::move(inbox_.front()));
    inbox_.pop_front();
  }
  lock.unlock();
  parts_.metrics.inbox_depth(depth);
  return taken;
}

void TurnLoop::work() {
  for (;;) {
    now_ = std::max(now_, parts_.clock());  // time does not run backwards for World
    std::vector<Posted> taken = take();
    now_ = std::max(now_, parts_.clock());
    if (taken.empty()) {
      const std::lock_guard lock(mutex_);
      if (stopping_ && inbox_.empty()) {
        return;
      }
    }
    if (!turn(std::move(taken))) {
      return;
    }
    trim(now_);
  }
}

bool TurnLoop::turn(std::vector<Posted> taken) {
  std::vector<Input> inputs;
  std::vector<std::function<void()>> errands;
  for (Posted& posted : taken) {
    if (auto* errand = std::get_if<std::function<void()>>(&posted.deliver)) {
      errands.push_back(std::move(*errand));
      continue;
    }
    if (std::holds_alternative<WaiterGone>(posted.input)) {
      waiting_.erase(posted.number);
    } else if (!std::holds_alternative<std::monostate>(posted.deliver)) {
      waiting_.emplace(posted.number, std::move(posted.deliver));
    }
    inputs.push_back(std::move(posted.input));
  }
  if (!inputs.empty() || now_ >= next_wake_) {
    if (inputs.empty()) {
      inputs.emplace_back(Tick{});
    }
    const auto start = Clock::now();
    Turn decided = parts_.step(inputs, now_);
    const auto decided_at = Clock::now();
    next_wake_ = decided.next_wake;
    parts_.metrics.turn(decided_at - start, static_cast<std::int64_t>(inputs.size()));
    if (!commit(decided)) {
      return false;
    }
    const auto took = Clock::now() - start;
    if (took > slow_turn) {
      spdlog::warn(
          "a turn of {} inputs and {} rows took {} ms, {} ms of it deciding", inputs.size(),
          decided.rows.size(), std::chrono::duration_cast<std::chrono::milliseconds>(took).count(),
          std::chrono::duration_cast<std::chrono::milliseconds>(decided_at - start).count());
    }
    parts_.committed();
    deliver(std::move(decided));
  }
  for (const std::function<void()>& errand : errands) {
    errand();
  }
  return true;
}

bool TurnLoop::commit(const Turn& turn) {
  if (turn.rows.empty()) {
    return true;
  }
  const auto start = Clock::now();
  const schemas::Outcome committed = parts_.store->commit(turn.rows);
  if (!committed.ok()) {
    refuse_waiting();
    parts_.fail(committed.error());
    return false;
  }
  parts_.metrics.commit(Clock::now() - start, static_cast<std::int64_t>(turn.rows.size()));
  return true;
}

void TurnLoop::refuse_waiting() {
  for (const auto& [number, waiting] : waiting_) {
    if (const auto* reply = std::get_if<OnReply>(&waiting)) {
      (*reply)(not_durable());
    }
  }
  waiting_.clear();
}

void TurnLoop::deliver(Turn turn) {
  const auto answer = [this](std::int64_t number, auto value, const auto* kind) {
    const auto found = waiting_.find(number);
    if (found == waiting_.end()) {
      return;  // gone meanwhile
    }
    using Callback = std::remove_cv_t<std::remove_pointer_t<decltype(kind)>>;
    const auto* callback = std::get_if<Callback>(&found->second);
    schemas::require(callback != nullptr, "a turn answered a waiter with another kind of answer");
    (*callback)(std::move(value));
    waiting_.erase(found);
  };
  // Before the answers: who is told of a change may ask the event log for it at once.
  parts_.feed.publish(turn.events);
  for (Reply& reply : turn.replies) {
    answer(reply.request, std::move(reply.result), static_cast<const OnReply*>(nullptr));
  }
  // Before the agents: a host must not open a stream that nobody waits for yet.
  for (StreamReply& reply : turn.streams) {
    answer(reply.request, std::move(reply.result), static_cast<const OnStream*>(nullptr));
  }
  for (AgentReply& reply : turn.agents) {
    answer(reply.waiter, std::move(reply.answer), static_cast<const OnAgentAnswer*>(nullptr));
  }
  for (const Event& event : turn.events) {
    log_for_people(event);
  }
}

void TurnLoop::trim(schemas::Instant now) {
  if (now < next_trim_) {
    return;
  }
  next_trim_ = now + trim_every;
  const schemas::Outcome trimmed = parts_.store->trim(parts_.retention, now);
  if (!trimmed.ok()) {
    spdlog::error("the event log and the audit trail could not be shortened: {}",
                  trimmed.error().message);
  }
}

}  // namespace control::edge

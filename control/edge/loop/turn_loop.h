#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <thread>
#include <variant>
#include <vector>

#include "control/core/loop/loop.h"
#include "control/edge/loop/event_feed.h"
#include "control/edge/loop/metrics.h"
#include "control/edge/store/store.h"
#include "schemas/base/result.h"
#include "schemas/base/time.h"

namespace control::edge {

using AgentAnswer = decltype(AgentReply::answer);
using OnReply = std::function<void(schemas::Result<api::Value>)>;
using OnAgentAnswer = std::function<void(AgentAnswer)>;
using OnStream = std::function<void(schemas::Result<StreamOpened>)>;

/// What the loop is made of. `step` closes over World; everything is called on the loop's thread.
struct LoopParts {
  std::function<Turn(std::span<const Input>, schemas::Instant)> step;
  std::function<schemas::Instant()> clock;
  std::unique_ptr<store::Store> store;
  /// World is what the store holds, and nobody has been told yet.
  std::function<void()> committed = [] {};
  store::Retention retention;
  EventFeed& feed;
  Metrics& metrics;
  /// A commit failed: World is ahead of the store, so the process must end. Nothing of that turn
  /// has been or will be told to anyone; its callers were given a ServerException, which has to be
  /// given some time to leave.
  std::function<void(const schemas::Error&)> fail;
};

/// The thread that owns World: takes what has come in, decides, commits, and only then delivers.
/// What comes in while a commit runs is taken together in the next turn, so one commit serves many
/// callers. Callbacks run on the loop's thread and must be quick. All functions are thread-safe.
class TurnLoop {
 public:
  explicit TurnLoop(LoopParts parts);
  TurnLoop(const TurnLoop&) = delete;
  TurnLoop& operator=(const TurnLoop&) = delete;
  ~TurnLoop();  ///< finishes what has come in, then ends the thread

  void start();
  void stop();

  /// Fills in the call's number. Too many waiting calls are refused at once with `throttling`.
  void call(ApiCall call, OnReply reply);
  /// Has the audit trail tell of a call that was refused already, unless too much waits.
  void refused(CallRefused call);
  void want_stream(StreamWanted wanted, OnStream reply);
  void settle_stream(schemas::AskId ask);
  void join(AgentJoin join, OnAgentAnswer answer);
  /// Returns the waiter's number, for `leave`.
  std::int64_t sync(AgentSync sync, OnAgentAnswer answer);
  void leave(std::int64_t waiter);
  /// Runs `errand` between two turns, when World is what the store holds.
  void run(std::function<void()> errand);

 private:
  using Deliver =
      std::variant<std::monostate, OnReply, OnAgentAnswer, OnStream, std::function<void()>>;
  struct Posted {
    std::int64_t number = 0;
    Input input;
    Deliver deliver;
  };

  /// Waiting inputs beyond which callers are refused. Turns take thousands a second, so this is
  /// some seconds' work; more would only be answered after its caller gave up.
  static constexpr std::size_t inbox_max = 20'000;
  /// Inputs of one turn: more would make the first of them wait for the last.
  static constexpr std::size_t turn_max = 2'000;

  [[nodiscard]] bool full() const;
  void post(Posted posted);
  void work();
  std::vector<Posted> take();
  /// False when the commit failed.
  bool turn(std::vector<Posted> taken);
  bool commit(const Turn& turn);
  void refuse_waiting();
  void deliver(Turn turn);
  void trim(schemas::Instant now);

  LoopParts parts_;
  std::atomic<std::int64_t> next_number_ = 1;
  mutable std::mutex mutex_;
  std::condition_variable came_;
  std::deque<Posted> inbox_;
  bool stopping_ = false;

  // The loop thread's own.
  std::map<std::int64_t, Deliver> waiting_;
  schemas::Instant now_{};
  schemas::Instant next_wake_{};
  schemas::Instant next_trim_{};
  std::thread thread_;
};

}  // namespace control::edge

#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "control/core/loop/loop.h"
#include "control/edge/http/exchange.h"
#include "control/edge/loop/turn_loop.h"
#include "schemas/base/id.h"
#include "schemas/base/time.h"

namespace control::agents {

/// Brings together a caller who wants a task's log and the host that has it. The loop tells the
/// host by an ask; the host opens /agent/v1/streams/{ask}; from then on what it sends is handed to
/// the caller piece by piece, the next one only when the last is taken.
class LogRelay {
 public:
  /// How long a host may take to answer an ask: several round trips of a connected one.
  static constexpr schemas::Duration patience{15'000};

  explicit LogRelay(edge::TurnLoop& loop) : loop_(loop) {}

  /// The caller's side: GET /v1/tasks/{task}/logs.
  void follow(StreamWanted wanted, const http::ExchangeRef& caller);
  /// The host's side, with the hash of the secret that it showed.
  void open(schemas::AskId ask, const std::string& identity_hash, const http::ExchangeRef& host);
  /// Answers callers whose host has not opened its stream in time. Call it about once a second.
  void sweep(std::chrono::steady_clock::time_point now);

 private:
  struct Waiting {
    http::ExchangeRef caller;
    std::string identity_hash;
    std::chrono::steady_clock::time_point since;
  };
  void expect(const StreamOpened& opened, const http::ExchangeRef& caller);
  void give_up(schemas::AskId ask);

  edge::TurnLoop& loop_;
  std::mutex mutex_;
  std::map<schemas::AskId, Waiting> waiting_;
};

}  // namespace control::agents

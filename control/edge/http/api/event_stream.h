#pragma once

#include <functional>
#include <optional>
#include <string>

#include "control/core/loop/event_bridge.h"
#include "control/edge/http/api/caller.h"
#include "control/edge/http/exchange.h"
#include "control/edge/loop/event_feed.h"

namespace control::http {

/// What a stream of events needs.
struct EventSource {
  edge::EventFeed& feed;
  const Door& door;
  /// Runs an errand on the loop's thread, where World can be looked at.
  std::function<void(std::function<void()>)> on_loop;
  /// Called there.
  std::function<std::optional<BridgeEvent>(const Event&)> bridge;
};

/// GET /v1/events: the caller's account's events as server-sent events, from behind Last-Event-ID
/// or `?after=SEQUENCE` (0 = from the oldest kept), else from now on; for ever, or with
/// `?follow=false` up to now. With `?format=eventbridge` as EventBridge delivers those of ECS, and
/// only those that it has. 410 when events behind that number are no longer kept.
void serve_events(const EventSource& source, const Request& request, const ExchangeRef& exchange);

/// One event as the stream writes it.
std::string event_text(const Event& event);
std::string event_text(std::int64_t sequence, const BridgeEvent& event);

}  // namespace control::http

#pragma once

#include "control/edge/http/api/caller.h"
#include "control/edge/http/exchange.h"
#include "control/edge/loop/event_feed.h"

namespace control::http {

/// GET /v1/events: the caller's account's events as server-sent events, from behind Last-Event-ID
/// or
/// `?after=SEQUENCE` (0 = from the oldest kept), else from now on; for ever, or with
/// `?follow=false` up to now. 410 when events behind that number are no longer kept.
void serve_events(edge::EventFeed& feed, const Door& door, const Request& request,
                  const ExchangeRef& exchange);

/// One event as the stream writes it.
std::string event_text(const Event& event);

}  // namespace control::http

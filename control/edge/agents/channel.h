#pragma once

#include <string>

#include "control/edge/http/exchange.h"
#include "control/edge/loop/metrics.h"
#include "control/edge/loop/turn_loop.h"
#include "schemas/model/cluster.h"

namespace control::agents {

/// Where hosts call in: /agent/v1/join and /agent/v1/sync. An agent is whoever shows the secret
/// that its join bought; what a message says about its sender is checked against that, never
/// believed.
class Channel {
 public:
  /// `scope`: whose hosts are those that join without saying so by a token (`--auth off`).
  Channel(edge::TurnLoop& loop, edge::Metrics& metrics, schemas::Scope scope)
      : loop_(loop), metrics_(metrics), scope_(std::move(scope)) {}

  void join(const http::Request& request, const http::ExchangeRef& exchange);
  /// Parked until there is news for the host or its hold has passed.
  void sync(const http::Request& request, const http::ExchangeRef& exchange);

 private:
  edge::TurnLoop& loop_;
  edge::Metrics& metrics_;
  schemas::Scope scope_;
};

/// An error as agents read it: 401 when the secret is missing or unknown (join anew), else as REST.
http::Response agent_error(const schemas::Error& error);

}  // namespace control::agents

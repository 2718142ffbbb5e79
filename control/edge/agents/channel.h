#pragma once

#include <string>

#include "control/edge/access/key_ring.h"
#include "control/edge/access/seal.h"
#include "control/edge/http/exchange.h"
#include "control/edge/loop/metrics.h"
#include "control/edge/loop/turn_loop.h"
#include "schemas/model/agent_channel.h"
#include "schemas/model/cluster.h"

namespace control::agents {

/// Where hosts call in: /agent/v1/join and /agent/v1/sync. An agent is whoever shows the secret
/// that its join bought; what a message says about its sender is checked against that, never
/// believed.
class Channel {
 public:
  /// `scope`: whose hosts are those that join without saying so by a token (`--auth off`).
  /// `seal` and `rings` are what the credentials of a host's tasks are made with.
  Channel(edge::TurnLoop& loop, edge::Metrics& metrics, schemas::Scope scope,
          const access::Seal& seal, const access::KeyRings& rings)
      : loop_(loop), metrics_(metrics), scope_(std::move(scope)), seal_(seal), rings_(rings) {}

  void join(const http::Request& request, const http::ExchangeRef& exchange);
  /// Parked until there is news for the host or its hold has passed.
  void sync(const http::Request& request, const http::ExchangeRef& exchange);

 private:
  /// The answer as it is sent: with keys and tokens for the credentials that the loop has granted.
  [[nodiscard]] std::string complete(schemas::SyncAnswer answer) const;

  edge::TurnLoop& loop_;
  edge::Metrics& metrics_;
  schemas::Scope scope_;
  const access::Seal& seal_;
  const access::KeyRings& rings_;
};

/// An error as agents read it: 401 when the secret is missing or unknown (join anew), else as REST.
http::Response agent_error(const schemas::Error& error);

}  // namespace control::agents

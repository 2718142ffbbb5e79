#pragma once

#include <functional>
#include <optional>
#include <string>

#include "control/core/loop/event_bridge.h"
#include "control/edge/agents/channel.h"
#include "control/edge/agents/log_relay.h"
#include "control/edge/export/backup_desk.h"
#include "control/edge/http/api/call.h"
#include "control/edge/http/exchange.h"
#include "control/edge/loop/event_feed.h"
#include "control/edge/loop/metrics.h"
#include "control/edge/loop/turn_loop.h"

namespace control::http {

/// Everything that one port answers, by path.
struct RouteParts {
  CallContext calls;
  edge::EventFeed& feed;
  agents::Channel& channel;
  agents::LogRelay& relay;
  edge::BackupDesk& backups;
  /// An event as EventBridge would deliver it, if it would; called on the loop's thread.
  std::function<std::optional<BridgeEvent>(const Event&)> bridge;
  /// Gauges about World in Prometheus' format; called on the loop's thread.
  std::function<std::string()> census;
  /// Gauges about the server itself.
  std::function<std::string()> server_gauges;
};

class Routes final : public Handler {
 public:
  explicit Routes(RouteParts parts) : parts_(std::move(parts)) {}

  [[nodiscard]] BodyPolicy body_policy(const Request& head) const override;
  void serve(Request request, ExchangeRef exchange) override;

 private:
  void serve_rest_path(const Request& request, ExchangeRef exchange);
  void serve_agent_path(const Request& request, const ExchangeRef& exchange);
  void serve_health(const ExchangeRef& exchange);
  void serve_metrics(const ExchangeRef& exchange);
  void serve_logs(const Request& request, const std::string& task, const ExchangeRef& exchange);

  RouteParts parts_;
};

}  // namespace control::http

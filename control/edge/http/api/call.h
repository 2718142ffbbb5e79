#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "control/edge/access/refused.h"
#include "control/edge/access/seal.h"
#include "control/edge/http/api/caller.h"
#include "control/edge/http/exchange.h"
#include "control/edge/loop/metrics.h"
#include "control/edge/loop/turn_loop.h"
#include "control/edge/store/store.h"
#include "schemas/base/result.h"
#include "schemas/codec/api.h"

namespace control::http {

/// The two ways in which the same operations are spoken; they differ in how errors look.
enum class Protocol : std::uint8_t { aws_json, rest };

/// One operation under way: knows how its answer is written and counts it.
class Call {
 public:
  Call(ExchangeRef exchange, Protocol protocol, edge::Metrics& metrics);

  /// The label under which it is counted; "unknown" until it is named.
  void name(std::string_view operation) { operation_ = operation; }
  [[nodiscard]] const ExchangeRef& exchange() const { return exchange_; }
  /// What its answer names in x-amzn-RequestId.
  [[nodiscard]] const std::string& request_id() const { return request_id_; }

  /// Answers; the value is encoded on the connection's io thread.
  void answer(schemas::Result<api::Value> result) const;
  void refuse(schemas::Error error) const { answer(schemas::Result<api::Value>(std::move(error))); }
  void refuse(access::Refused refused) const;

 private:
  void deliver(MakeResponse make) const;

  ExchangeRef exchange_;
  Protocol protocol_;
  edge::Metrics* metrics_;
  std::string operation_ = "unknown";
  std::string request_id_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

/// An error as `protocol` writes it.
Response error_response(Protocol protocol, const schemas::Error& error);
/// Somebody who is not let in: 403 in REST, in AWS JSON 1.1 400 as every such service answers.
Response error_response(Protocol protocol, const access::Refused& refused);

/// What the operations need to be served.
struct CallContext {
  edge::TurnLoop& loop;
  edge::Metrics& metrics;
  const Door& door;
  const access::Seal& seal;
  store::AuditReader& audit;
};

/// POST /: AWS JSON 1.1, the operation named by X-Amz-Target.
void serve_aws_json(const CallContext& context, const Request& request, ExchangeRef exchange);
/// /v1/…: the same operations, and ours, as REST.
void serve_rest(const CallContext& context, const Request& request, ExchangeRef exchange);

}  // namespace control::http

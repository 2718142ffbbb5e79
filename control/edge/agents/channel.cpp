#include "control/edge/agents/channel.h"

#include <memory>
#include <utility>

#include "control/edge/access/secrets.h"
#include "schemas/codec/api.h"
#include "schemas/wire/wire.h"
#include "spdlog/spdlog.h"

namespace control::agents {

namespace {

using Clock = std::chrono::steady_clock;

schemas::Error nobody() {
  return {.code = schemas::ErrorCode::access_denied,
          .message =
              "No Authorization: Bearer header with the secret that the join answered. Join "
              "first: POST /agent/v1/join."};
}

schemas::Error no_secret() {
  return {.code = schemas::ErrorCode::invalid_parameter,
          .message = "secret: an agent names itself by 64 hex digits that it drew and keeps."};
}

/// The hashes of what a join showed; the secrets themselves go no further. No identity when the
/// agent's secret is none.
struct JoinSecrets {
  std::string identity_hash;
  std::string token_hash;
};

JoinSecrets take_secrets(schemas::JoinRequest& request) {
  constexpr std::size_t secret_bytes = 32;
  JoinSecrets hashes;
  if (access::from_hex(request.secret).size() == secret_bytes) {
    hashes.identity_hash = access::hash_of(request.secret);
  }
  if (!request.token.empty()) {
    hashes.token_hash = access::hash_of(request.token);
  }
  request.secret.clear();
  request.token.clear();
  return hashes;
}

/// What one answer needs to be counted.
struct Counted {
  edge::Metrics* metrics = nullptr;
  std::string name;
  Clock::time_point start = Clock::now();
};

http::Response counted(const Counted& count, http::Response response) {
  count.metrics->request(count.name, response.status, Clock::now() - count.start);
  return response;
}

http::Response ok(std::string body) {
  http::Response response;
  response.body = std::move(body);
  return response;
}

}  // namespace

http::Response agent_error(const schemas::Error& error) {
  http::Response response;
  response.status =
      error.code == schemas::ErrorCode::access_denied ? 401 : api::rest_status(error.code);
  response.headers.push_back({"x-amzn-ErrorType", std::string(schemas::error_name(error.code))});
  response.body = api::encode_error(error);
  return response;
}

void Channel::join(const http::Request& request, const http::ExchangeRef& exchange) {
  const Counted count{.metrics = &metrics_, .name = "AgentJoin"};
  schemas::Result<schemas::JoinRequest> message = wire::decode<schemas::JoinRequest>(request.body);
  if (!message.ok()) {
    http::answer(exchange, counted(count, agent_error(message.error())));
    return;
  }
  JoinSecrets secrets = take_secrets(message.value());
  if (secrets.identity_hash.empty()) {
    http::answer(exchange, counted(count, agent_error(no_secret())));
    return;
  }
  AgentJoin join{.waiter = 0,
                 .scope = scope_,
                 .identity_hash = std::move(secrets.identity_hash),
                 .token_hash = std::move(secrets.token_hash),
                 .request = std::move(message).value()};
  const std::string where = join.request.pool ? "the pool" : "cluster " + join.request.cluster;
  loop_.join(std::move(join), [exchange, count, where](edge::AgentAnswer answer) {
    if (const auto* error = std::get_if<schemas::Error>(&answer)) {
      spdlog::warn("a host may not join {}: {}", where, error->message);
      http::answer(exchange, counted(count, agent_error(*error)));
      return;
    }
    http::answer(exchange, counted(count, ok(wire::encode(std::get<schemas::JoinAnswer>(answer)))));
  });
}

std::string Channel::complete(schemas::SyncAnswer answer) const {
  if (!answer.credentials.empty()) {
    access::fill_in(answer.credentials, seal_, rings_.current()->roles());
  }
  return wire::encode(answer);
}

void Channel::sync(const http::Request& request, const http::ExchangeRef& exchange) {
  const Counted count{.metrics = &metrics_, .name = "AgentSync"};
  const std::string_view secret = access::bearer(request.header("authorization"));
  if (secret.empty()) {
    http::answer(exchange, counted(count, agent_error(nobody())));
    return;
  }
  schemas::Result<schemas::SyncRequest> message = wire::decode<schemas::SyncRequest>(request.body);
  if (!message.ok()) {
    spdlog::warn("a host sent a report that cannot be read: {}", message.error().message);
    http::answer(exchange, counted(count, agent_error(message.error())));
    return;
  }
  const std::int64_t waiter = loop_.sync(
      {.waiter = 0,
       .identity_hash = access::hash_of(secret),
       .request = std::move(message).value()},
      [this, exchange, count](edge::AgentAnswer answer) {
        const auto* refused = std::get_if<schemas::Error>(&answer);
        if (refused != nullptr && refused->code == schemas::ErrorCode::invalid_parameter) {
          spdlog::warn("a host's report is refused: {}", refused->message);
        }
        // Encoded on the io thread: after a reconnection an answer may hold a thousand tasks.
        exchange->answer([this, count, answer = std::move(answer)] {
          const auto* error = std::get_if<schemas::Error>(&answer);
          return counted(count, error != nullptr
                                    ? agent_error(*error)
                                    : ok(complete(std::get<schemas::SyncAnswer>(answer))));
        });
      });
  exchange->on_gone([this, waiter] { loop_.leave(waiter); });
}

}  // namespace control::agents

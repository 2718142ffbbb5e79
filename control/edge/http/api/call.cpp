#include "control/edge/http/api/call.h"

#include <utility>
#include <variant>

#include "api/audit.h"
#include "api/operations.h"
#include "control/edge/http/api/audit_entries.h"
#include "control/edge/http/api/drawn.h"
#include "control/edge/http/api/poll_endpoint.h"
#include "control/edge/http/response_text.h"
#include "spdlog/spdlog.h"

namespace control::http {

namespace {

constexpr std::string_view target_prefix = "AmazonEC2ContainerServiceV20141113.";

std::string_view content_type(Protocol protocol) {
  return protocol == Protocol::rest ? "application/json" : "application/x-amz-json-1.1";
}

/// The media type without its parameters ("; charset=utf-8").
std::string_view media_type(const Request& request) {
  std::string_view type = request.header("content-type");
  type = type.substr(0, type.find(';'));
  while (type.ends_with(' ')) {
    type.remove_suffix(1);
  }
  return type;
}

schemas::Error unknown_operation(std::string message) {
  return {.code = schemas::ErrorCode::unknown_operation, .message = std::move(message)};
}

/// The operation that the headers ask for.
schemas::Result<const api::Operation*> targeted(const Request& request) {
  const std::string_view type = media_type(request);
  if (!type.starts_with("application/x-amz-json-1.")) {
    return unknown_operation("POST / takes Content-Type application/x-amz-json-1.1, not \"" +
                             std::string(type) + "\". For plain JSON see /v1/openapi.json.");
  }
  std::string_view target = request.header("x-amz-target");
  if (!target.starts_with(target_prefix)) {
    return unknown_operation("X-Amz-Target is \"" + std::string(target) +
                             "\"; this service answers to " + std::string(target_prefix) +
                             "<operation>.");
  }
  target.remove_prefix(target_prefix.size());
  schemas::Result<const api::Operation*> found = api::find_operation(target);
  if (found.ok() && found.value()->origin != api::Origin::ecs) {
    return unknown_operation(std::string(target) +
                             " is spoken as REST only: " + std::string(found.value()->method) +
                             " " + std::string(found.value()->path) + ".");
  }
  return found;
}

/// What is kept of a call's parameters: what a person would type, and most definitions.
constexpr std::size_t parameter_bytes_max = 4'096;

std::string kept_parameters(const api::Value& input) {
  std::string json = api::encode_without_secrets(input);
  return json.size() <= parameter_bytes_max
             ? json
             : R"({"omittedBytes":)" + std::to_string(json.size()) + "}";
}

/// Answers a call that the loop need not see, and has the audit trail tell of it.
void refuse_known(const CallContext& context, const Request& request, Caller caller,
                  const Call& call, const api::Operation& operation, schemas::Error error) {
  if (changes_things(operation.name)) {
    context.loop.refused(
        {.scope = std::move(caller.scope),
         .principal = std::move(caller.principal),
         .operation = std::string(operation.name),
         .record = {.source = request.source, .request_id = call.request_id(), .parameters = "{}"},
         .error = error});
  }
  call.refuse(std::move(error));
}

/// Reads the input, then lets the loop decide.
void carry_out(const CallContext& context, const Request& request, const api::Operation& operation,
               std::string_view json, Call call) {
  call.name(operation.name);
  access::Verdict<Caller> verdict = context.door.identify(request);
  if (const auto* refused = std::get_if<access::Refused>(&verdict)) {
    call.refuse(*refused);
    return;
  }
  auto& caller = std::get<Caller>(verdict);
  schemas::Result<api::Value> input = api::decode_input(operation, json);
  if (!input.ok()) {
    refuse_known(context, request, std::move(caller), call, operation, input.error());
    return;
  }
  if (operation.id == api::OperationId::list_audit_entries) {
    call.answer(list_audit_entries(context.audit, context.seal, caller,
                                   input.value().as<api::ListAuditEntriesRequest>()));
    return;
  }
  schemas::Result<Drawn> drawn = draw_for(operation, caller, context.seal);
  if (!drawn.ok()) {
    refuse_known(context, request, std::move(caller), call, operation, drawn.error());
    return;
  }
  CallRecord record{.source = request.source, .request_id = call.request_id(), .parameters = {}};
  if (changes_things(operation.name)) {
    record.parameters = kept_parameters(input.value());
  }
  std::string address;
  if (operation.id == api::OperationId::discover_poll_endpoint) {
    address = reached_at(request);
  }
  context.loop.call({.request = 0,
                     .scope = std::move(caller.scope),
                     .principal = std::move(caller.principal),
                     .operation = std::string(operation.name),
                     .input = std::move(input).value(),
                     .drawn = drawn.value().kept,
                     .record = std::move(record)},
                    [call = std::move(call), secret = drawn.value().secret,
                     address = std::move(address)](schemas::Result<api::Value> result) {
                      if (!result.ok()) {
                        call.refuse(result.error());
                      } else if (!secret.empty()) {
                        call.answer(shown_with(result.value(), secret));
                      } else if (!address.empty()) {
                        call.answer(shown_from(result.value(), address));
                      } else {
                        call.answer(std::move(result));
                      }
                    });
}

}  // namespace

Response error_response(Protocol protocol, const schemas::Error& error) {
  Response response;
  response.status =
      protocol == Protocol::rest ? api::rest_status(error.code) : schemas::http_status(error.code);
  response.content_type = content_type(protocol);
  response.headers.push_back({"x-amzn-ErrorType", std::string(schemas::error_name(error.code))});
  response.body = api::encode_error(error);
  return response;
}

Response error_response(Protocol protocol, const access::Refused& refused) {
  constexpr int forbidden = 403;
  constexpr int bad_request = 400;
  Response response;
  response.status = protocol == Protocol::rest ? forbidden : bad_request;
  response.content_type = content_type(protocol);
  const std::string name(access::name_of(refused.reason));
  response.headers.push_back({"x-amzn-ErrorType", name});
  response.body =
      R"({"__type":")" + name + R"(","message":")" + json_escaped(refused.message) + "\"}";
  return response;
}

Call::Call(ExchangeRef exchange, Protocol protocol, edge::Metrics& metrics)
    : exchange_(std::move(exchange)),
      protocol_(protocol),
      metrics_(&metrics),
      request_id_(new_request_id()) {}

void Call::answer(schemas::Result<api::Value> result) const {
  deliver([protocol = protocol_, result = std::move(result)] {
    if (!result.ok()) {
      return error_response(protocol, result.error());
    }
    Response response;
    response.content_type = content_type(protocol);
    response.body = result.value().empty() ? "{}" : api::encode(result.value());
    return response;
  });
}

void Call::refuse(access::Refused refused) const {
  deliver([protocol = protocol_, refused = std::move(refused)] {
    return error_response(protocol, refused);
  });
}

void Call::deliver(MakeResponse make) const {
  exchange_->answer([metrics = metrics_, operation = operation_, id = request_id_, start = start_,
                     make = std::move(make)] {
    Response response = make();
    response.headers.push_back({"x-amzn-RequestId", id});
    const auto took = std::chrono::steady_clock::now() - start;
    metrics->request(operation, response.status, took);
    if (response.status >= 500) {
      spdlog::error("{} answered {}: {} (request {})", operation, response.status, response.body,
                    response.headers.back().value);
    } else {
      spdlog::debug("{} answered {} in {} us", operation, response.status,
                    std::chrono::duration_cast<std::chrono::microseconds>(took).count());
    }
    return response;
  });
}

void serve_aws_json(const CallContext& context, const Request& request, ExchangeRef exchange) {
  Call call(std::move(exchange), Protocol::aws_json, context.metrics);
  const schemas::Result<const api::Operation*> operation = targeted(request);
  if (!operation.ok()) {
    call.refuse(operation.error());
    return;
  }
  carry_out(context, request, *operation.value(), request.body, std::move(call));
}

void serve_rest(const CallContext& context, const Request& request, ExchangeRef exchange) {
  Call call(std::move(exchange), Protocol::rest, context.metrics);
  if (!request.body.empty() && media_type(request) != "application/json") {
    // Also what keeps other people's web pages out: a browser asks first before it sends JSON.
    call.refuse({.code = schemas::ErrorCode::serialization,
                 .message = "A body must be sent as Content-Type application/json, not \"" +
                            std::string(media_type(request)) + "\"."});
    return;
  }
  const schemas::Result<api::RestCall> match =
      api::rest_match(request.method, request.path, request.query, request.body);
  if (!match.ok()) {
    call.refuse(match.error());
    return;
  }
  carry_out(context, request, *match.value().operation, match.value().json, std::move(call));
}

}  // namespace control::http

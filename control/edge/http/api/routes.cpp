#include "control/edge/http/api/routes.h"

#include <charconv>
#include <optional>
#include <string_view>
#include <utility>

#include "control/edge/access/secrets.h"
#include "control/edge/http/api/event_stream.h"
#include "control/edge/http/response_text.h"
#include "schemas/codec/api.h"

namespace control::http {

namespace {

constexpr std::string_view streams_path = "/agent/v1/streams/";
constexpr std::string_view tasks_path = "/v1/tasks/";
constexpr std::string_view logs_path = "/logs";

/// A host that has been away reports all of its tasks and meters at once.
constexpr std::int64_t sync_bytes_max = 16L * 1024 * 1024;

Response plain(std::string content_type, std::string body) {
  Response response;
  response.content_type = std::move(content_type);
  response.body = std::move(body);
  return response;
}

Response no_such_path(const Request& request) {
  if (request.path.starts_with("/console")) {
    return refusal(404, "ResourceNotFoundException",
                   "The console is not built yet. Use aws, ecsctl or /v1/openapi.json.");
  }
  return refusal(404, "UnknownOperationException",
                 "Nothing answers to " + request.method + " " + request.path +
                     ". POST / speaks AWS JSON 1.1; /v1/openapi.json lists the REST routes.");
}

Response wrong_method(const Request& request, std::string_view right) {
  Response response =
      refusal(405, "UnknownOperationException",
              request.path + " takes " + std::string(right) + ", not " + request.method + ".");
  response.headers.push_back({"Allow", std::string(right)});
  return response;
}

/// The task of /v1/tasks/{task}/logs.
std::optional<std::string> task_of_logs(std::string_view path) {
  if (!path.starts_with(tasks_path) || !path.ends_with(logs_path) ||
      path.size() <= tasks_path.size() + logs_path.size()) {
    return std::nullopt;
  }
  path.remove_prefix(tasks_path.size());
  path.remove_suffix(logs_path.size());
  return percent_decoded(path);
}

schemas::Error invalid(std::string message) {
  return {.code = schemas::ErrorCode::invalid_parameter, .message = std::move(message)};
}

}  // namespace

BodyPolicy Routes::body_policy(const Request& head) const {
  if (head.path.starts_with(streams_path) && head.method == "POST") {
    return {.mode = BodyPolicy::Mode::streamed};
  }
  if (head.path == "/agent/v1/sync") {
    return {.mode = BodyPolicy::Mode::whole, .bytes_max = sync_bytes_max};
  }
  return {};
}

void Routes::serve(Request request, ExchangeRef exchange) {
  const std::string& path = request.path;
  const bool reads = request.method == "GET" || request.method == "HEAD";
  if (path == "/") {
    if (request.method == "POST") {
      serve_aws_json(parts_.calls, request, std::move(exchange));
    } else {
      answer(exchange, wrong_method(request, "POST"));
    }
  } else if (path.starts_with("/agent/v1/")) {
    serve_agent_path(request, exchange);
  } else if (path.starts_with("/v1/")) {
    serve_rest_path(request, std::move(exchange));
  } else if (path == "/healthz" && reads) {
    serve_health(exchange);
  } else if (path == "/metrics" && reads) {
    serve_metrics(exchange);
  } else {
    answer(exchange, no_such_path(request));
  }
}

void Routes::serve_rest_path(const Request& request, ExchangeRef exchange) {
  const bool reads = request.method == "GET";
  const std::optional<std::string> task = task_of_logs(request.path);
  if (request.path == "/v1/openapi.json" && reads) {
    answer(exchange, plain("application/json", std::string(api::openapi_json())));
  } else if (request.path == "/v1/events" && reads) {
    serve_events({.feed = parts_.feed,
                  .door = parts_.calls.door,
                  .on_loop = [&loop = parts_.calls.loop](
                                 std::function<void()> errand) { loop.run(std::move(errand)); },
                  .bridge = parts_.bridge},
                 request, exchange);
  } else if (request.path == "/v1/backup") {
    if (request.method == "POST") {
      parts_.backups.serve(parts_.calls.door, request, exchange);
    } else {
      answer(exchange, wrong_method(request, "POST"));
    }
  } else if (task && reads) {
    serve_logs(request, *task, exchange);
  } else {
    serve_rest(parts_.calls, request, std::move(exchange));
  }
}

void Routes::serve_agent_path(const Request& request, const ExchangeRef& exchange) {
  if (request.method != "POST") {
    answer(exchange, wrong_method(request, "POST"));
  } else if (request.path == "/agent/v1/join") {
    parts_.channel.join(request, exchange);
  } else if (request.path == "/agent/v1/sync") {
    parts_.channel.sync(request, exchange);
  } else if (request.path.starts_with(streams_path)) {
    const auto ask =
        schemas::AskId::parse(std::string_view(request.path).substr(streams_path.size()));
    const std::string_view secret = access::bearer(request.header("authorization"));
    if (!ask || secret.empty()) {
      answer(exchange, refusal(401, "AccessDeniedException",
                               "A stream is opened by the host that was asked, with its secret."));
      return;
    }
    parts_.relay.open(*ask, access::hash_of(secret), exchange);
  } else {
    answer(exchange, no_such_path(request));
  }
}

void Routes::serve_health(const ExchangeRef& exchange) {
  // The answer takes the way of every decision, so a loop that is stuck is not healthy.
  parts_.calls.loop.run(
      [exchange] { answer(exchange, plain("application/json", R"({"status":"ok"})")); });
}

void Routes::serve_metrics(const ExchangeRef& exchange) {
  parts_.calls.loop.run([this, exchange] {
    exchange->answer([this, census = parts_.census()] {
      return plain("text/plain; version=0.0.4",
                   parts_.calls.metrics.text() + parts_.server_gauges() + census);
    });
  });
}

void Routes::serve_logs(const Request& request, const std::string& task,
                        const ExchangeRef& exchange) {
  const access::Verdict<Caller> caller = parts_.calls.door.identify(request);
  if (const auto* refused = std::get_if<access::Refused>(&caller)) {
    answer(exchange, error_response(Protocol::rest, *refused));
    return;
  }
  std::int64_t tail = -1;
  const std::string tail_text = query_value(request.query, "tail");
  if (!tail_text.empty()) {
    const char* end = tail_text.data() + tail_text.size();
    const auto [stop, failure] = std::from_chars(tail_text.data(), end, tail);
    if (failure != std::errc() || stop != end || tail < 0) {
      answer(exchange,
             error_response(Protocol::rest, invalid("tail: \"" + tail_text +
                                                    "\" is not a number of lines, 0 or more.")));
      return;
    }
  }
  const std::string follow = query_value(request.query, "follow");
  if (!follow.empty() && follow != "true" && follow != "false") {
    answer(exchange, error_response(Protocol::rest, invalid("follow: \"" + follow +
                                                            "\" is neither true nor false.")));
    return;
  }
  parts_.relay.follow({.request = 0,
                       .scope = std::get<Caller>(caller).scope,
                       .principal = std::get<Caller>(caller).principal,
                       .cluster = query_value(request.query, "cluster"),
                       .task = task,
                       .container = query_value(request.query, "container"),
                       .purpose = follow == "true" ? schemas::AskPurpose::follow_log
                                                   : schemas::AskPurpose::read_log,
                       .tail_lines = tail},
                      exchange);
}

}  // namespace control::http

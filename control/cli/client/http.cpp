#include "control/cli/client/http.h"

#define _TURN_OFF_PLATFORM_STRING  // its name. NOLINT(bugprone-reserved-identifier)
#include <cpprest/containerstream.h>
#include <cpprest/http_client.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>

namespace cli {

namespace {

constexpr auto patience = std::chrono::seconds(60);
/// Before the first byte of a backup control copies its database: a second for 200 MB.
constexpr auto patience_copying = std::chrono::seconds(3600);
/// A followed log may be silent for long; a dead peer is noticed by TCP.
constexpr auto patience_following = std::chrono::seconds(7 * 24 * 3600);

schemas::Error unreachable(const HttpRequest& request, const std::string& why) {
  return {
      schemas::ErrorCode::server,
      "no answer from " + request.endpoint + ": " + why +
          ". Is ecs-control running there? --endpoint or AWS_ENDPOINT_URL names another place."};
}

web::http::http_response start(const HttpRequest& request, std::chrono::seconds timeout) {
  web::http::client::http_client_config config;
  config.set_timeout(timeout);
  web::http::client::http_client client(utility::conversions::to_string_t(request.endpoint),
                                        config);
  web::http::http_request message(request.method);
  message.set_request_uri(
      web::uri(request.path + (request.query.empty() ? "" : "?" + request.query)));
  std::string content_type = "application/json";
  for (const auto& [name, value] : request.headers) {
    if (name == "content-type") {
      content_type = value;
    } else {
      message.headers().add(name, value);
    }
  }
  if (!request.body.empty() || request.method == "POST") {
    message.set_body(request.body, content_type);
    message.headers()["content-type"] = content_type;  // as signed, no charset added
  }
  return client.request(message).get();
}

HttpAnswer heads_of(const web::http::http_response& response) {
  HttpAnswer answer;
  answer.status = response.status_code();
  for (const auto& [name, value] : response.headers()) {
    std::string lower = name;
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
    answer.headers[lower] = value;
  }
  return answer;
}

HttpAnswer whole(const web::http::http_response& response) {
  HttpAnswer answer = heads_of(response);
  const std::vector<unsigned char> body = response.extract_vector().get();
  answer.body.assign(body.begin(), body.end());
  return answer;
}

}  // namespace

schemas::Result<HttpAnswer> send(const HttpRequest& request) {
  try {
    return whole(start(request, patience));
  } catch (const std::exception& failure) {
    return unreachable(request, failure.what());
  }
}

schemas::Result<HttpAnswer> send_and_follow(const HttpRequest& request,
                                            const std::function<More(std::string_view)>& on_line) {
  try {
    web::http::http_response response = start(request, patience_following);
    if (response.status_code() != web::http::status_codes::OK) {
      return whole(response);
    }
    HttpAnswer answer = heads_of(response);
    concurrency::streams::istream stream = response.body();
    for (;;) {
      concurrency::streams::container_buffer<std::string> line;
      stream.read_line(line).get();
      if (!line.collection().empty() && on_line(line.collection()) == More::enough) {
        return answer;
      }
      if (stream.is_eof()) {
        return answer;
      }
    }
  } catch (const std::exception& failure) {
    return unreachable(request, failure.what());
  }
}

schemas::Result<HttpAnswer> send_and_take(const HttpRequest& request,
                                          const std::function<More(std::string_view)>& on_bytes) {
  constexpr std::size_t piece_bytes = 256UL * 1024;
  try {
    web::http::http_response response = start(request, patience_copying);
    if (response.status_code() != web::http::status_codes::OK) {
      return whole(response);
    }
    HttpAnswer answer = heads_of(response);
    concurrency::streams::istream stream = response.body();
    for (;;) {
      concurrency::streams::container_buffer<std::string> piece;
      const std::size_t got = stream.read(piece, piece_bytes).get();
      if (got == 0) {
        response.content_ready().get();  // throws when the answer broke off
        return answer;
      }
      if (on_bytes(std::string_view(piece.collection()).substr(0, got)) == More::enough) {
        return answer;
      }
    }
  } catch (const std::exception& failure) {
    return unreachable(request, failure.what());
  }
}

std::string url_encoded(std::string_view text) {
  constexpr std::string_view kept =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string encoded;
  for (const char letter : text) {
    if (kept.find(letter) != std::string_view::npos) {
      encoded.push_back(letter);
      continue;
    }
    const auto byte = static_cast<unsigned char>(letter);
    encoded.push_back('%');
    encoded.push_back(digits[byte >> 4U]);
    encoded.push_back(digits[byte & 0x0fU]);
  }
  return encoded;
}

}  // namespace cli

#include "control/cli/command/session.h"

#include <chrono>
#include <ostream>

#include "control/cli/client/sigv4.h"
#include "control/cli/output/document.h"

namespace cli {

namespace {

constexpr const char* target_prefix = "AmazonEC2ContainerServiceV20141113.";

/// What control answered instead of a result, as "ClusterNotFoundException: why".
schemas::Error refusal(const HttpAnswer& answer) {
  const std::string type = text_member(answer.body, "__type");
  std::string message = text_member(answer.body, "message");
  if (message.empty()) {
    message = text_member(answer.body, "Message");
  }
  if (type.empty() && message.empty()) {
    return {schemas::ErrorCode::server,
            "HTTP " + std::to_string(answer.status) + " " + answer.body.substr(0, 200)};
  }
  return {schemas::ErrorCode::client, type.substr(type.find('#') + 1) + ": " + message};
}

}  // namespace

void Session::sign_if_known(HttpRequest& request) const {
  request.headers["host"] = request.endpoint.substr(request.endpoint.find("://") + 3);
  if (settings_.credentials) {
    const auto added =
        sign({.method = request.method,
              .path = request.path,
              .query = request.query,
              .headers = request.headers,
              .body = request.body},
             *settings_.credentials, settings_.region,
             std::chrono::time_point_cast<schemas::Duration>(std::chrono::system_clock::now()));
    request.headers.insert(added.begin(), added.end());
  }
}

schemas::Result<std::string> Session::post(const std::string& operation, const std::string& json) {
  HttpRequest request{.endpoint = settings_.endpoint,
                      .method = "POST",
                      .path = "/",
                      .query = "",
                      .headers = {{"content-type", "application/x-amz-json-1.1"},
                                  {"x-amz-target", target_prefix + operation}},
                      .body = json};
  sign_if_known(request);
  schemas::Result<HttpAnswer> answer = send(request);
  if (!answer.ok()) {
    return answer.error();
  }
  if (answer.value().status != 200) {
    return refusal(answer.value());
  }
  return std::move(answer.value().body);
}

schemas::Result<std::string> Session::request(const std::string& method, const std::string& path,
                                              const std::string& query, const std::string& json) {
  HttpRequest request{.endpoint = settings_.endpoint,
                      .method = method,
                      .path = path,
                      .query = query,
                      .headers = {},
                      .body = json};
  if (!json.empty()) {
    request.headers["content-type"] = "application/json";
  }
  sign_if_known(request);
  schemas::Result<HttpAnswer> answer = send(request);
  if (!answer.ok()) {
    return answer.error();
  }
  if (answer.value().status != 200) {
    return refusal(answer.value());
  }
  return std::move(answer.value().body);
}

schemas::Outcome Session::follow(const std::string& path, const std::string& query,
                                 const std::function<More(std::string_view)>& on_line) {
  HttpRequest request{.endpoint = settings_.endpoint,
                      .method = "GET",
                      .path = path,
                      .query = query,
                      .headers = {},
                      .body = ""};
  sign_if_known(request);
  schemas::Result<HttpAnswer> answer = send_and_follow(request, on_line);
  if (!answer.ok()) {
    return answer.error();
  }
  if (answer.value().status != 200) {
    return refusal(answer.value());
  }
  return schemas::Done{};
}

schemas::Result<std::map<std::string, std::string>> Session::download(
    const std::string& path, const std::function<More(std::string_view)>& on_bytes) {
  HttpRequest request{.endpoint = settings_.endpoint,
                      .method = "POST",
                      .path = path,
                      .query = "",
                      .headers = {{"content-type", "application/json"}},
                      .body = ""};
  sign_if_known(request);
  schemas::Result<HttpAnswer> answer = send_and_take(request, on_bytes);
  if (!answer.ok()) {
    return answer.error();
  }
  if (answer.value().status != 200) {
    return refusal(answer.value());
  }
  return std::move(answer.value().headers);
}

Exit Session::show(const std::string& json, const std::function<void()>& table) {
  switch (format_) {
    case Format::table:
      table();
      break;
    case Format::json:
      out_ << indented_json(json) << "\n";
      break;
    case Format::yaml:
      out_ << yaml_of(json);
      break;
  }
  out_.flush();
  return out_.good() ? Exit::done : Exit::failed;
}

void Session::print(const Table& table) { out_ << table.text(width_); }

void Session::say(const std::string& line) { out_ << line << "\n"; }

void Session::progress(const std::string& line) { progress_ << line << std::endl; }

Exit Session::failed(const schemas::Error& error) {
  progress_ << "ecsctl: " << error.message << std::endl;
  return Exit::failed;
}

Exit Session::misused(const std::string& why) {
  progress_ << "ecsctl: " << why << std::endl;
  return Exit::usage;
}

}  // namespace cli

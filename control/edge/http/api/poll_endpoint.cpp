#include "control/edge/http/api/poll_endpoint.h"

#include <algorithm>
#include <string_view>

#include "api/agent.h"

namespace control::http {

std::string reached_at(const Request& request) {
  const std::string_view host = request.header("host");
  const bool plain = !host.empty() && std::all_of(host.begin(), host.end(), [](char sign) {
    return (sign >= 'a' && sign <= 'z') || (sign >= 'A' && sign <= 'Z') ||
           (sign >= '0' && sign <= '9') ||
           std::string_view(".-:[]").find(sign) != std::string_view::npos;
  });
  return plain ? "http://" + std::string(host) : "";  // TLS is for when --tls-cert is built
}

api::Value shown_from(const api::Value& output, const std::string& address) {
  auto shown = output.as<api::DiscoverPollEndpointResponse>();
  shown.endpoint = address + shown.endpoint.value_or("");
  shown.telemetry_endpoint = address + shown.telemetry_endpoint.value_or("");
  return api::Value::of(std::move(shown));
}

}  // namespace control::http

#include "control/edge/http/api/caller.h"

#include <algorithm>
#include <string_view>

namespace control::http {

namespace {

constexpr std::string_view scheme = "AWS4-HMAC-SHA256 ";
constexpr std::size_t region_bytes_max = 32;

bool names_a_region(std::string_view text) {
  return !text.empty() && text.size() <= region_bytes_max &&
         std::all_of(text.begin(), text.end(), [](char letter) {
           return (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9') ||
                  letter == '-';
         });
}

/// The region of `Credential=KEY/20261123/REGION/ecs/aws4_request`, or nothing.
std::string_view signed_region(std::string_view authorization) {
  constexpr std::string_view mark = "Credential=";
  const std::size_t start = authorization.find(mark);
  if (!authorization.starts_with(scheme) || start == std::string_view::npos) {
    return {};
  }
  std::string_view scope = authorization.substr(start + mark.size());
  scope = scope.substr(0, scope.find_first_of(", "));
  for (int part = 0; part < 2; ++part) {
    const std::size_t slash = scope.find('/');
    if (slash == std::string_view::npos) {
      return {};
    }
    scope.remove_prefix(slash + 1);
  }
  const std::string_view region = scope.substr(0, scope.find('/'));
  return names_a_region(region) ? region : std::string_view();
}

/// "HOST" of "HOST:PORT" and "[::1]:PORT".
std::string_view without_port(std::string_view host) {
  const std::size_t colon = host.rfind(':');
  const bool has_port = colon != std::string_view::npos && host.find(']', colon) == host.npos;
  return has_port && host.find(':') == colon ? host.substr(0, colon)
         : has_port && host.starts_with('[') ? host.substr(0, colon)
                                             : host;
}

bool is_local_name(std::string_view host) {
  const std::string_view name = without_port(host);
  return name == "localhost" || name.starts_with('[') ||
         std::all_of(name.begin(), name.end(),
                     [](char letter) { return letter == '.' || (letter >= '0' && letter <= '9'); });
}

}  // namespace

schemas::Result<Caller> identify(const Request& request, const OpenDoor& door) {
  const std::string_view host = request.header("host");
  const std::string_view origin = request.header("origin");
  const std::string_view origin_host =
      origin.substr(std::min(origin.size(), origin.find("//") + 2));
  if (!origin.empty() && origin_host != host) {
    return schemas::Error{.code = schemas::ErrorCode::access_denied,
                          .message = "A web page of " + std::string(origin) +
                                     " may not use this control: it runs with --auth off."};
  }
  if (door.reach == OpenDoor::Reach::loopback && !is_local_name(host)) {
    return schemas::Error{.code = schemas::ErrorCode::access_denied,
                          .message = "The Host header says \"" + std::string(host) +
                                     "\", but with --auth off only this machine is served: use its "
                                     "loopback address, or start control with --allow-remote."};
  }
  const std::string_view region = signed_region(request.header("authorization"));
  return Caller{.scope = {.account = door.account,
                          .region = region.empty() ? door.region : std::string(region)},
                .principal = "arn:aws:iam::" + door.account + ":root"};
}

}  // namespace control::http

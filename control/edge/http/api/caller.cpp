#include "control/edge/http/api/caller.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "control/edge/access/secrets.h"
#include "control/edge/access/signature.h"

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

access::Refused denied(std::string message) {
  return {.reason = access::Reason::access_denied, .message = std::move(message)};
}

}  // namespace

access::Verdict<Caller> OpenDoor::identify(const Request& request) const {
  const std::string_view host = request.header("host");
  const std::string_view origin = request.header("origin");
  const std::string_view origin_host =
      origin.substr(std::min(origin.size(), origin.find("//") + 2));
  if (!origin.empty() && origin_host != host) {
    return denied("A web page of " + std::string(origin) +
                  " may not use this control: it runs with --auth off.");
  }
  if (reach_ == Reach::loopback && !is_local_name(host)) {
    return denied("The Host header says \"" + std::string(host) +
                  "\", but with --auth off only this machine is served: use its "
                  "loopback address, or start control with --allow-remote.");
  }
  const std::string_view region = signed_region(request.header("authorization"));
  return Caller{
      .scope = {.account = account_, .region = region.empty() ? region_ : std::string(region)},
      .principal = "arn:aws:iam::" + account_ + ":root",
      .session = {}};
}

access::Verdict<Caller> SignedDoor::identify(const Request& request) const {
  const std::shared_ptr<const access::KeyRing> ring = rings_.current();
  const std::string_view token = access::bearer(request.header("authorization"));
  if (!token.empty()) {
    const std::string hash = access::hash_of(token);
    access::Verdict<access::KeyRing::OpenSession> found = ring->session(hash, clock_());
    if (const auto* refused = std::get_if<access::Refused>(&found)) {
      return *refused;
    }
    const auto& session = std::get<access::KeyRing::OpenSession>(found);
    return Caller{.scope = session.scope, .principal = session.principal, .session = hash};
  }
  const access::Verdict<access::Signer> found = verify(request, *ring, day_keys_, clock_());
  if (const auto* refused = std::get_if<access::Refused>(&found)) {
    return *refused;
  }
  const auto& signer = std::get<access::Signer>(found);
  return Caller{.scope = {.account = signer.standing.account, .region = signer.region},
                .principal = signer.standing.principal,
                .session = {}};
}

}  // namespace control::http

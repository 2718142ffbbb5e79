#include "control/edge/access/signature.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "control/edge/access/canonical.h"
#include "control/edge/access/secrets.h"

namespace control::access {

namespace {

using schemas::Instant;

constexpr std::string_view service = "ecs";
constexpr std::size_t region_bytes_max = 32;

Refused incomplete(std::string message) {
  return {.reason = Reason::incomplete_signature, .message = std::move(message)};
}

Refused invalid(std::string message) {
  return {.reason = Reason::invalid_signature, .message = std::move(message)};
}

Refused without_credentials(const http::Request& request) {
  if (!http::query_value(request.query, "X-Amz-Signature").empty() ||
      !http::query_value(request.query, "X-Amz-Algorithm").empty()) {
    return incomplete(
        "Presigned URLs are not accepted here: send the signature in the Authorization header.");
  }
  return {.reason = Reason::missing_token,
          .message =
              "Missing Authentication Token: sign the request (AWS Signature Version 4), or "
              "send Authorization: Bearer with the token of a session."};
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char letter) {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
  });
  return text;
}

/// What the signature must cover, so that nobody on the way can add to the request.
std::optional<Refused> uncovered(const http::Request& request, const Authorization& authorization) {
  const auto& names = authorization.signed_headers;
  const auto covers = [&names](std::string_view name) {
    return std::binary_search(names.begin(), names.end(), name);
  };
  if (!covers("host")) {
    return incomplete("The signature must cover the header host.");
  }
  if (!covers("x-amz-date") && !covers("date")) {
    return incomplete("The signature must cover the header x-amz-date, or date.");
  }
  for (const http::Header& header : request.headers) {
    const std::string name = lower(header.name);
    if (name.starts_with("x-amz-") && !covers(name)) {
      return incomplete("The signature must cover every x-amz- header; it leaves out " + name +
                        ".");
    }
  }
  return std::nullopt;
}

/// The payload's hash, which the signature covers, or why it cannot be believed.
Verdict<std::string> payload_hash(const http::Request& request) {
  const std::string counted = hash_of(request.body);
  const std::optional<std::string> stated = canonical_header(request, "x-amz-content-sha256");
  if (!stated || same(*stated, counted)) {
    return counted;
  }
  if (stated->starts_with("UNSIGNED-PAYLOAD") || stated->starts_with("STREAMING-")) {
    return incomplete("x-amz-content-sha256 says " + stated->substr(0, 64) +
                      ", but here a signature must cover the body.");
  }
  return invalid("x-amz-content-sha256 is not the SHA-256 of the body that came.");
}

/// In the words by which people know it; clients look at the answer's Date.
std::optional<Refused> out_of_time(Instant signed_at, Instant now) {
  if (signed_at + skew_max < now) {
    return invalid("Signature expired: " + basic_time(signed_at) + " is now earlier than " +
                   basic_time(now - skew_max) + " (" + basic_time(now) + " - 5 min.)");
  }
  if (signed_at > now + skew_max) {
    return invalid("Signature not yet current: " + basic_time(signed_at) + " is still later than " +
                   basic_time(now + skew_max) + " (" + basic_time(now) + " + 5 min.)");
  }
  return std::nullopt;
}

Verdict<Instant> time_of(const http::Request& request, const Authorization& authorization) {
  const std::optional<std::string> amazon = canonical_header(request, "x-amz-date");
  const std::optional<std::string> text = amazon ? amazon : canonical_header(request, "date");
  const std::optional<Instant> at = text ? signing_time(*text) : std::nullopt;
  if (!at) {
    return incomplete("The date must be written as 20261124T204515Z in x-amz-date.");
  }
  if (!basic_time(*at).starts_with(authorization.day)) {
    return invalid("Date in Credential scope does not match YYYYMMDD from the request's date: '" +
                   authorization.day + "' != '" + basic_time(*at).substr(0, 8) + "'.");
  }
  return *at;
}

std::optional<Refused> misdirected(const Authorization& authorization) {
  if (authorization.service != service) {
    return invalid("Credential should be scoped to correct service: '" + std::string(service) +
                   "', not '" + authorization.service + "'.");
  }
  if (authorization.region.size() > region_bytes_max) {
    return incomplete("The region of the Credential is longer than any region's name.");
  }
  return std::nullopt;
}

/// Whom nobody knows is measured against a secret that nobody has, at the same cost.
const Standing& nobody() {
  static const Standing stranger{.account = {}, .principal = {}, .secret = new_secret_key()};
  return stranger;
}

}  // namespace

Verdict<Signer> verify(const http::Request& request, const Keys& keys, DayKeys& day_keys,
                       Instant now) {
  const std::optional<std::string> header = canonical_header(request, "authorization");
  if (!header) {
    return without_credentials(request);
  }
  const Verdict<Authorization> parsed = parse_authorization(*header);
  if (const auto* refused = std::get_if<Refused>(&parsed)) {
    return *refused;
  }
  const auto& authorization = std::get<Authorization>(parsed);
  if (!is_plain_path(request.path)) {
    return incomplete("A signed path has no empty, '.' or '..' segments.");
  }
  for (const std::optional<Refused>& refused :
       {misdirected(authorization), uncovered(request, authorization)}) {
    if (refused) {
      return *refused;
    }
  }
  const Verdict<Instant> at = time_of(request, authorization);
  if (const auto* refused = std::get_if<Refused>(&at)) {
    return *refused;
  }
  if (const std::optional<Refused> late = out_of_time(std::get<Instant>(at), now)) {
    return *late;
  }
  const Verdict<std::string> payload = payload_hash(request);
  if (const auto* refused = std::get_if<Refused>(&payload)) {
    return *refused;
  }
  const std::optional<std::string> canonical =
      canonical_request(request, authorization, std::get<std::string>(payload));
  if (!canonical) {
    return incomplete("SignedHeaders names a header that the request does not have.");
  }
  const std::string token = canonical_header(request, "x-amz-security-token").value_or("");
  const Verdict<Standing> found = keys.find(authorization.access_key_id, token, now);
  const auto* known = std::get_if<Standing>(&found);
  const Standing& standing = known != nullptr ? *known : nobody();
  const std::string to_sign = "AWS4-HMAC-SHA256\n" + basic_time(std::get<Instant>(at)) + "\n" +
                              authorization.scope() + "\n" + hash_of(*canonical);
  const std::string signature = hex(hmac_of(day_keys.of(standing.secret, authorization), to_sign));
  const bool matches = same(signature, authorization.signature);
  if (known == nullptr) {
    return std::get<Refused>(found);
  }
  if (!matches) {
    return invalid(
        "The request signature we calculated does not match the signature you provided. Check "
        "your AWS Secret Access Key and signing method.");
  }
  return Signer{.standing = *known, .region = authorization.region};
}

}  // namespace control::access

#pragma once

#include <string>

#include "control/edge/access/day_keys.h"
#include "control/edge/access/refused.h"
#include "control/edge/http/exchange.h"
#include "schemas/base/time.h"

namespace control::access {

/// Whom a secret stands for.
struct Standing {
  std::string account;
  std::string principal;  ///< ARN
  std::string secret;
};

/// Who has which key. Two kinds look alike in a request: a user's key, without a session token,
/// and temporary credentials, which are nothing without theirs.
class Keys {
 public:
  Keys() = default;
  Keys(const Keys&) = delete;
  Keys& operator=(const Keys&) = delete;
  virtual ~Keys() = default;
  /// `unrecognized_client` or `expired_token` when nobody may sign with them now. `session_token`
  /// is empty when the request has none.
  [[nodiscard]] virtual Verdict<Standing> find(const std::string& access_key_id,
                                               const std::string& session_token,
                                               schemas::Instant now) const = 0;
};

struct Signer {
  Standing standing;
  std::string region;  ///< of the credential scope
};

/// How far a request's time may be from ours, either way; so long can it be repeated. Shorter
/// refuses honest clocks, longer helps whoever has listened in.
constexpr schemas::Duration skew_max{5 * 60 * 1'000};

/// Verifies AWS Signature Version 4: who signed exactly this request, just now, for this service.
/// An unknown key costs what a wrong secret costs. Refused by name: presigned URLs, unsigned and
/// chunked payloads, x-amz-* headers that the signature does not cover.
Verdict<Signer> verify(const http::Request& request, const Keys& keys, DayKeys& day_keys,
                       schemas::Instant now);

}  // namespace control::access

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "control/edge/access/refused.h"

namespace control::access {

/// What `Authorization: AWS4-HMAC-SHA256 Credential=ID/DAY/REGION/SERVICE/aws4_request,
/// SignedHeaders=a;b, Signature=HEX` says.
struct Authorization {
  std::string access_key_id;
  std::string day;  ///< "20261124"
  std::string region;
  std::string service;
  std::vector<std::string> signed_headers;  ///< lower-case, ascending, each once
  std::string signature;                    ///< 64 hex digits

  /// DAY/REGION/SERVICE/aws4_request
  [[nodiscard]] std::string scope() const;
};

/// Reads the header. `incomplete_signature` names the part that is missing or wrong. Pure; anything
/// may be given to it.
Verdict<Authorization> parse_authorization(std::string_view header);

}  // namespace control::access

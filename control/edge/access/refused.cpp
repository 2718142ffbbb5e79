#include "control/edge/access/refused.h"

namespace control::access {

std::string_view name_of(Reason reason) {
  switch (reason) {
    case Reason::missing_token:
      return "MissingAuthenticationTokenException";
    case Reason::incomplete_signature:
      return "IncompleteSignatureException";
    case Reason::unrecognized_client:
      return "UnrecognizedClientException";
    case Reason::invalid_signature:
      return "InvalidSignatureException";
    case Reason::expired_token:
      return "ExpiredTokenException";
    case Reason::access_denied:
      return "AccessDeniedException";
  }
  return "AccessDeniedException";
}

Refused stranger() {
  return {.reason = Reason::unrecognized_client,
          .message = "The security token included in the request is invalid."};
}

}  // namespace control::access

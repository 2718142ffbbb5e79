#pragma once

#include <cstdint>
#include <string>

#include "control/edge/http/exchange.h"
#include "schemas/base/result.h"
#include "schemas/model/cluster.h"

namespace control::http {

/// Who a request is from.
struct Caller {
  schemas::Scope scope;
  std::string principal;  ///< ARN
};

/// How callers are told apart with `--auth off`: they are not. Everyone is `account`, in the
/// region that the request's credential scope names, else in `region`.
struct OpenDoor {
  std::string account;
  std::string region;
  /// Whether only this machine is served; then a request must name it by an address or as
  /// localhost, so that no web page can reach us through a name of its own.
  enum class Reach : std::uint8_t { loopback, anywhere } reach = Reach::loopback;
};

/// `access_denied` for a request that a browser was talked into by somebody else's web page: there
/// is no signature that would tell it from the user's own.
schemas::Result<Caller> identify(const Request& request, const OpenDoor& door);

}  // namespace control::http

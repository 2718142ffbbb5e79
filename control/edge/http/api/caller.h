#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "control/edge/access/day_keys.h"
#include "control/edge/access/key_ring.h"
#include "control/edge/access/refused.h"
#include "control/edge/http/exchange.h"
#include "schemas/model/cluster.h"

namespace control::http {

/// Who a request is from.
struct Caller {
  schemas::Scope scope;
  std::string principal;  ///< ARN
  std::string session;    ///< hash of the bearer token that was shown; empty when none was
};

/// Who may come in.
class Door {
 public:
  Door() = default;
  Door(const Door&) = delete;
  Door& operator=(const Door&) = delete;
  virtual ~Door() = default;
  /// Thread-safe.
  [[nodiscard]] virtual access::Verdict<Caller> identify(const Request& request) const = 0;
};

/// How callers are told apart with `--auth off`: they are not. Everyone is `account`, in the
/// region that the request's credential scope names, else in `region`. Refused is what a browser
/// was talked into by somebody else's web page: no signature would tell it from the user's own.
class OpenDoor final : public Door {
 public:
  /// Whether only this machine is served; then a request must name it by an address or as
  /// localhost, so that no web page can reach us through a name of its own.
  enum class Reach : std::uint8_t { loopback, anywhere };

  OpenDoor(std::string account, std::string region, Reach reach = Reach::loopback)
      : account_(std::move(account)), region_(std::move(region)), reach_(reach) {}
  [[nodiscard]] access::Verdict<Caller> identify(const Request& request) const override;

 private:
  std::string account_;
  std::string region_;
  Reach reach_;
};

/// `--auth sigv4`: requests are signed with a key of the ring, or show a session's bearer token.
class SignedDoor final : public Door {
 public:
  SignedDoor(const access::KeyRings& rings, access::DayKeys& day_keys,
             std::function<schemas::Instant()> clock)
      : rings_(rings), day_keys_(day_keys), clock_(std::move(clock)) {}
  [[nodiscard]] access::Verdict<Caller> identify(const Request& request) const override;

 private:
  const access::KeyRings& rings_;
  access::DayKeys& day_keys_;
  std::function<schemas::Instant()> clock_;
};

}  // namespace control::http

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace control::access {

/// Why a request is not let in, by the names that AWS's clients know.
enum class Reason : std::uint8_t {
  missing_token,         ///< no credentials at all
  incomplete_signature,  ///< credentials that cannot be read, or cover too little
  unrecognized_client,   ///< nobody has them: a key, a token, a session
  invalid_signature,     ///< the wrong secret, another request, another time
  expired_token,         ///< temporary credentials of the past
  access_denied,
};

struct Refused {
  Reason reason = Reason::access_denied;
  std::string message;
  bool operator==(const Refused&) const = default;
};

/// The wire name, for example "InvalidSignatureException": what SDKs take for a wrong clock when
/// the answer's Date says so, and then sign again.
std::string_view name_of(Reason reason);

/// For a key that nobody has, in the words that AWS gives.
Refused stranger();

/// Either what was asked for or why not.
template <class T>
using Verdict = std::variant<T, Refused>;

}  // namespace control::access

#include "control/edge/http/api/drawn.h"

#include "api/access.h"
#include "control/edge/access/secrets.h"

namespace control::http {

namespace {

Drawn token() {
  std::string secret = access::new_secret();
  std::string kept = access::hash_of(secret);
  return {.kept = {.id = {}, .kept = std::move(kept)}, .secret = std::move(secret)};
}

template <class Output>
bool is(const api::Value& value) {
  return !value.empty() && &value.type() == &codec::Described<Output>::type;
}

}  // namespace

schemas::Result<Drawn> draw_for(const api::Operation& operation, const Caller& caller,
                                const access::Seal& seal) {
  if (operation.name == "CreateAccessKey") {
    std::string secret = access::new_secret_key();
    std::string id = access::new_key_id();
    std::string sealed = seal.close(secret, access::seal_name(id));
    return Drawn{.kept = {.id = std::move(id), .kept = std::move(sealed)},
                 .secret = std::move(secret)};
  }
  if (operation.name == "CreateJoinToken") {
    return token();
  }
  if (operation.name == "CreateSession") {
    if (!caller.session.empty()) {
      return schemas::Error{.code = schemas::ErrorCode::access_denied,
                            .message =
                                "A session is opened with a signed call, not with the token "
                                "of another session."};
    }
    return token();
  }
  if (operation.name == "EndSession") {
    return Drawn{.kept = {.id = {}, .kept = caller.session}, .secret = {}};
  }
  return Drawn{};
}

api::Value shown_with(const api::Value& output, const std::string& secret) {
  if (is<api::CreateAccessKeyResponse>(output)) {
    auto shown = output.as<api::CreateAccessKeyResponse>();
    shown.secret_access_key = secret;
    return api::Value::of(std::move(shown));
  }
  if (is<api::CreateJoinTokenResponse>(output)) {
    auto shown = output.as<api::CreateJoinTokenResponse>();
    shown.token = secret;
    return api::Value::of(std::move(shown));
  }
  if (is<api::CreateSessionResponse>(output)) {
    auto shown = output.as<api::CreateSessionResponse>();
    shown.token = secret;
    return api::Value::of(std::move(shown));
  }
  return output;
}

}  // namespace control::http

#include "control/core/loop/rows/encode_access.h"

#include "schemas/wire/wire.h"

namespace control {

Values values_of(const schemas::User& user) {
  return {user.account, user.name, milliseconds(user.created_at)};
}

Values values_of(const schemas::AccessKey& access_key) {
  return {access_key.id, access_key.user, access_key.sealed_secret, ordinal(access_key.status),
          milliseconds(access_key.created_at)};
}

Values values_of(const schemas::Role& role) {
  return {role.account, role.name, milliseconds(role.created_at), wire::encode(role)};
}

Values values_of(const schemas::JoinToken& token) {
  return {token.hash,
          token.account,
          token.region,
          token.cluster,
          flag(token.pool),
          token.created_by,
          milliseconds(token.created_at),
          milliseconds(token.expires_at)};
}

Values values_of(const schemas::Session& session) {
  return {session.hash,
          session.account,
          session.region,
          session.principal,
          milliseconds(session.created_at),
          milliseconds(session.expires_at)};
}

}  // namespace control

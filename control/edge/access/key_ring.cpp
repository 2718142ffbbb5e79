#include "control/edge/access/key_ring.h"

#include <utility>

#include "control/core/world/lookups.h"

namespace control::access {

Verdict<Standing> KeyRing::find(const std::string& access_key_id, const std::string& session_token,
                                schemas::Instant now) const {
  if (access_key_id.starts_with(temporary_prefix)) {
    return find_temporary(access_key_id, session_token, *seal_, roles_, now);
  }
  const auto at = keys_.find(access_key_id);
  if (at == keys_.end() || !session_token.empty()) {
    return stranger();
  }
  return at->second.standing;
}

Verdict<KeyRing::OpenSession> KeyRing::session(const std::string& hash,
                                               schemas::Instant now) const {
  const auto at = sessions_.find(hash);
  if (at == sessions_.end()) {
    return stranger();
  }
  if (at->second.expires_at <= now) {
    return Refused{.reason = Reason::expired_token,
                   .message =
                       "The session has expired: open another with a signed POST "
                       "/v1/sessions (ecsctl session create)."};
  }
  return at->second;
}

std::string seal_name(const std::string& access_key_id) { return "access_key/" + access_key_id; }

schemas::Result<std::shared_ptr<const KeyRing>> make_key_ring(const World& world, const Seal& seal,
                                                              const KeyRing* before) {
  auto ring = std::make_shared<KeyRing>();
  for (const auto& [key, access_key] : world->access_keys) {
    if (before != nullptr) {
      const auto known = before->keys_.find(access_key.id);
      if (known != before->keys_.end() && known->second.sealed == access_key.sealed_secret) {
        if (access_key.status == schemas::AccessKeyStatus::active) {
          ring->keys_.insert(*known);
        }
        continue;
      }
    }
    std::optional<std::string> secret =
        seal.open(access_key.sealed_secret, seal_name(access_key.id));
    if (!secret) {
      return schemas::Error{
          .code = schemas::ErrorCode::server,
          .message = "The secret of access key " + access_key.id +
                     " does not open with the key file: it is another database's key, or the row "
                     "was changed. Put the right `key` into the data directory."};
    }
    if (access_key.status == schemas::AccessKeyStatus::active) {
      const schemas::User& user = world->users.at(access_key.user);
      ring->keys_[access_key.id] = {.standing = {.account = user.account,
                                                 .principal = user_arn(user),
                                                 .secret = std::move(*secret)},
                                    .sealed = access_key.sealed_secret};
    }
  }
  ring->seal_ = before != nullptr ? before->seal_ : std::make_shared<const Seal>(seal);
  for (const auto& [key, role] : world->roles) {
    ring->roles_[{role.account, role.name}] = key;
  }
  for (const auto& [key, session] : world->sessions) {
    ring->sessions_[session.hash] = {.scope = {session.account, session.region},
                                     .principal = session.principal,
                                     .expires_at = session.expires_at};
  }
  return std::shared_ptr<const KeyRing>(std::move(ring));
}

void KeyRings::publish(std::shared_ptr<const KeyRing> ring) {
  const std::lock_guard lock(mutex_);
  ring_ = std::move(ring);
}

std::shared_ptr<const KeyRing> KeyRings::current() const {
  const std::lock_guard lock(mutex_);
  return ring_;
}

}  // namespace control::access

#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "control/core/world/world.h"
#include "control/edge/access/seal.h"
#include "control/edge/access/signature.h"
#include "control/edge/access/task_credentials.h"
#include "schemas/base/result.h"
#include "schemas/model/cluster.h"

namespace control::access {

/// Who may call, as World had it after some commit: never changed once made, so that the threads
/// that serve callers may read it while the loop goes on.
class KeyRing final : public Keys {
 public:
  struct OpenSession {
    schemas::Scope scope;
    std::string principal;
    schemas::Instant expires_at{};
  };

  [[nodiscard]] Verdict<Standing> find(const std::string& access_key_id,
                                       const std::string& session_token,
                                       schemas::Instant now) const override;

  [[nodiscard]] const RoleKeys& roles() const { return roles_; }

  /// Whose bearer token has this hash.
  [[nodiscard]] Verdict<OpenSession> session(const std::string& hash, schemas::Instant now) const;

 private:
  friend schemas::Result<std::shared_ptr<const KeyRing>> make_key_ring(const World& world,
                                                                       const Seal& seal,
                                                                       const KeyRing* before);
  struct Held {
    Standing standing;
    std::string sealed;
  };
  std::map<std::string, Held> keys_;  ///< by id; those that are switched off are not here
  std::map<std::string, OpenSession> sessions_;
  RoleKeys roles_;
  std::shared_ptr<const Seal> seal_;  ///< of tasks' credentials
};

/// Opens what World holds; what `before` has opened already is taken over. Fails, naming the first,
/// when a secret does not open: then DATA/key is not the key that it was sealed with.
schemas::Result<std::shared_ptr<const KeyRing>> make_key_ring(const World& world, const Seal& seal,
                                                              const KeyRing* before);

/// What a secret of this access key is sealed as.
std::string seal_name(const std::string& access_key_id);

/// The ring of now. Thread-safe.
class KeyRings {
 public:
  void publish(std::shared_ptr<const KeyRing> ring);
  /// Null before the first was published.
  [[nodiscard]] std::shared_ptr<const KeyRing> current() const;

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const KeyRing> ring_;
};

}  // namespace control::access

#pragma once

// Who may call: accounts' users with their keys, roles, and what buys an agent its identity.
// Secrets are here only sealed (encrypted with the key file of the data directory) or hashed.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "schemas/base/time.h"
#include "schemas/model/tag.h"

namespace schemas {

/// A person or a program of an account. Users are of an account, not of a region.
struct User {
  std::int64_t key = 0;
  std::string account;
  std::string name;
  Instant created_at{};
};

enum class AccessKeyStatus : std::uint8_t { active, inactive };

struct AccessKey {
  std::int64_t key = 0;
  std::string id;  ///< "AKIA" and 16 letters or digits; unique in this Stowage
  std::int64_t user = 0;
  std::string sealed_secret;
  AccessKeyStatus status = AccessKeyStatus::active;
  Instant created_at{};
};

/// What tasks may be. Until policies come, a role allows the operations that it lists.
struct Role {
  std::int64_t key = 0;
  std::string account;
  std::string name;
  std::string path = "/";
  std::string description;
  std::vector<std::string> actions;  ///< "ecs:DescribeTasks", "ecs:List*", "*"
  std::vector<Tag> tags;
  Instant created_at{};
};

/// Buys one agent its identity. Single use.
struct JoinToken {
  std::int64_t key = 0;
  std::string account;
  std::string region;
  std::string cluster;  ///< name; empty for the pool
  bool pool = false;
  std::string hash;  ///< SHA-256 (hex) of the token
  std::string created_by;
  Instant created_at{};
  Instant expires_at{};
};

/// A bearer token that was bought with a signed call.
struct Session {
  std::int64_t key = 0;
  std::string account;
  std::string region;
  std::string principal;  ///< ARN
  std::string hash;       ///< SHA-256 (hex) of the token
  Instant created_at{};
  Instant expires_at{};
};

}  // namespace schemas

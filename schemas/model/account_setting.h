#pragma once

#include <cstdint>
#include <string>

#include "schemas/model/scope.h"

namespace schemas {

/// What an account, or one principal of it, wants otherwise than the service does by default.
struct AccountSetting {
  std::int64_t key = 0;
  Scope scope;
  std::string principal;  ///< ARN; empty = everybody of the account without a setting of their own
  std::string name;       ///< ECS's, for example "containerInsights"
  std::string value;
  bool operator==(const AccountSetting&) const = default;
};

}  // namespace schemas

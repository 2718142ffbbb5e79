#pragma once

#include <compare>
#include <string>

namespace schemas {

/// Accounts and regions are separate worlds.
struct Scope {
  std::string account;  ///< 12 digits
  std::string region;
  auto operator<=>(const Scope&) const = default;
};

}  // namespace schemas

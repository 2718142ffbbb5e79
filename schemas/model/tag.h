#pragma once

#include <compare>
#include <string>

namespace schemas {

struct Tag {
  std::string key;
  std::string value;
  auto operator<=>(const Tag&) const = default;
};

}  // namespace schemas

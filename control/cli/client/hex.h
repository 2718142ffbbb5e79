#pragma once

#include <span>
#include <string>
#include <string_view>

namespace cli {

/// Two lower-case digits a byte, as signatures and checksums are written.
inline std::string hex(std::span<const unsigned char> bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const unsigned char byte : bytes) {
    text.push_back(digits[byte >> 4U]);
    text.push_back(digits[byte & 0x0fU]);
  }
  return text;
}

}  // namespace cli

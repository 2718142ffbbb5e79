#include "control/core/loop/fingerprint.h"

#include <cstdint>

namespace control {

std::string fingerprint(const std::string& text) {
  constexpr char digits[] = "0123456789abcdef";
  std::uint64_t hash = 0xcbf29ce484222325ULL;  // FNV-1a
  for (const char letter : text) {
    hash = (hash ^ static_cast<unsigned char>(letter)) * 0x100000001b3ULL;
  }
  std::string written;
  for (int shift = 60; shift >= 0; shift -= 4) {
    written.push_back(digits[(hash >> static_cast<unsigned>(shift)) & 0x0fU]);
  }
  return written;
}

}  // namespace control

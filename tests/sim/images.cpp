#include "tests/sim/images.h"

#include <array>

namespace sim {

std::string digest_behind(const std::string& name, const Image& image, schemas::Instant now) {
  const std::int64_t moves =
      image.tag_moves_every.count() > 0 ? now.time_since_epoch() / image.tag_moves_every : 0;
  std::uint64_t mixed = 0xcbf29ce484222325;  // FNV-1a
  for (const char letter : name + "@" + std::to_string(moves)) {
    mixed = (mixed ^ static_cast<std::uint8_t>(letter)) * 0x100000001b3;
  }
  constexpr std::array<char, 17> digits{"0123456789abcdef"};
  constexpr int length = 64;
  std::string text = "sha256:";
  for (int at = 0; at < length; ++at) {
    text += digits.at((mixed >> (at % 16 * 4)) & 15U);
  }
  return text;
}

}  // namespace sim

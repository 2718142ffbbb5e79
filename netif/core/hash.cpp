#include "netif/core/hash.h"

namespace netif {

std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char letter : text) {
    hash ^= static_cast<std::uint8_t>(letter);
    hash *= 0x100000001b3ULL;
  }
  hash = (hash ^ (hash >> 30U)) * 0xbf58476d1ce4e5b9ULL;
  hash = (hash ^ (hash >> 27U)) * 0x94d049bb133111ebULL;
  return hash ^ (hash >> 31U);
}

std::string hash_text(std::uint64_t hash, int digits) {
  constexpr std::string_view alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
  std::string text;
  for (int at = 0; at < digits; ++at) {
    text.push_back(alphabet[(hash >> (5U * static_cast<unsigned>(at))) & 0x1fU]);
  }
  return text;
}

}  // namespace netif

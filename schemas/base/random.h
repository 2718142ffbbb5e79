#pragma once

#include <cstdint>

#include "schemas/base/require.h"

namespace schemas {

/// Seeded generator with the same sequence on every compiler. The distributions of <random> are
/// left to each standard library, so a seed found on one machine would not replay on another.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {  // splitmix64
    state_ += 0x9e3779b97f4a7c15ULL;
    std::uint64_t bits = state_;
    bits = (bits ^ (bits >> 30U)) * 0xbf58476d1ce4e5b9ULL;
    bits = (bits ^ (bits >> 27U)) * 0x94d049bb133111ebULL;
    return bits ^ (bits >> 31U);
  }

  /// Uniform in [0, bound). The modulo bias is below 2^-32 for the small bounds used here.
  std::uint64_t below(std::uint64_t bound) {
    require(bound > 0, "a draw below zero");
    return next() % bound;
  }

  bool chance(std::uint64_t per_mille) { return below(1000) < per_mille; }

 private:
  std::uint64_t state_;
};

}  // namespace schemas

#pragma once

// Regular expressions that cannot be made slow: a text is read once, whatever the pattern.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/base/result.h"

namespace control::query {

/// Characters of a pattern, with repetitions counted out, that all patterns of an expression may
/// have together. One more bit in every set costs every host that is asked.
constexpr std::size_t positions_max = 256;

using PositionSet = std::array<std::uint64_t, positions_max / 64>;
/// Which bytes a position takes.
using ByteSet = std::array<std::uint64_t, 4>;

class Pattern {
 public:
  /// What the README lists is understood; for everything else the error says what it was.
  static schemas::Result<Pattern> parse(std::string_view text);

  /// Whether all of the text matches.
  [[nodiscard]] bool matches(std::string_view text) const;

  [[nodiscard]] std::size_t positions() const { return follow_.size(); }

 private:
  friend class PatternBuilder;

  std::vector<PositionSet> follow_;        ///< by position: which may come next
  std::array<PositionSet, 256> taking_{};  ///< by byte: which positions take it
  PositionSet first_{};
  PositionSet last_{};
  bool takes_nothing_ = false;  ///< whether the empty text matches
};

}  // namespace control::query

#pragma once

// A pattern as it is written, before it becomes positions.

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "control/core/place/query/pattern.h"
#include "schemas/base/result.h"

namespace control::query {

/// `{n,}`, `*` and `+` have no upper bound.
constexpr std::int64_t unbounded = -1;

struct PatternNode {
  enum class Kind : std::uint8_t { bytes, sequence, choice, repeat };
  Kind kind = Kind::sequence;
  ByteSet bytes{};                 ///< bytes
  std::vector<std::size_t> parts;  ///< all but bytes; one for a repeat
  std::int64_t least = 0;          ///< repeat
  std::int64_t most = unbounded;   ///< repeat
};

/// The nodes; the last is the whole.
schemas::Result<std::vector<PatternNode>> parse_pattern(std::string_view text);

}  // namespace control::query

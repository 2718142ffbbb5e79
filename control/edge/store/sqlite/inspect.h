#pragma once

#include <cstdint>
#include <string>

#include "schemas/base/result.h"

namespace control::store::sqlite {

enum class Found : std::uint8_t {
  nothing,  ///< no file: a first start
  ours,     ///< a database of this or an older version, its pages in order
};

/// Looks at a database file and its log without changing a byte of either. Refuses what cannot be
/// read, is no database, is another program's, newer, cut short or damaged, and a file whose
/// write-ahead log is not beside it; each refusal says what was found and what to do.
schemas::Result<Found> inspect(const std::string& path);

}  // namespace control::store::sqlite

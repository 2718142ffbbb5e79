#pragma once

#include <cstdint>
#include <string>

#include "schemas/base/result.h"

namespace control::store::sqlite {

enum class Found : std::uint8_t {
  nothing,  ///< no file: a first start
  ours,     ///< a database of this or an older version, its pages in order
};

/// What the file is wanted for.
enum class Purpose : std::uint8_t {
  serving,    ///< a backup is refused: it is to be restored first
  restoring,  ///< a backup is what is expected; every page is looked at, however many there are
};

/// Looks at a database file and its log without changing a byte of either. Refuses what cannot be
/// read, is no database, is another program's, newer, cut short or damaged, and a file whose
/// write-ahead log is not beside it; each refusal says what was found and what to do.
schemas::Result<Found> inspect(const std::string& path, Purpose purpose = Purpose::serving);

}  // namespace control::store::sqlite

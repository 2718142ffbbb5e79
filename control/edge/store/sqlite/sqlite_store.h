#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "control/edge/store/sqlite/checkpointer.h"
#include "control/edge/store/store.h"
#include "schemas/base/result.h"

namespace control::store {

struct SqliteSettings {
  std::string path;
  std::int64_t log_bytes_max = sqlite::Checkpointer::log_bytes_max;
};

/// Opens (or makes) the database file, mode 0600, and starts its checkpoint thread. Refuses
/// damaged files, other programs' files and newer versions, saying what to do.
schemas::Result<std::unique_ptr<Store>> open_sqlite(const SqliteSettings& settings);

}  // namespace control::store

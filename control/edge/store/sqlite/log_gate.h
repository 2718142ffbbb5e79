#pragma once

#include <atomic>
#include <mutex>

namespace control::store::sqlite {

/// Keeps two things apart that must not happen at once. Whoever empties the write-ahead log holds
/// commits up until every reader of it has gone; a backup reads for as long as it copies. So the
/// log is emptied by who gets `log` without waiting, else later, and a backup holds `log` all
/// along.
struct LogGate {
  std::mutex log;
  /// The database holds what earlier processes logged (see `SqliteStore`): before that, commits
  /// need the log for themselves.
  std::atomic<bool> settled = false;
};

}  // namespace control::store::sqlite

#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "control/edge/store/sqlite/database.h"
#include "control/edge/store/sqlite/log_gate.h"
#include "schemas/base/result.h"

namespace control::store::sqlite {

/// Keeps the write-ahead log short: a thread with a connection of its own that empties it whenever
/// it has grown beyond a size. SQLite's own automatic checkpoint runs inside a commit, makes that
/// one slow and never shortens the file.
class Checkpointer {
 public:
  /// Above this many bytes the log is emptied. Too small: the disk is synced more often than it
  /// need be; too large: a restart takes longer, for the log is read then.
  static constexpr std::int64_t log_bytes_max = 16L * 1024 * 1024;

  static schemas::Result<std::unique_ptr<Checkpointer>> start(const std::string& path,
                                                              std::int64_t log_bytes,
                                                              std::shared_ptr<LogGate> gate);
  Checkpointer(const Checkpointer&) = delete;
  Checkpointer& operator=(const Checkpointer&) = delete;
  ~Checkpointer();

 private:
  Checkpointer(Database database, std::string path, std::int64_t log_bytes,
               std::shared_ptr<LogGate> gate);
  void work();
  void check();

  Database database_;
  std::string log_path_;
  std::int64_t log_bytes_;
  std::shared_ptr<LogGate> gate_;
  std::mutex mutex_;
  std::condition_variable stop_wanted_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace control::store::sqlite

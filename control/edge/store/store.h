#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "control/core/world/event.h"
#include "control/core/world/rows.h"
#include "schemas/base/result.h"
#include "schemas/base/time.h"

namespace control::store {

/// How long the event log reaches back. Whatever is hit first ends it.
struct EventRetention {
  /// Rows kept. Too few and a console that slept must start anew; a million are about 300 MB.
  std::int64_t rows_max = 500'000;
  schemas::Duration age_max{std::chrono::hours{7 * 24}};
};

/// A stretch of the event log.
struct EventPage {
  std::vector<Event> events;     ///< ascending sequence
  std::int64_t oldest = 0;       ///< the oldest sequence still kept, 0 = the log is empty
  std::int64_t last_looked = 0;  ///< everything up to here was considered
};

/// Reads the event log beside the writer. Thread-safe; a call takes about a millisecond.
class EventReader {
 public:
  EventReader() = default;
  EventReader(const EventReader&) = delete;
  EventReader& operator=(const EventReader&) = delete;
  virtual ~EventReader() = default;
  /// Events after `sequence`, at most `limit`.
  [[nodiscard]] virtual schemas::Result<EventPage> read(std::int64_t sequence,
                                                        std::int64_t limit) = 0;
};

/// Copies the database beside the writer. Thread-safe; one copy at a time, others wait.
class BackupSource {
 public:
  BackupSource() = default;
  BackupSource(const BackupSource&) = delete;
  BackupSource& operator=(const BackupSource&) = delete;
  virtual ~BackupSource() = default;

  /// A copy of everything that was committed when the call began, as a file of its own (mode 0600)
  /// at `path`, where nothing may be; or nothing there. Takes about a second for 200 MB, which
  /// commits do not wait for. Fails when the disk would be left with too little room, when the
  /// database cannot be read whole, and soon after `stop` becomes true.
  [[nodiscard]] virtual schemas::Outcome copy_to(const std::string& path, schemas::Instant now,
                                                 const std::atomic<bool>& stop) = 0;
};

/// Where World is kept. One process and one thread use it: the loop's.
class Store {
 public:
  Store() = default;
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;
  virtual ~Store() = default;

  /// Everything there is. Fails when a row cannot be read, saying which table and what to do.
  [[nodiscard]] virtual schemas::Result<Snapshot> load() = 0;

  /// Writes all of `rows` or none, durable when it returns. After a failure World is ahead of the
  /// store: the process must end without telling anyone about this turn.
  [[nodiscard]] virtual schemas::Outcome commit(std::span<const Row> rows) = 0;

  /// Lets go of events beyond `retention`, a bounded number of rows a call: call it now and then.
  [[nodiscard]] virtual schemas::Outcome trim_events(const EventRetention& retention,
                                                     schemas::Instant now) = 0;

  [[nodiscard]] virtual schemas::Result<std::unique_ptr<EventReader>> open_event_reader() = 0;

  [[nodiscard]] virtual schemas::Result<std::unique_ptr<BackupSource>> open_backup_source() = 0;
};

}  // namespace control::store

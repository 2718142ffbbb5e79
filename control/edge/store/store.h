#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "control/core/world/audit.h"
#include "control/core/world/event.h"
#include "control/core/world/rows.h"
#include "schemas/base/result.h"
#include "schemas/base/time.h"

namespace control::store {

/// How long a log reaches back. Whatever is hit first ends it.
struct LogRetention {
  std::int64_t rows_max = 0;
  schemas::Duration age_max{};
};

struct Retention {
  /// Too few and a console that slept must start anew; a million are about 300 MB.
  LogRetention events{.rows_max = 500'000, .age_max = std::chrono::hours{7 * 24}};
  /// As long as CloudTrail shows it. A million rows are about 600 MB; a caller who fills it with
  /// calls that are refused ends it sooner, and is in it.
  LogRetention audit{.rows_max = 1'000'000, .age_max = std::chrono::hours{90 * 24}};
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

/// Which entries of the audit trail are wanted.
struct AuditQuery {
  std::string account{};
  std::string region{};
  std::int64_t before = 0;  ///< only older than this sequence number; 0 = from the newest
  std::int64_t limit = 100;
  std::string operation{};  ///< empty = any
  std::string principal{};  ///< empty = any
  schemas::Instant since{};
  enum class Answers : std::uint8_t { all, refused } answers = Answers::all;
};

/// A stretch of the audit trail.
struct AuditPage {
  std::vector<AuditEntry> entries;  ///< newest first
  std::int64_t next = 0;            ///< `before` of the next page; 0 = there is nothing older
};

/// Reads the audit trail beside the writer. Thread-safe; a call looks at a bounded number of rows
/// (some 10 ms), so a page may be empty and the trail still go on.
class AuditReader {
 public:
  AuditReader() = default;
  AuditReader(const AuditReader&) = delete;
  AuditReader& operator=(const AuditReader&) = delete;
  virtual ~AuditReader() = default;
  [[nodiscard]] virtual schemas::Result<AuditPage> read(const AuditQuery& query) = 0;
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

  /// Lets go of what the logs hold beyond `retention`, a bounded number of rows a call: call it now
  /// and then.
  [[nodiscard]] virtual schemas::Outcome trim(const Retention& retention, schemas::Instant now) = 0;

  [[nodiscard]] virtual schemas::Result<std::unique_ptr<EventReader>> open_event_reader() = 0;

  [[nodiscard]] virtual schemas::Result<std::unique_ptr<AuditReader>> open_audit_reader() = 0;

  [[nodiscard]] virtual schemas::Result<std::unique_ptr<BackupSource>> open_backup_source() = 0;
};

}  // namespace control::store

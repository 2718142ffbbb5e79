#include "control/edge/store/sqlite/sqlite_store.h"

#include <mutex>
#include <utility>
#include <vector>

#include "control/edge/store/sqlite/audit_reader.h"
#include "control/edge/store/sqlite/backup.h"
#include "control/edge/store/sqlite/inspect.h"
#include "control/edge/store/sqlite/log_gate.h"
#include "control/edge/store/sqlite/schema.h"
#include "schemas/base/require.h"

namespace control::store {

namespace {

using sqlite::Database;
using sqlite::Statement;

/// Rows of a log let go of in one call: a few milliseconds' work.
constexpr std::int64_t trim_rows = 5'000;

std::string trim_statement(const std::string& log) {
  const std::string newest = "(SELECT max(key) FROM \"" + log + "\")";
  // The newest one stays whatever its age: the numbers go on from it.
  return "DELETE FROM \"" + log + "\" WHERE key IN (SELECT key FROM \"" + log +
         "\" ORDER BY key LIMIT ?1) AND (at < ?2 OR key <= " + newest + " - ?3) AND key < " +
         newest;
}

class SqliteEventReader final : public EventReader {
 public:
  SqliteEventReader(Database database, Statement page, Statement oldest)
      : database_(std::move(database)), page_(std::move(page)), oldest_(std::move(oldest)) {}

  schemas::Result<EventPage> read(std::int64_t sequence, std::int64_t limit) override {
    const std::lock_guard lock(mutex_);
    EventPage page{.events = {}, .oldest = 0, .last_looked = sequence};
    const schemas::Result<Statement::Step> oldest = oldest_.step();
    if (!oldest.ok()) {
      return oldest.error();
    }
    page.oldest = oldest_.integer(0);
    oldest_.reset();
    page_.bind(1, sequence);
    page_.bind(2, limit);
    const schemas::Outcome read = sqlite::for_each_row(page_, [&] {
      page.events.push_back(event());
      page.last_looked = page.events.back().sequence;
    });
    if (!read.ok()) {
      return read.error();
    }
    return page;
  }

 private:
  [[nodiscard]] Event event() const {
    return {.sequence = page_.integer(0),
            .at = schemas::Instant(schemas::Duration(page_.integer(1))),
            .scope = {.account = page_.text(2), .region = page_.text(3)},
            .kind = page_.text(4),
            .subject = page_.text(5),
            .detail = page_.text(6)};
  }

  std::mutex mutex_;
  Database database_;
  Statement page_;
  Statement oldest_;
};

struct TableStatements {
  Statement put;
  Statement erase;
};

class SqliteStore final : public Store {
 public:
  SqliteStore(std::string path, Database database)
      : path_(std::move(path)), database_(std::move(database)) {}
  SqliteStore(const SqliteStore&) = delete;
  SqliteStore& operator=(const SqliteStore&) = delete;
  ~SqliteStore() override { close(); }

  schemas::Outcome prepare();
  void keep(std::unique_ptr<sqlite::Checkpointer> checkpointer) {
    checkpointer_ = std::move(checkpointer);
  }

  schemas::Result<Snapshot> load() override;
  schemas::Outcome commit(std::span<const Row> rows) override;
  schemas::Outcome trim(const Retention& retention, schemas::Instant now) override;
  schemas::Result<std::unique_ptr<EventReader>> open_event_reader() override;
  schemas::Result<std::unique_ptr<AuditReader>> open_audit_reader() override {
    return sqlite::open_audit_reader(path_);
  }
  schemas::Result<std::unique_ptr<BackupSource>> open_backup_source() override {
    return sqlite::open_backup_source(path_, gate_);
  }
  [[nodiscard]] const std::shared_ptr<sqlite::LogGate>& gate() const { return gate_; }

 private:
  schemas::Outcome load_table(const TableShape& shape, Snapshot& snapshot);
  schemas::Outcome write(const Row& row);
  schemas::Outcome write_all(std::span<const Row> rows);
  schemas::Outcome write_log_state(std::string_view state);
  schemas::Outcome settle_log();
  void close();

  std::string path_;
  Database database_;
  std::vector<TableStatements> tables_;
  std::vector<Statement> transaction_;  ///< begin, commit
  std::vector<Statement> trim_;         ///< of the event log, of the audit trail
  std::unique_ptr<sqlite::Checkpointer> checkpointer_;
  /// `settled`: the file says that a log belongs to it, and holds what earlier processes logged.
  std::shared_ptr<sqlite::LogGate> gate_ = std::make_shared<sqlite::LogGate>();
  bool failed_ = false;
};

schemas::Outcome SqliteStore::prepare() {
  const schemas::Outcome tuned = database_.execute(
      // FULL: a commit that was acknowledged survives a power cut. The checkpoint thread alone
      // empties the log (wal_autocheckpoint 0).
      "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0;"
      "PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16384;");
  if (!tuned.ok()) {
    return tuned.error();
  }
  const schemas::Result<std::string> mode = database_.text("PRAGMA journal_mode = WAL");
  if (!mode.ok()) {
    return mode.error();
  }
  if (mode.value() != "wal") {  // SQLite goes on without a log where it can have none
    return schemas::Error{.code = schemas::ErrorCode::server,
                          .message = path_ +
                                     ": no write-ahead log can be kept here. Use a local disk: a "
                                     "network filesystem has no shared memory."};
  }
  const schemas::Outcome schema = sqlite::prepare_schema(database_);
  if (!schema.ok()) {
    return schema.error();
  }
  const auto add = [this](std::vector<Statement>& list,
                          const std::string& sql) -> schemas::Outcome {
    schemas::Result<Statement> statement = database_.prepare(sql);
    if (!statement.ok()) {
      return statement.error();
    }
    list.push_back(std::move(statement).value());
    return schemas::Done{};
  };
  for (const std::string& sql : {std::string("BEGIN IMMEDIATE"), std::string("COMMIT")}) {
    const schemas::Outcome added = add(transaction_, sql);
    if (!added.ok()) {
      return added.error();
    }
  }
  for (const char* log : {"event", "audit"}) {
    const schemas::Outcome added = add(trim_, trim_statement(log));
    if (!added.ok()) {
      return added.error();
    }
  }
  for (const TableShape& shape : table_shapes()) {
    schemas::Result<Statement> put = database_.prepare(sqlite::put_statement(shape));
    schemas::Result<Statement> erase = database_.prepare(sqlite::erase_statement(shape));
    if (!put.ok() || !erase.ok()) {
      return put.ok() ? erase.error() : put.error();
    }
    tables_.push_back({.put = std::move(put).value(), .erase = std::move(erase).value()});
  }
  return schemas::Done{};
}

schemas::Result<Snapshot> SqliteStore::load() {
  Snapshot snapshot;
  for (const TableShape& shape : table_shapes()) {
    const schemas::Outcome loaded = load_table(shape, snapshot);
    if (!loaded.ok()) {
      return schemas::Error{
          .code = loaded.error().code,
          .message = "table " + std::string(shape.name) + " of " + loaded.error().message};
    }
  }
  return snapshot;
}

schemas::Outcome SqliteStore::load_table(const TableShape& shape, Snapshot& snapshot) {
  const auto index = static_cast<std::size_t>(shape.table);
  if (shape.loading == Loading::last_key) {
    const schemas::Result<std::int64_t> last =
        database_.integer("SELECT max(key) FROM \"" + std::string(shape.name) + "\"");
    if (!last.ok()) {
      return last.error();
    }
    snapshot.last_key[index] = last.value();
    return schemas::Done{};
  }
  schemas::Result<Statement> select = database_.prepare(sqlite::select_statement(shape));
  if (!select.ok()) {
    return select.error();
  }
  Statement& rows = select.value();
  return sqlite::for_each_row(rows, [&] {
    Row row{.table = shape.table, .key = rows.integer(0), .values = {}};
    row.values.reserve(shape.columns.size());
    for (std::size_t at = 0; at < shape.columns.size(); ++at) {
      row.values.push_back(rows.value(static_cast<int>(at) + 1));
    }
    snapshot.last_key[index] = row.key;
    snapshot.rows[index].push_back(std::move(row));
  });
}

schemas::Outcome SqliteStore::write(const Row& row) {
  const TableShape& shape = shape_of(row.table);
  TableStatements& statements = tables_[static_cast<std::size_t>(row.table)];
  if (row.action == RowAction::erase) {
    statements.erase.bind(1, row.key);
    return statements.erase.run();
  }
  schemas::require(row.values.size() == shape.columns.size(),
                   "a row has other columns than its table");
  statements.put.bind(1, row.key);
  for (std::size_t at = 0; at < row.values.size(); ++at) {
    statements.put.bind(static_cast<int>(at) + 2, row.values[at]);
  }
  return statements.put.run();
}

schemas::Outcome SqliteStore::write_all(std::span<const Row> rows) {
  const schemas::Outcome begun = transaction_[0].run();
  if (!begun.ok()) {
    return begun.error();
  }
  for (const Row& row : rows) {
    const schemas::Outcome written = write(row);
    if (!written.ok()) {
      return written.error();
    }
  }
  if (!gate_->settled) {
    const schemas::Outcome marked = write_log_state(sqlite::log_open);
    if (!marked.ok()) {
      return marked.error();
    }
  }
  return transaction_[1].run();
}

schemas::Outcome SqliteStore::write_log_state(std::string_view state) {
  return database_.execute("UPDATE \"store\" SET value = '" + std::string(state) +
                           "' WHERE name = 'log'");
}

schemas::Outcome SqliteStore::commit(std::span<const Row> rows) {
  schemas::Outcome done = write_all(rows);
  if (!done.ok()) {
    // Best effort: SQLite may have rolled back already, and the process ends anyway.
    static_cast<void>(database_.execute("ROLLBACK"));
  } else if (!gate_->settled) {
    done = settle_log();
  }
  failed_ = failed_ || !done.ok();
  return done;
}

/// Before the first commit is acknowledged the log is written into the file. What an earlier
/// process logged may be in the kernel's memory only: a sync that failed then is not reported
/// again, and what is logged behind such a gap is lost with it.
schemas::Outcome SqliteStore::settle_log() {
  const std::lock_guard log(gate_->log);  // no backup holds it: those wait until this is done
  const schemas::Result<bool> emptied = database_.checkpoint();
  if (!emptied.ok()) {
    return emptied.error();
  }
  gate_->settled = emptied.value();  // else a reader held it: the next commit tries again
  return schemas::Done{};
}

/// Says in the file that it is whole without its log. Where that fails the log says the rest.
void SqliteStore::close() {
  checkpointer_.reset();
  const std::lock_guard log(gate_->log);
  if (gate_->settled && !failed_ && write_log_state(sqlite::log_closed).ok()) {
    static_cast<void>(database_.checkpoint());
  }
}

schemas::Outcome SqliteStore::trim(const Retention& retention, schemas::Instant now) {
  for (std::size_t log = 0; log < trim_.size(); ++log) {
    const LogRetention& kept = log == 0 ? retention.events : retention.audit;
    const schemas::Instant oldest = now - kept.age_max;
    trim_[log].bind(1, trim_rows);
    trim_[log].bind(2, oldest.time_since_epoch().count());
    trim_[log].bind(3, kept.rows_max);
    schemas::Outcome trimmed = trim_[log].run();
    if (!trimmed.ok()) {
      return trimmed;
    }
  }
  return schemas::Done{};
}

schemas::Result<std::unique_ptr<EventReader>> SqliteStore::open_event_reader() {
  schemas::Result<Database> database = Database::open(path_, Database::Mode::read_only);
  if (!database.ok()) {
    return database.error();
  }
  schemas::Result<Statement> page = database.value().prepare(
      "SELECT key, at, account, region, kind, subject, detail FROM \"event\" WHERE key > ? "
      "ORDER BY key LIMIT ?");
  schemas::Result<Statement> oldest = database.value().prepare("SELECT min(key) FROM \"event\"");
  if (!page.ok() || !oldest.ok()) {
    return page.ok() ? oldest.error() : page.error();
  }
  return std::unique_ptr<EventReader>(std::make_unique<SqliteEventReader>(
      std::move(database).value(), std::move(page).value(), std::move(oldest).value()));
}

}  // namespace

schemas::Result<std::unique_ptr<Store>> open_sqlite(const SqliteSettings& settings) {
  const schemas::Result<sqlite::Found> found = sqlite::inspect(settings.path);
  if (!found.ok()) {
    return found.error();
  }
  if (found.value() == sqlite::Found::nothing) {
    const schemas::Outcome created = sqlite::create_database(settings.path);
    if (!created.ok()) {
      return created.error();
    }
  }
  schemas::Result<Database> database = Database::open(settings.path, Database::Mode::read_write);
  if (!database.ok()) {
    return database.error();
  }
  auto store = std::make_unique<SqliteStore>(settings.path, std::move(database).value());
  const schemas::Outcome prepared = store->prepare();
  if (!prepared.ok()) {
    return prepared.error();
  }
  schemas::Result<std::unique_ptr<sqlite::Checkpointer>> checkpointer =
      sqlite::Checkpointer::start(settings.path, settings.log_bytes_max, store->gate());
  if (!checkpointer.ok()) {
    return checkpointer.error();
  }
  store->keep(std::move(checkpointer).value());
  return std::unique_ptr<Store>(std::move(store));
}

}  // namespace control::store

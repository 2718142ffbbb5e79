#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "control/core/world/rows.h"
#include "schemas/base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace control::store::sqlite {

/// How a person gets a backup back.
constexpr std::string_view restore_advice =
    "`ecs-control restore FILE --data DIR` puts the last backup in its place, and moves it aside "
    "with its log: keep both for repair.";

/// A prepared statement. Bound texts must outlive the next `step` or `reset`.
class Statement {
 public:
  enum class Step : std::uint8_t { row, done };

  void bind(int position, const Value& value);  ///< positions count from 1
  void bind(int position, std::int64_t value);
  [[nodiscard]] schemas::Result<Step> step();
  void reset();
  /// Runs it to its end and makes it ready for the next use.
  [[nodiscard]] schemas::Outcome run();

  [[nodiscard]] std::int64_t integer(int column) const;  ///< columns count from 0; null is 0
  [[nodiscard]] std::string text(int column) const;
  [[nodiscard]] Value value(int column) const;

 private:
  friend class Database;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

/// Runs a statement to its end, calling `each` at every row of it, and makes it ready again.
template <class Each>
schemas::Outcome for_each_row(Statement& statement, const Each& each) {
  for (;;) {
    const schemas::Result<Statement::Step> step = statement.step();
    if (!step.ok() || step.value() == Statement::Step::done) {
      statement.reset();
      return step.ok() ? schemas::Outcome(schemas::Done{}) : schemas::Outcome(step.error());
    }
    each();
  }
}

/// One connection to one file; one thread at a time. Errors carry SQLite's own words, the file
/// and, where a person can help, what to do.
class Database {
 public:
  enum class Mode : std::uint8_t {
    create,      ///< a new file, mode 0600; one that exists is refused
    read_write,  ///< a file that exists; its log stays when the last connection goes
    read_only,
    read_file_only,  ///< the file without its log and without locks: it must not change meanwhile
  };
  static schemas::Result<Database> open(const std::string& path, Mode mode);

  [[nodiscard]] schemas::Result<Statement> prepare(const std::string& sql) const;
  [[nodiscard]] schemas::Outcome execute(const std::string& sql) const;
  /// The first column of the first row, 0 if there is none.
  [[nodiscard]] schemas::Result<std::int64_t> integer(const std::string& sql) const;
  /// The same as text, "" if there is none.
  [[nodiscard]] schemas::Result<std::string> text(const std::string& sql) const;
  /// Moves what the log holds into the file and empties the log, waiting for readers and writers
  /// no longer than the connection's busy time-out. Whether the log is empty afterwards.
  [[nodiscard]] schemas::Result<bool> checkpoint() const;

 private:
  friend class StopWatch;
  struct Close {
    void operator()(sqlite3* connection) const;
  };
  explicit Database(sqlite3* connection) : connection_(connection) {}
  std::unique_ptr<sqlite3, Close> connection_;
};

/// While it exists, a statement of this connection fails soon after `stop` becomes true.
class StopWatch {
 public:
  StopWatch(const Database& database, const std::atomic<bool>& stop);
  StopWatch(const StopWatch&) = delete;
  StopWatch& operator=(const StopWatch&) = delete;
  ~StopWatch();

 private:
  const Database& database_;
  const std::atomic<bool>& stop_;
};

/// The bytes of a file, 0 if there is none.
std::int64_t size_of(const std::string& path);

/// Makes the names in the directory of `path` durable.
void sync_folder_of(const std::string& path);

}  // namespace control::store::sqlite

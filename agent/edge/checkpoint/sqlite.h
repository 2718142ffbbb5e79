#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "schemas/base/result.h"

namespace agent {

/// A prepared statement. Bindings count from 1, columns from 0, as in SQLite.
class Statement {
 public:
  Statement() = default;
  Statement(sqlite3* database, std::string_view sql);

  Statement& bind(int at, std::string_view text);
  Statement& bind(int at, std::int64_t number);
  /// True while there is a row to read. A failure also ends the rows: ask `ok`.
  bool next();
  /// Runs it to its end and makes it ready for the next bindings.
  bool run();
  void reset();
  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] std::string text(int column) const;
  [[nodiscard]] std::int64_t number(int column) const;

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  bool ok_ = true;
};

/// One connection to a SQLite file, for one thread.
class Database {
 public:
  static schemas::Result<Database> open(const std::string& path);

  bool execute(const char* sql);
  [[nodiscard]] Statement prepare(std::string_view sql) { return {connection_.get(), sql}; }
  /// The last failure, in SQLite's words and with the file's path.
  [[nodiscard]] schemas::Error error(std::string_view what) const;

 private:
  struct Close {
    void operator()(sqlite3* connection) const { sqlite3_close_v2(connection); }
  };
  std::string path_;
  std::unique_ptr<sqlite3, Close> connection_;
};

}  // namespace agent

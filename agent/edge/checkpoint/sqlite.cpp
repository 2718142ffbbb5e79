#include "agent/edge/checkpoint/sqlite.h"

#include "schemas/base/require.h"

namespace agent {

Statement::Statement(sqlite3* database, std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  ok_ = sqlite3_prepare_v3(database, sql.data(), static_cast<int>(sql.size()),
                           SQLITE_PREPARE_PERSISTENT, &statement, nullptr) == SQLITE_OK;
  statement_.reset(statement);
}

Statement& Statement::bind(int at, std::string_view text) {
  ok_ = ok_ && sqlite3_bind_text64(statement_.get(), at, text.data(), text.size(), SQLITE_TRANSIENT,
                                   SQLITE_UTF8) == SQLITE_OK;
  return *this;
}

Statement& Statement::bind(int at, std::int64_t number) {
  ok_ = ok_ && sqlite3_bind_int64(statement_.get(), at, number) == SQLITE_OK;
  return *this;
}

bool Statement::next() {
  if (!ok_) {
    return false;
  }
  const int answer = sqlite3_step(statement_.get());
  ok_ = answer == SQLITE_ROW || answer == SQLITE_DONE;
  return answer == SQLITE_ROW;
}

bool Statement::run() {
  while (next()) {
  }
  const bool ran = ok_;
  reset();
  return ran;
}

void Statement::reset() {
  sqlite3_reset(statement_.get());
  sqlite3_clear_bindings(statement_.get());
  ok_ = statement_ != nullptr;
}

std::string Statement::text(int column) const {
  const auto* bytes = sqlite3_column_text(statement_.get(), column);
  if (bytes == nullptr) {
    return {};
  }
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column));
  return {reinterpret_cast<const char*>(bytes), size};
}

std::int64_t Statement::number(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

schemas::Result<Database> Database::open(const std::string& path) {
  Database database;
  database.path_ = path;
  sqlite3* connection = nullptr;
  const int answer =
      sqlite3_open_v2(path.c_str(), &connection,
                      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
  database.connection_.reset(connection);
  if (answer != SQLITE_OK) {
    return database.error("could not be opened");
  }
  return database;
}

bool Database::execute(const char* sql) {
  return sqlite3_exec(connection_.get(), sql, nullptr, nullptr, nullptr) == SQLITE_OK;
}

schemas::Error Database::error(std::string_view what) const {
  return {schemas::ErrorCode::server,
          "The agent's checkpoint " + path_ + " " + std::string(what) + ": " +
              (connection_ ? sqlite3_errmsg(connection_.get()) : "out of memory")};
}

}  // namespace agent

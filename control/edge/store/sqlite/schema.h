#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "control/core/world/rows.h"
#include "control/edge/store/sqlite/database.h"
#include "schemas/base/result.h"

namespace control::store::sqlite {

/// The statements of one table, made from its shape.
std::string create_statement(const TableShape& shape);
std::string put_statement(const TableShape& shape);  ///< parameters: key, then the columns
std::string erase_statement(const TableShape& shape);
std::string select_statement(const TableShape& shape);  ///< columns: key, then the columns

/// What brings a file of version `from` to `from + 1`.
struct Migration {
  std::int64_t from = 0;
  std::string_view sql;
};
std::span<const Migration> migrations();

/// "STOW": marks our files, so that another program's database is not mistaken for an empty one.
constexpr std::int64_t application_id = 0x53544f57;

/// The store's own table beside World's: its row `log` says whether a write-ahead log belongs to
/// the file, or that the file is a backup (then `taken_at` says when). `inspect` reads it.
constexpr std::string_view log_open = "open";
constexpr std::string_view log_closed = "closed";
constexpr std::string_view log_backup = "backup";

/// A whole new database at `path`, or nothing: it is made under another name first.
schemas::Outcome create_database(const std::string& path);

/// Brings an older file up to date, in one transaction, and makes the tables in one that was made
/// and never written. What is no file of ours `inspect` has refused before.
schemas::Outcome prepare_schema(const Database& database);

}  // namespace control::store::sqlite

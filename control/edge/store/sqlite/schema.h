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

/// Makes the tables in a new file, or brings an older one up to date, in one transaction. Refuses
/// files of other programs and of newer versions, saying what to do.
schemas::Outcome prepare_schema(const Database& database, const std::string& path);

}  // namespace control::store::sqlite

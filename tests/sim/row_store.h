#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <vector>

#include "control/core/world/rows.h"
#include "control/core/world/world.h"

namespace sim {

/// Keeps rows as a database would: what was committed is there, whatever becomes of the process.
class RowStore {
 public:
  void commit(const std::vector<control::Row>& rows);
  [[nodiscard]] control::Snapshot snapshot() const;
  /// The rows of the tables that World itself holds, in the order of table and key.
  [[nodiscard]] std::vector<control::Row> held() const;
  [[nodiscard]] const std::map<std::int64_t, control::Row>& table(control::Table table) const {
    return tables_[static_cast<std::size_t>(table)];
  }

 private:
  std::array<std::map<std::int64_t, control::Row>, control::table_count> tables_;
};

/// All of World as rows, in the order of table and key: comparable with `RowStore::held`.
std::vector<control::Row> rows_of(const control::World& world);

}  // namespace sim

#include "tests/sim/row_store.h"

#include <algorithm>
#include <tuple>

#include "control/core/loop/rows/encode.h"

namespace sim {

using control::Row;
using control::Table;

namespace {

bool is_held(Table table) {
  return table != Table::metadata && table != Table::event && table != Table::meter &&
         table != Table::audit;
}

}  // namespace

void RowStore::commit(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    auto& table = tables_[static_cast<std::size_t>(row.table)];
    if (row.action == control::RowAction::erase) {
      table.erase(row.key);
    } else {
      table.insert_or_assign(row.key, row);
    }
  }
}

control::Snapshot RowStore::snapshot() const {
  control::Snapshot snapshot;
  for (const control::TableShape& shape : control::table_shapes()) {
    const auto index = static_cast<std::size_t>(shape.table);
    if (!tables_[index].empty()) {
      snapshot.last_key[index] = tables_[index].rbegin()->first;
    }
    if (shape.loading == control::Loading::rows) {
      for (const auto& [key, row] : tables_[index]) {
        snapshot.rows[index].push_back(row);
      }
    }
  }
  return snapshot;
}

std::vector<Row> RowStore::held() const {
  std::vector<Row> rows;
  for (const control::TableShape& shape : control::table_shapes()) {
    if (is_held(shape.table)) {
      for (const auto& [key, row] : table(shape.table)) {
        rows.push_back(row);
      }
    }
  }
  return rows;
}

std::vector<Row> rows_of(const control::World& world) {
  std::vector<Row> rows = control::all_rows(world);
  std::sort(rows.begin(), rows.end(), [](const Row& left, const Row& right) {
    return std::tie(left.table, left.key) < std::tie(right.table, right.key);
  });
  return rows;
}

}  // namespace sim

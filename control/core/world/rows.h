#pragma once

// How World looks on disk: the tables, as data. A store engine makes its statements from
// `table_shapes()` and knows nothing else; what a row means is `control/core/loop/rows`'s affair.

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace control {

/// The version of the tables below. A store of an older version is migrated by the store
/// before it is loaded; one of a newer version is refused.
constexpr std::int64_t schema_version = 4;

enum class Table : std::uint8_t {
  metadata,
  cluster,
  capacity_provider,
  account_setting,
  task_definition,
  service,
  service_event,
  instance,
  vpc,
  subnet,
  security_group,
  eni,
  task,        ///< what a task is: written once
  task_state,  ///< what became of it: small, written often; same key as its `task`
  usage,       ///< a metered task's readings, summed; same key as its `task`
  token,       ///< what a clientToken bought
  user,
  access_key,
  role,
  join_token,          ///< until it is spent or has expired
  session,             ///< until it is ended or has expired
  service_revision,    ///< what a service deployment leads to: written once
  service_deployment,  ///< how it went; same key as its `service_revision`
  event,               ///< append only; key = sequence number
  meter,               ///< append only: every reading as it came
  audit,               ///< append only: every call that asked for a change
};
constexpr std::size_t table_count = 26;

enum class ColumnType : std::uint8_t { integer, text };

struct Column {
  std::string_view name;
  ColumnType type = ColumnType::integer;
};

/// What a store reads when it loads: every row, or (append-only tables, which World does not hold)
/// the highest key alone.
enum class Loading : std::uint8_t { rows, last_key };

/// Every table has `key INTEGER PRIMARY KEY` before its columns. Any column may be null. There is
/// no other index: look-ups live in World.
struct TableShape {
  Table table = Table::metadata;
  std::string_view name;
  std::span<const Column> columns;
  Loading loading = Loading::rows;
};

/// All tables, in the order of the enumeration.
std::span<const TableShape> table_shapes();
const TableShape& shape_of(Table table);

using Value = std::variant<std::monostate, std::int64_t, std::string>;

enum class RowAction : std::uint8_t { put, erase };

/// One row to write (`values` in the order of the table's columns) or to erase (`values` empty).
struct Row {
  Table table = Table::metadata;
  std::int64_t key = 0;
  std::vector<Value> values;
  RowAction action = RowAction::put;
  bool operator==(const Row&) const = default;
};

/// What a store holds, as read at the start. `rows` and `last_key` are indexed by table.
struct Snapshot {
  std::array<std::vector<Row>, table_count> rows;    ///< ascending keys
  std::array<std::int64_t, table_count> last_key{};  ///< 0 = the table is empty
};

}  // namespace control

#include "control/core/loop/rows/reader.h"

namespace control {

using schemas::Instant;

RowReader::RowReader(const Row& row) : row_(row) {
  if (row.values.size() != shape_of(row.table).columns.size()) {
    fail("has " + std::to_string(row.values.size()) + " columns");
  }
}

const Value& RowReader::next() {
  static const Value nothing;
  if (!ok()) {
    return nothing;
  }
  schemas::require(at_ < row_.values.size(), "more columns are read than the table has");
  return row_.values[at_++];
}

std::int64_t RowReader::integer() {
  const std::optional<std::int64_t> value = maybe_integer();
  if (!value) {
    fail("is empty, where a number must stand");
  }
  return value.value_or(0);
}

std::optional<std::int64_t> RowReader::maybe_integer() {
  const Value& value = next();
  if (const auto* number = std::get_if<std::int64_t>(&value)) {
    return *number;
  }
  if (std::holds_alternative<std::string>(value)) {
    fail("is text, where a number must stand");
  }
  return std::nullopt;
}

std::string RowReader::text() {
  const Value& value = next();
  if (const auto* text = std::get_if<std::string>(&value)) {
    return *text;
  }
  if (std::holds_alternative<std::int64_t>(value)) {
    fail("is a number, where text must stand");
  }
  return {};
}

bool RowReader::at_null() const {
  return ok() && at_ < row_.values.size() &&
         std::holds_alternative<std::monostate>(row_.values[at_]);
}

Instant RowReader::instant() { return Instant(schemas::Duration(integer())); }

std::optional<Instant> RowReader::maybe_instant() {
  const std::optional<std::int64_t> value = maybe_integer();
  return value ? std::optional(Instant(schemas::Duration(*value))) : std::nullopt;
}

void RowReader::fail(std::string_view why) {
  if (!ok()) {
    return;
  }
  const TableShape& shape = shape_of(row_.table);
  std::string message =
      "The stored row " + std::to_string(row_.key) + " of table " + std::string(shape.name);
  if (at_ > 0) {
    message += ", column " + std::string(shape.columns[at_ - 1].name) + ",";
  }
  message += ' ';
  message += why;
  message += ". The database is damaged or was written by another version: restore a backup.";
  error_ = schemas::Error{schemas::ErrorCode::server, std::move(message)};
}

}  // namespace control

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "control/core/world/rows.h"
#include "schemas/base/result.h"
#include "schemas/base/time.h"
#include "schemas/wire/wire.h"

namespace control {

/// Reads a row column by column, in the order of its table. The first thing that is not as it
/// should be is kept as the error; everything read after it is empty.
class RowReader {
 public:
  explicit RowReader(const Row& row);

  std::int64_t integer();
  std::optional<std::int64_t> maybe_integer();
  std::string text();  ///< null reads as empty
  /// Whether the column to be read next is null; it is still to be read.
  [[nodiscard]] bool at_null() const;
  schemas::Instant instant();
  std::optional<schemas::Instant> maybe_instant();
  bool flag() { return integer() != 0; }

  /// An enumerator below `count`.
  template <class Enum>
  Enum choice(std::int64_t count) {
    const std::int64_t value = integer();
    if (value < 0 || value >= count) {
      fail("is none of the values known");
      return Enum{};
    }
    return static_cast<Enum>(value);
  }

  /// An id or address by its text.
  template <class T>
  T named() {
    const std::optional<T> value = T::parse(text());
    if (!value) {
      fail("cannot be parsed");
    }
    return value.value_or(T{});
  }
  template <class T>
  std::optional<T> maybe_named() {
    const std::string written = text();
    if (written.empty()) {
      return std::nullopt;
    }
    const std::optional<T> value = T::parse(written);
    if (!value) {
      fail("cannot be parsed");
    }
    return value;
  }

  template <class T>
  T json() {
    schemas::Result<T> value = wire::decode<T>(text());
    if (!value.ok()) {
      fail(value.error().message);
      return T{};
    }
    return std::move(value).value();
  }

  /// Something about the row that no single column shows.
  void fail(std::string_view why);

  [[nodiscard]] bool ok() const { return !error_.has_value(); }
  [[nodiscard]] const schemas::Error& error() const { return *error_; }
  [[nodiscard]] std::int64_t key() const { return row_.key; }

 private:
  const Value& next();

  const Row& row_;
  std::size_t at_ = 0;
  std::optional<schemas::Error> error_;
};

}  // namespace control

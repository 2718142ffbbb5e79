#pragma once

// How fields are written into columns; reader.h is the way back.

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "control/core/world/rows.h"
#include "schemas/base/time.h"

namespace control {

using Values = std::vector<Value>;

/// Rows of the metadata table: how often the state was loaded, and the key that all keys given out
/// from now on are above (there since a restore only).
constexpr std::int64_t metadata_epoch = 1;
constexpr std::int64_t metadata_keys = 2;

inline Value milliseconds(schemas::Instant at) {
  return std::int64_t{at.time_since_epoch().count()};
}

inline Value milliseconds(const std::optional<schemas::Instant>& at) {
  return at ? milliseconds(*at) : Value(std::monostate());
}

template <class Enum>
Value ordinal(Enum value) {
  return static_cast<std::int64_t>(value);
}

inline Value flag(bool value) { return std::int64_t{value ? 1 : 0}; }

inline Value text_or_null(std::string text) {
  return text.empty() ? Value(std::monostate()) : Value(std::move(text));
}

}  // namespace control

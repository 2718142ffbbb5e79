#pragma once

// How the values of expressions are read and ordered that are more than text.

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "schemas/base/time.h"

namespace control::query {

/// A version as agents have it: up to four numbers, and what came before the release.
struct Version {
  std::array<std::int64_t, 4> numbers{};
  std::string before_release;  ///< "rc1"; empty = the release itself, which is the newest
};
std::strong_ordering operator<=>(const Version& left, const Version& right);
inline bool operator==(const Version& left, const Version& right) {
  return (left <=> right) == std::strong_ordering::equal;
}

/// "1.68.2", "v1.68.2", "1.68.2-rc1"; what follows a `+` does not count.
std::optional<Version> parse_version(std::string_view text);

/// A whole number of at most 15 digits, with or without a minus.
std::optional<std::int64_t> parse_number(std::string_view text);

/// Seconds since 1970 of "2018-06-18", "2018-06-18T22:28:28", the same with "Z", and with
/// "+02:00".
std::optional<std::int64_t> parse_instant(std::string_view text);

/// Seconds since 1970.
std::int64_t seconds_of(schemas::Instant at);

}  // namespace control::query

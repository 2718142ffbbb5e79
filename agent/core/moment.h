#pragma once

#include <cstdint>

#include "schemas/base/time.h"

namespace agent {

/// What the host's two clocks say at once. Deadlines and meters go by `boot_ns`
/// (CLOCK_BOOTTIME), which no operator and no time server moves; `wall` is for people.
struct Moment {
  schemas::Instant wall{};
  std::int64_t boot_ns = 0;
  bool operator==(const Moment&) const = default;
};

inline constexpr std::int64_t nanoseconds_per_millisecond = 1'000'000;
inline constexpr std::int64_t nanoseconds_per_second = 1'000'000'000;

/// A span in the unit of `Moment::boot_ns`.
constexpr std::int64_t nanoseconds(schemas::Duration span) {
  return span.count() * nanoseconds_per_millisecond;
}

}  // namespace agent

#pragma once

#include <compare>
#include <cstdint>

namespace schemas {

/// CPU units: 1024 are one vCPU, as in ECS.
struct CpuUnits {
  std::int64_t count = 0;
  auto operator<=>(const CpuUnits&) const = default;
  CpuUnits& operator+=(CpuUnits other) {
    count += other.count;
    return *this;
  }
  CpuUnits& operator-=(CpuUnits other) {
    count -= other.count;
    return *this;
  }
  friend CpuUnits operator+(CpuUnits a, CpuUnits b) { return {a.count + b.count}; }
  friend CpuUnits operator-(CpuUnits a, CpuUnits b) { return {a.count - b.count}; }
};

/// Memory in MiB, as ECS counts it.
struct MemoryMib {
  std::int64_t count = 0;
  auto operator<=>(const MemoryMib&) const = default;
  MemoryMib& operator+=(MemoryMib other) {
    count += other.count;
    return *this;
  }
  MemoryMib& operator-=(MemoryMib other) {
    count -= other.count;
    return *this;
  }
  friend MemoryMib operator+(MemoryMib a, MemoryMib b) { return {a.count + b.count}; }
  friend MemoryMib operator-(MemoryMib a, MemoryMib b) { return {a.count - b.count}; }
};

/// Money in billionths of the price book's currency. Products run in 128 bits; each line item is
/// rounded once, half up.
struct Nanos {
  std::int64_t count = 0;
  auto operator<=>(const Nanos&) const = default;
  Nanos& operator+=(Nanos other) {
    count += other.count;
    return *this;
  }
  friend Nanos operator+(Nanos a, Nanos b) { return {a.count + b.count}; }
};

}  // namespace schemas

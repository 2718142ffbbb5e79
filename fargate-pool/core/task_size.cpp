#include "fargate-pool/core/task_size.h"

#include <array>
#include <cctype>
#include <optional>
#include <string>

namespace fargate_pool {
namespace {

using schemas::CpuUnits;
using schemas::Error;
using schemas::ErrorCode;
using schemas::MemoryMib;

constexpr std::int64_t units_per_whole = 1024;  // CPU units of a vCPU, MiB of a GB

constexpr std::array<SizeRow, 7> table = {{{{256}, {512}, {2048}, {0}},
                                           {{512}, {1024}, {4096}, {1024}},
                                           {{1024}, {2048}, {8192}, {1024}},
                                           {{2048}, {4096}, {16384}, {1024}},
                                           {{4096}, {8192}, {30720}, {1024}},
                                           {{8192}, {16384}, {61440}, {4096}},
                                           {{16384}, {32768}, {122880}, {8192}}}};

/// A decimal number as it was written, exactly, and whether a unit followed it.
struct Quantity {
  std::int64_t integer = 0;
  std::int64_t fraction = 0;        ///< numerator
  std::int64_t fraction_scale = 1;  ///< denominator, a power of ten
  bool has_unit = false;
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Takes digits off the front of `text`; nothing for more than nine of them: no size is that long.
std::optional<std::int64_t> take_digits(std::string_view& text, std::int64_t& scale) {
  constexpr std::size_t digits_max = 9;
  std::int64_t value = 0;
  std::size_t taken = 0;
  while (taken < text.size() && is_digit(text[taken])) {
    if (taken == digits_max) {
      return std::nullopt;
    }
    value = value * 10 + (text[taken] - '0');
    scale *= 10;
    ++taken;
  }
  text.remove_prefix(taken);
  return value;
}

bool same_word(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) {
    return false;
  }
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (std::tolower(static_cast<unsigned char>(a[i])) !=
        std::tolower(static_cast<unsigned char>(b[i]))) {
      return false;
    }
  }
  return true;
}

std::optional<Quantity> parse_quantity(std::string_view text, std::string_view unit) {
  Quantity quantity;
  std::int64_t ignored = 1;
  const bool starts_with_digit = !text.empty() && is_digit(text.front());
  const std::optional<std::int64_t> integer = take_digits(text, ignored);
  if (!integer) {
    return std::nullopt;
  }
  quantity.integer = *integer;
  bool has_fraction = false;
  if (!text.empty() && text.front() == '.') {
    text.remove_prefix(1);
    const std::optional<std::int64_t> fraction = take_digits(text, quantity.fraction_scale);
    has_fraction = fraction && quantity.fraction_scale > 1;
    if (!has_fraction) {
      return std::nullopt;
    }
    quantity.fraction = *fraction;
  }
  if (!starts_with_digit && !has_fraction) {
    return std::nullopt;
  }
  if (text.empty()) {
    return has_fraction ? std::nullopt : std::optional(quantity);
  }
  while (!text.empty() && text.front() == ' ') {
    text.remove_prefix(1);
  }
  quantity.has_unit = true;
  return same_word(text, unit) ? std::optional(quantity) : std::nullopt;
}

/// The quantity in units of which `units_per_whole` are one whole; nothing unless it is a whole
/// number of them, and at least one.
std::optional<std::int64_t> in_units(const Quantity& quantity) {
  if (!quantity.has_unit) {
    return quantity.integer > 0 ? std::optional(quantity.integer) : std::nullopt;
  }
  const std::int64_t fraction = quantity.fraction * units_per_whole;
  if (fraction % quantity.fraction_scale != 0) {
    return std::nullopt;
  }
  const std::int64_t units =
      quantity.integer * units_per_whole + fraction / quantity.fraction_scale;
  return units > 0 ? std::optional(units) : std::nullopt;
}

bool has_memory(const SizeRow& row, MemoryMib memory) {
  if (memory < row.smallest || memory > row.largest) {
    return false;
  }
  if (row.step.count == 0) {
    std::int64_t size = row.smallest.count;
    while (size < memory.count) {
      size *= 2;
    }
    return size == memory.count;
  }
  return (memory - row.smallest).count % row.step.count == 0;
}

std::string memory_sizes(const SizeRow& row) {
  const std::string range =
      std::to_string(row.smallest.count) + " to " + std::to_string(row.largest.count) + " MiB";
  return row.step.count == 0 ? range + ", doubling"
                             : range + " in steps of " + std::to_string(row.step.count);
}

}  // namespace

std::span<const SizeRow> sizes() { return table; }

schemas::Result<CpuUnits> parse_cpu(std::string_view text) {
  const std::optional<Quantity> quantity = parse_quantity(text, "vcpu");
  const std::optional<std::int64_t> units = quantity ? in_units(*quantity) : std::nullopt;
  if (!units) {
    return Error{ErrorCode::client, "Invalid 'cpu' setting for task. '" + std::string(text) +
                                        "' is neither a number of CPU units such as '256' nor of "
                                        "vCPUs such as '.25 vCPU'."};
  }
  return CpuUnits{*units};
}

schemas::Result<MemoryMib> parse_memory(std::string_view text) {
  const std::optional<Quantity> quantity = parse_quantity(text, "gb");
  const std::optional<std::int64_t> mib = quantity ? in_units(*quantity) : std::nullopt;
  if (!mib) {
    return Error{ErrorCode::client, "Invalid 'memory' setting for task. '" + std::string(text) +
                                        "' is neither a number of MiB such as '512' nor of GB "
                                        "such as '0.5 GB'."};
  }
  return MemoryMib{*mib};
}

schemas::Outcome check_size(CpuUnits cpu, MemoryMib memory) {
  std::string known;
  for (const SizeRow& row : table) {
    if (row.cpu != cpu) {
      known += (known.empty() ? "" : ", ") + std::to_string(row.cpu.count);
      continue;
    }
    if (has_memory(row, memory)) {
      return schemas::Done{};
    }
    return Error{ErrorCode::client,
                 "No Fargate configuration exists for given values: " + std::to_string(cpu.count) +
                     " CPU, " + std::to_string(memory.count) + " memory. With " +
                     std::to_string(cpu.count) + " CPU units memory is " + memory_sizes(row) + "."};
  }
  return Error{ErrorCode::client,
               "No Fargate configuration exists for given values: " + std::to_string(cpu.count) +
                   " CPU, " + std::to_string(memory.count) + " memory. CPU sizes are " + known +
                   "."};
}

}  // namespace fargate_pool

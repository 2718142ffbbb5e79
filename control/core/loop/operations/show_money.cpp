#include "control/core/loop/operations/show_money.h"

namespace control {

std::string decimal(schemas::Nanos amount) {
  constexpr std::int64_t whole = 1'000'000'000;
  const std::int64_t size = amount.count < 0 ? -amount.count : amount.count;
  std::string fraction = std::to_string(size % whole);
  fraction.insert(0, 9 - fraction.size(), '0');
  return (amount.count < 0 ? "-" : "") + std::to_string(size / whole) + "." + fraction;
}

}  // namespace control

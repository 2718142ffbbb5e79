#include "schemas/base/instant_text.h"

#include <chrono>
#include <cstdint>

namespace schemas {

namespace {

std::string two(std::int64_t value) { return (value < 10 ? "0" : "") + std::to_string(value); }

}  // namespace

std::string iso_text(Instant at) {
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(at - day);
  std::string milliseconds = std::to_string(time.subseconds().count());
  milliseconds.insert(0, 3 - milliseconds.size(), '0');
  return std::to_string(static_cast<int>(date.year())) + "-" +
         two(static_cast<unsigned>(date.month())) + "-" + two(static_cast<unsigned>(date.day())) +
         "T" + two(time.hours().count()) + ":" + two(time.minutes().count()) + ":" +
         two(time.seconds().count()) + "." + milliseconds + "Z";
}

}  // namespace schemas

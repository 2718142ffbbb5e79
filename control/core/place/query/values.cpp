#include "control/core/place/query/values.h"

#include <algorithm>
#include <charconv>
#include <chrono>

namespace control::query {
namespace {

constexpr std::size_t digits_max = 15;
constexpr std::int64_t seconds_a_minute = 60;
constexpr std::int64_t seconds_an_hour = 3600;
constexpr std::int64_t seconds_a_day = 86400;

bool all_digits(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char sign) { return sign >= '0' && sign <= '9'; });
}

/// Exactly `digits` digits at `at`, at most `most`.
std::optional<std::int64_t> field(std::string_view text, std::size_t at, std::size_t digits,
                                  std::int64_t most) {
  if (text.size() < at + digits) {
    return std::nullopt;
  }
  const std::string_view part = text.substr(at, digits);
  const auto number = all_digits(part) ? parse_number(part) : std::nullopt;
  return number && *number <= most ? number : std::nullopt;
}

std::optional<std::int64_t> parse_day(std::string_view text) {
  const auto year = field(text, 0, 4, 9999);
  const auto month = field(text, 5, 2, 12);
  const auto day = field(text, 8, 2, 31);
  if (!year || !month || !day || text[4] != '-' || text[7] != '-') {
    return std::nullopt;
  }
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(*year)),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) {
    return std::nullopt;
  }
  return std::chrono::sys_days(date).time_since_epoch().count() * seconds_a_day;
}

/// What is to be taken off for the zone: "", "Z", "+02:00".
std::optional<std::int64_t> parse_zone(std::string_view text) {
  if (text.empty() || text == "Z") {
    return 0;
  }
  const auto hours = field(text, 1, 2, 23);
  const auto minutes = field(text, 4, 2, 59);
  if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || !hours || !minutes ||
      text[3] != ':') {
    return std::nullopt;
  }
  const std::int64_t ahead = *hours * seconds_an_hour + *minutes * seconds_a_minute;
  return text[0] == '+' ? ahead : -ahead;
}

}  // namespace

std::strong_ordering operator<=>(const Version& left, const Version& right) {
  if (const auto order = left.numbers <=> right.numbers; order != std::strong_ordering::equal) {
    return order;
  }
  if (left.before_release.empty() || right.before_release.empty()) {
    return left.before_release.empty() <=> right.before_release.empty();
  }
  return left.before_release <=> right.before_release;
}

std::optional<Version> parse_version(std::string_view text) {
  text = text.substr(0, text.find('+'));
  if (text.starts_with('v')) {
    text.remove_prefix(1);
  }
  Version version;
  if (const std::size_t dash = text.find('-'); dash != std::string_view::npos) {
    version.before_release = text.substr(dash + 1);
    text = text.substr(0, dash);
    if (version.before_release.empty()) {
      return std::nullopt;
    }
  }
  for (std::size_t part = 0;; ++part) {
    const std::size_t dot = text.find('.');
    const std::string_view digits = text.substr(0, dot);
    const auto number = all_digits(digits) ? parse_number(digits) : std::nullopt;
    if (!number || part == version.numbers.size()) {
      return std::nullopt;
    }
    version.numbers[part] = *number;
    if (dot == std::string_view::npos) {
      return version;
    }
    text.remove_prefix(dot + 1);
  }
}

std::optional<std::int64_t> parse_number(std::string_view text) {
  const std::string_view digits = text.starts_with('-') ? text.substr(1) : text;
  if (digits.empty() || digits.size() > digits_max || !all_digits(digits)) {
    return std::nullopt;
  }
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

std::optional<std::int64_t> parse_instant(std::string_view text) {
  const auto day = parse_day(text);
  if (!day || text.size() == 10) {
    return day;
  }
  const auto hours = field(text, 11, 2, 23);
  const auto minutes = field(text, 14, 2, 59);
  const auto seconds = field(text, 17, 2, 59);
  if (!hours || !minutes || !seconds || text[10] != 'T' || text[13] != ':' || text[16] != ':') {
    return std::nullopt;
  }
  const auto ahead = parse_zone(text.substr(19));
  return ahead ? std::optional(*day + *hours * seconds_an_hour + *minutes * seconds_a_minute +
                               *seconds - *ahead)
               : std::nullopt;
}

std::int64_t seconds_of(schemas::Instant at) {
  return std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count();
}

}  // namespace control::query

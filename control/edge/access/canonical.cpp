#include "control/edge/access/canonical.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <utility>
#include <vector>

namespace control::access {

namespace {

constexpr std::string_view unreserved =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

std::string encoded(std::string_view text, std::string_view also_kept) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string done;
  for (const char letter : text) {
    if (unreserved.find(letter) != std::string_view::npos ||
        also_kept.find(letter) != std::string_view::npos) {
      done.push_back(letter);
      continue;
    }
    const auto byte = static_cast<unsigned char>(letter);
    done.push_back('%');
    done.push_back(digits[byte >> 4U]);
    done.push_back(digits[byte & 0x0fU]);
  }
  return done;
}

char lower(char letter) {
  return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

bool same_name(std::string_view left, std::string_view lower_right) {
  return left.size() == lower_right.size() &&
         std::equal(left.begin(), left.end(), lower_right.begin(),
                    [](char one, char other) { return lower(one) == other; });
}

/// Without outer blanks, and inner ones as one.
std::string calm(std::string_view value) {
  std::string done;
  for (const char letter : value) {
    const bool blank = letter == ' ' || letter == '\t';
    if (!blank) {
      done.push_back(letter);
    } else if (!done.empty() && done.back() != ' ') {
      done.push_back(' ');
    }
  }
  if (!done.empty() && done.back() == ' ') {
    done.pop_back();
  }
  return done;
}

/// The number that `text` is, digits only.
std::optional<int> number(std::string_view text) {
  int value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = !text.empty() && text.front() != '-' && failure == std::errc() &&
                     end == text.data() + text.size();
  return whole ? std::optional(value) : std::nullopt;
}

struct Stated {
  std::optional<int> year, month, day, hour, minute, second;
};

std::optional<schemas::Instant> instant(const Stated& stated) {
  if (!stated.year || !stated.month || !stated.day || !stated.hour || !stated.minute ||
      !stated.second) {
    return std::nullopt;
  }
  const std::chrono::year_month_day date{std::chrono::year(*stated.year),
                                         std::chrono::month(static_cast<unsigned>(*stated.month)),
                                         std::chrono::day(static_cast<unsigned>(*stated.day))};
  if (!date.ok() || *stated.hour > 23 || *stated.minute > 59 || *stated.second > 60) {
    return std::nullopt;
  }
  return schemas::Instant(std::chrono::sys_days(date).time_since_epoch() +
                          std::chrono::hours(*stated.hour) + std::chrono::minutes(*stated.minute) +
                          std::chrono::seconds(*stated.second));
}

/// "Sun, 06 Nov 1994 08:49:37 GMT"
std::optional<schemas::Instant> http_instant(std::string_view text) {
  constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  if (text.size() != 29 || text.substr(3, 2) != ", " || !text.ends_with(" GMT")) {
    return std::nullopt;
  }
  const auto* month = std::find(months.begin(), months.end(), text.substr(8, 3));
  if (month == months.end()) {
    return std::nullopt;
  }
  return instant({.year = number(text.substr(12, 4)),
                  .month = static_cast<int>(month - months.begin()) + 1,
                  .day = number(text.substr(5, 2)),
                  .hour = number(text.substr(17, 2)),
                  .minute = number(text.substr(20, 2)),
                  .second = number(text.substr(23, 2))});
}

std::string padded(int value) { return (value < 10 ? "0" : "") + std::to_string(value); }

}  // namespace

std::string canonical_path(std::string_view path) {
  return path.empty() ? "/" : encoded(path, "/");
}

bool is_plain_path(std::string_view path) {
  if (!path.starts_with('/')) {
    return false;
  }
  for (std::size_t slash = 0; slash != std::string_view::npos;) {
    const std::size_t next = path.find('/', slash + 1);
    const std::string_view segment = path.substr(slash + 1, next - slash - 1);
    const bool last = next == std::string_view::npos;
    if (segment == "." || segment == ".." || (segment.empty() && !last)) {
      return false;
    }
    slash = next;
  }
  return true;
}

std::string canonical_query(std::string_view query) {
  std::vector<std::pair<std::string, std::string>> parameters;
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view part = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (part.empty()) {
      continue;
    }
    const std::size_t equals = std::min(part.find('='), part.size());
    const std::string_view value = part.substr(std::min(equals + 1, part.size()));
    parameters.emplace_back(encoded(http::percent_decoded(part.substr(0, equals)), {}),
                            encoded(http::percent_decoded(value), {}));
  }
  std::sort(parameters.begin(), parameters.end());
  std::string done;
  for (const auto& [name, value] : parameters) {
    done += done.empty() ? "" : "&";
    done += name;
    done += '=';
    done += value;
  }
  return done;
}

std::optional<std::string> canonical_header(const http::Request& request, std::string_view name) {
  std::optional<std::string> joined;
  for (const http::Header& header : request.headers) {
    if (same_name(header.name, name)) {
      joined = joined ? *joined + "," + calm(header.value) : calm(header.value);
    }
  }
  return joined;
}

std::optional<std::string> canonical_request(const http::Request& request,
                                             const Authorization& authorization,
                                             std::string_view payload) {
  std::string headers;
  std::string names;
  for (const std::string& name : authorization.signed_headers) {
    const std::optional<std::string> value = canonical_header(request, name);
    if (!value) {
      return std::nullopt;
    }
    headers += name + ":" + *value + "\n";
    names += (names.empty() ? "" : ";") + name;
  }
  return request.method + "\n" + canonical_path(request.path) + "\n" +
         canonical_query(request.query) + "\n" + headers + "\n" + names + "\n" +
         std::string(payload);
}

std::optional<schemas::Instant> signing_time(std::string_view text) {
  if (text.size() != 16 || text[8] != 'T' || text[15] != 'Z') {
    return http_instant(text);
  }
  return instant({.year = number(text.substr(0, 4)),
                  .month = number(text.substr(4, 2)),
                  .day = number(text.substr(6, 2)),
                  .hour = number(text.substr(9, 2)),
                  .minute = number(text.substr(11, 2)),
                  .second = number(text.substr(13, 2))});
}

std::string basic_time(schemas::Instant at) {
  const auto midnight = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date(midnight);
  const std::chrono::hh_mm_ss time(std::chrono::floor<std::chrono::seconds>(at - midnight));
  std::string year = std::to_string(static_cast<int>(date.year()));
  year.insert(0, 4 - std::min<std::size_t>(year.size(), 4), '0');
  return year + padded(static_cast<int>(static_cast<unsigned>(date.month()))) +
         padded(static_cast<int>(static_cast<unsigned>(date.day()))) + "T" +
         padded(static_cast<int>(time.hours().count())) +
         padded(static_cast<int>(time.minutes().count())) +
         padded(static_cast<int>(time.seconds().count())) + "Z";
}

}  // namespace control::access

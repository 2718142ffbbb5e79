#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <optional>
#include <vector>

#include "schemas/codec/api.h"
#include "schemas/codec/json_text.h"
#include "schemas/codec/rules.h"

namespace api {

namespace {

using schemas::Error;
using schemas::ErrorCode;
using schemas::Result;

constexpr std::string_view white = " \t\r\n";

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  std::size_t start = 0;
  while (true) {
    const std::size_t end = text.find(separator, start);
    parts.push_back(text.substr(start, end - start));
    if (end == std::string_view::npos) {
      return parts;
    }
    start = end + 1;
  }
}

/// Nothing when a percent sign is not followed by two hex digits.
std::optional<std::string> percent_decoded(std::string_view text) {
  std::string plain;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '%') {
      plain.push_back(text[at]);
      continue;
    }
    std::uint8_t byte = 0;
    const std::string_view digits = text.substr(at + 1, 2);
    const auto [end, failure] =
        std::from_chars(digits.data(), digits.data() + digits.size(), byte, 16);
    if (failure != std::errc() || digits.size() != 2 || end != digits.data() + 2) {
      return std::nullopt;
    }
    plain.push_back(static_cast<char>(byte));
    at += 2;
  }
  return plain;
}

/// Digits of a fixed width at the front of `text`, which loses them.
std::optional<int> take_digits(std::string_view& text, std::size_t width) {
  int number = 0;
  const std::string_view digits = text.substr(0, width);
  const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (digits.size() != width || failure != std::errc() || end != digits.data() + width ||
      digits.front() == '-') {
    return std::nullopt;
  }
  text.remove_prefix(width);
  return number;
}

bool take(std::string_view& text, char wanted) {
  if (!text.starts_with(wanted)) {
    return false;
  }
  text.remove_prefix(1);
  return true;
}

/// "2026-11-23" or "2026-11-23T10:00:00Z" as seconds since 1970.
std::optional<std::int64_t> calendar_seconds(std::string_view text) {
  const auto year = take_digits(text, 4);
  const bool dash = take(text, '-');
  const auto month = take_digits(text, 2);
  const bool second_dash = take(text, '-');
  const auto day = take_digits(text, 2);
  if (!year || !dash || !month || !second_dash || !day) {
    return std::nullopt;
  }
  const std::chrono::year_month_day date(std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day)));
  if (!date.ok()) {
    return std::nullopt;
  }
  std::chrono::seconds instant = std::chrono::sys_days(date).time_since_epoch();
  if (text.empty()) {
    return instant.count();
  }
  const bool separator = take(text, 'T');
  const auto hour = take_digits(text, 2);
  const bool colon = take(text, ':');
  const auto minute = take_digits(text, 2);
  const bool second_colon = take(text, ':');
  const auto second = take_digits(text, 2);
  if (!separator || !hour || !colon || !minute || !second_colon || !second || text != "Z" ||
      *hour > 23 || *minute > 59 || *second > 59) {
    return std::nullopt;
  }
  instant +=
      std::chrono::hours(*hour) + std::chrono::minutes(*minute) + std::chrono::seconds(*second);
  return instant.count();
}

/// A member of path or query as JSON: numbers and truth values bare, text in quotes. What does not
/// fit the member's type goes through as text, and the engine words the error.
std::string scalar_json(const codec::Type& type, const std::string& text) {
  std::int64_t number = 0;
  const char* end_wanted = text.data() + text.size();
  switch (type.kind) {
    case codec::Kind::signed_32:
    case codec::Kind::unsigned_32:
    case codec::Kind::signed_64: {
      const auto [end, failure] = std::from_chars(text.data(), end_wanted, number);
      if (failure == std::errc() && end == end_wanted) {
        return std::to_string(number);
      }
      break;
    }
    case codec::Kind::boolean:
      if (text == "true" || text == "false") {
        return text;
      }
      break;
    case codec::Kind::instant: {
      const auto [end, failure] = std::from_chars(text.data(), end_wanted, number);
      if (failure == std::errc() && end == end_wanted) {
        return std::to_string(number);
      }
      const std::optional<std::int64_t> seconds = calendar_seconds(text);
      if (seconds) {
        return std::to_string(*seconds);
      }
      break;
    }
    default:
      break;
  }
  std::string json;
  codec::append_json_text(json, text);
  return json;
}

const codec::Type& without_optional(const codec::Type& type) {
  return type.kind == codec::Kind::optional ? *type.element : type;
}

struct Given {
  std::string name;
  std::vector<std::string> values;
};

/// One member of path or query with its name, or nothing when the operation has none such.
std::string member_json(const Operation& operation, const Given& given) {
  const auto& members = operation.input->members;
  const std::size_t at = codec::find_member(members, given.name, 0);
  std::string json;
  codec::append_json_text(json, given.name);
  json.push_back(':');
  if (at == members.size() || members[at].type == nullptr) {
    codec::append_json_text(json, given.values.front());  // refused by name in the engine
    return json;
  }
  const codec::Type& type = without_optional(*members[at].type);
  if (type.kind != codec::Kind::list || type.element == nullptr) {
    // Twice the same member is a duplicate key, which the engine refuses.
    std::string all;
    for (const std::string& value : given.values) {
      all += (all.empty() ? "" : ",") + json + scalar_json(type, value);
    }
    return all;
  }
  char before = '[';
  for (const std::string& value : given.values) {
    for (const std::string_view item : split(value, ',')) {
      json.push_back(before);
      before = ',';
      json += scalar_json(*type.element, std::string(item));
    }
  }
  return json + "]";
}

/// Matches a route's path and collects its parameters, or returns nothing.
std::optional<std::vector<Given>> match_path(std::string_view route,
                                             const std::vector<std::string_view>& segments) {
  const std::vector<std::string_view> wanted = split(route, '/');
  if (wanted.size() != segments.size()) {
    return std::nullopt;
  }
  std::vector<Given> given;
  for (std::size_t at = 0; at < wanted.size(); ++at) {
    if (!wanted[at].starts_with('{')) {
      if (wanted[at] != segments[at]) {
        return std::nullopt;
      }
      continue;
    }
    const std::optional<std::string> value = percent_decoded(segments[at]);
    if (!value || value->empty()) {
      return std::nullopt;
    }
    given.push_back(
        {.name = std::string(wanted[at].substr(1, wanted[at].size() - 2)), .values = {*value}});
  }
  return given;
}

Result<std::vector<Given>> parse_query(std::string_view query) {
  std::vector<Given> given;
  if (query.empty()) {
    return given;
  }
  for (const std::string_view pair : split(query, '&')) {
    const std::size_t equals = std::min(pair.find('='), pair.size());
    std::string encoded(pair);
    std::replace(encoded.begin(), encoded.end(), '+', ' ');
    const std::string_view view = encoded;
    const auto name = percent_decoded(view.substr(0, equals));
    const auto value = percent_decoded(equals < view.size() ? view.substr(equals + 1) : "");
    if (!name || !value || name->empty()) {
      return Error{.code = ErrorCode::invalid_parameter,
                   .message = "The query has " + codec::quoted(pair) +
                              ", which is not name=value, percent-encoded."};
    }
    const auto same = std::find_if(given.begin(), given.end(),
                                   [&name](const Given& other) { return other.name == *name; });
    if (same == given.end()) {
      given.push_back({.name = *name, .values = {*value}});
    } else {
      same->values.push_back(*value);
    }
  }
  return given;
}

/// The inside of a JSON object, to be joined with more members. Only the braces are looked at: the
/// joined text is parsed as a whole afterwards.
Result<std::string_view> inside(std::string_view body) {
  const std::size_t first = body.find_first_not_of(white);
  if (first == std::string_view::npos) {
    return std::string_view();
  }
  body = body.substr(first, body.find_last_not_of(white) - first + 1);
  if (body.size() < 2 || body.front() != '{' || body.back() != '}') {
    return Error{.code = ErrorCode::serialization,
                 .message = "The body must be a JSON object, or empty."};
  }
  body = body.substr(1, body.size() - 2);
  return body.find_first_not_of(white) == std::string_view::npos ? std::string_view() : body;
}

Result<RestCall> call_of(const Operation& operation, std::vector<Given> given,
                         std::string_view query, std::string_view body) {
  const Result<std::vector<Given>> queried = parse_query(query);
  if (!queried.ok()) {
    return queried.error();
  }
  given.insert(given.end(), queried.value().begin(), queried.value().end());
  std::string json = "{";
  for (const Given& one : given) {
    json += (json.size() > 1 ? "," : "") + member_json(operation, one);
  }
  const Result<std::string_view> members = inside(body);
  if (!members.ok()) {
    return members.error();
  }
  if (!members.value().empty()) {
    json += (json.size() > 1 ? "," : "") + std::string(members.value());
  }
  return RestCall{.operation = &operation, .json = json + "}"};
}

}  // namespace

Result<RestCall> rest_match(std::string_view method, std::string_view path, std::string_view query,
                            std::string_view body) {
  const std::vector<std::string_view> segments = split(path, '/');
  std::string allowed;
  for (const Operation& operation : operations()) {
    std::optional<std::vector<Given>> given = match_path(operation.path, segments);
    if (!given) {
      continue;
    }
    if (operation.method == method) {
      return call_of(operation, std::move(*given), query, body);
    }
    allowed += (allowed.empty() ? "" : ", ") + std::string(operation.method);
  }
  const std::string asked = std::string(method) + " " + codec::quoted(path);
  return Error{.code = ErrorCode::unknown_operation,
               .message = allowed.empty()
                              ? "There is no route " + asked + "; /v1/openapi.json lists them."
                              : "There is no route " + asked + "; here it is " + allowed + "."};
}

}  // namespace api

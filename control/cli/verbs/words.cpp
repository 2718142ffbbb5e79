#include "control/cli/verbs/words.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <ctime>

namespace cli {

std::string short_name(const std::string& arn) {
  const std::size_t slash = arn.rfind('/');
  return slash == std::string::npos ? arn : arn.substr(slash + 1);
}

std::string instant_text(const std::optional<schemas::Instant>& instant) {
  if (!instant) {
    return "-";
  }
  const std::time_t seconds =
      std::chrono::duration_cast<std::chrono::seconds>(instant->time_since_epoch()).count();
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 32> text{};
  const std::size_t length = std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%SZ", &parts);
  return {text.data(), length};
}

std::string age_text(const std::optional<schemas::Instant>& instant, schemas::Instant now) {
  if (!instant) {
    return "-";
  }
  const std::int64_t seconds = std::max<std::int64_t>(
      std::chrono::duration_cast<std::chrono::seconds>(now - *instant).count(), 0);
  if (seconds < 120) {
    return std::to_string(seconds) + "s";
  }
  if (seconds < 7'200) {
    return std::to_string(seconds / 60) + "m";
  }
  if (seconds < 172'800) {
    return std::to_string(seconds / 3600) + "h";
  }
  return std::to_string(seconds / 86'400) + "d";
}

schemas::Instant clock_now() {
  return std::chrono::time_point_cast<schemas::Duration>(std::chrono::system_clock::now());
}

schemas::Result<std::int64_t> number_of(const Arguments& arguments, const std::string& name,
                                        std::int64_t fallback, std::int64_t least,
                                        std::int64_t most) {
  const std::optional<std::string> text = arguments.get(name);
  if (!text) {
    return fallback;
  }
  std::int64_t value = 0;
  const auto [end, failure] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (failure != std::errc() || end != text->data() + text->size() || value < least ||
      value > most) {
    return schemas::Error{schemas::ErrorCode::invalid_parameter,
                          name + " is \"" + *text + "\"; it must be a whole number from " +
                              std::to_string(least) + " to " + std::to_string(most)};
  }
  return value;
}

std::optional<std::int64_t> seconds_of(const std::string& text) {
  std::int64_t count = 0;
  const char* end = text.data() + text.size();
  const auto [stop, failure] = std::from_chars(text.data(), end, count);
  const std::string unit(stop, end);
  constexpr std::int64_t most = 100'000'000;
  if (failure != std::errc() || count < 0 || count > most) {
    return std::nullopt;
  }
  for (const auto& [name, factor] : {std::pair("", 1), std::pair("s", 1), std::pair("m", 60),
                                     std::pair("h", 3'600), std::pair("d", 86'400)}) {
    if (unit == name) {
      return count * factor;
    }
  }
  return std::nullopt;
}

schemas::Result<std::vector<NameValue>> name_values(const Arguments& arguments,
                                                    const std::string& name) {
  std::vector<NameValue> pairs;
  for (const std::string& text : arguments.all(name)) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0) {
      return schemas::Error{schemas::ErrorCode::invalid_parameter,
                            name + " is \"" + text + "\"; write it as NAME=VALUE"};
    }
    pairs.push_back({.name = text.substr(0, equals), .value = text.substr(equals + 1)});
  }
  return pairs;
}

Option cluster_option() {
  return {.name = "cluster",
          .value = "NAME",
          .help = "The cluster, by name or ARN (default: \"default\")"};
}

Option wait_option() {
  return {.name = "wait",
          .value = "",
          .help = "Stay until it is done, showing progress; fail when it cannot be",
          .arity = Arity::flag};
}

std::vector<std::vector<std::string>> batches(const std::vector<std::string>& all,
                                              std::size_t most) {
  std::vector<std::vector<std::string>> parts;
  for (std::size_t start = 0; start < all.size(); start += most) {
    const std::size_t end = std::min(start + most, all.size());
    parts.emplace_back(all.begin() + static_cast<std::ptrdiff_t>(start),
                       all.begin() + static_cast<std::ptrdiff_t>(end));
  }
  return parts;
}

}  // namespace cli

#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/base/time.h"

namespace sim {

/// One line of a scenario: what is to be done, with the values of its places.
struct Line {
  std::int64_t number = 0;
  std::string verb;  ///< the pattern's fixed words, "expect running"
  std::map<std::string, std::string> words;
  std::map<std::string, std::int64_t> numbers;
  std::map<std::string, schemas::Duration> spans;

  [[nodiscard]] std::string word(const std::string& place) const;
  [[nodiscard]] bool has(const std::string& option) const;
  [[nodiscard]] std::optional<std::int64_t> number_of(const std::string& place) const;
  [[nodiscard]] std::optional<schemas::Duration> span_of(const std::string& place) const;
};

/// A story as text: its first comment is the sentence that it proves.
struct Scenario {
  std::string sentence;
  std::vector<Line> lines;
  std::vector<std::string> errors;  ///< "7: there is no command 'parttion'"
};

Scenario read_scenario(std::string_view text);

/// The commands there are, one pattern each. Capital words are places: N a number, SPAN a time
/// ("90s", "-2h", "1m30s"), HOST "host-2", TEXT something in quotes, others a name. What stands in
/// brackets may be left out and comes in any order.
const std::vector<std::string>& patterns();

}  // namespace sim

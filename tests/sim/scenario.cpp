#include "tests/sim/scenario.h"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace sim {

using schemas::Duration;

namespace {

struct Token {
  std::string text;
  bool quoted = false;
};

/// Words of a line, quoted ones as one, up to a comment. An unclosed quote takes the rest.
std::vector<Token> tokens_of(std::string_view line, bool& closed) {
  std::vector<Token> tokens;
  closed = true;
  std::size_t at = 0;
  while (at < line.size()) {
    if (std::isspace(static_cast<unsigned char>(line[at])) != 0) {
      ++at;
    } else if (line[at] == '#') {
      break;
    } else if (line[at] == '"') {
      const std::size_t end = line.find('"', at + 1);
      closed = end != std::string_view::npos;
      tokens.push_back({std::string(line.substr(at + 1, end - at - 1)), true});
      at = closed ? end + 1 : line.size();
    } else {
      const std::size_t end = line.find_first_of(" \t#\"", at);
      tokens.push_back({std::string(line.substr(at, end - at)), false});
      at = end == std::string_view::npos ? line.size() : end;
    }
  }
  return tokens;
}

std::optional<std::int64_t> read_number(std::string_view text) {
  std::int64_t number = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && stop == text.data() + text.size() && number >= 0
             ? std::optional(number)
             : std::nullopt;
}

std::optional<Duration> read_span(std::string_view text) {
  const bool negative = text.starts_with("-");
  text.remove_prefix(negative || text.starts_with("+") ? 1 : 0);
  Duration span{};
  if (text.empty()) {
    return std::nullopt;
  }
  while (!text.empty()) {
    const std::size_t unit = text.find_first_not_of("0123456789");
    const std::size_t next = std::min(text.find_first_of("0123456789", unit), text.size());
    if (unit == 0 || unit == std::string_view::npos) {
      return std::nullopt;
    }
    const std::optional<std::int64_t> count = read_number(text.substr(0, unit));
    const std::string_view name = text.substr(unit, next - unit);
    constexpr std::int64_t minute = 60'000;
    const std::int64_t ms = name == "ms"  ? 1
                            : name == "s" ? 1'000
                            : name == "m" ? minute
                            : name == "h" ? 60 * minute
                                          : 0;
    if (!count || ms == 0) {
      return std::nullopt;
    }
    span += Duration(*count * ms);
    text.remove_prefix(next);
  }
  return negative ? -span : span;
}

bool is_place(std::string_view word) {
  return std::all_of(word.begin(), word.end(), [](char letter) {
    return std::isupper(static_cast<unsigned char>(letter)) != 0;
  });
}

/// "N", "SPAN" or "HOST" with a letter more stand for the same kind: "SPANA".
bool is_kind(std::string_view place, std::string_view kind) {
  return place.substr(0, kind.size()) == kind && place.size() <= kind.size() + 1;
}

/// Puts a word into the place of that name; answers what the place wants when it does not fit.
std::string fill(Line& line, const std::string& place, const Token& token) {
  if (place == "TEXT") {
    line.words[place] = token.text;
    return token.quoted ? "" : "a text in quotes";
  }
  if (token.quoted) {
    return "no text in quotes";
  }
  if (is_kind(place, "SPAN")) {
    const std::optional<Duration> span = read_span(token.text);
    line.spans[place] = span.value_or(Duration{});
    return span ? "" : "a time such as 90s, 1m30s or 500ms";
  }
  if (place == "N") {
    const std::optional<std::int64_t> number = read_number(token.text);
    line.numbers[place] = number.value_or(0);
    return number ? "" : "a number";
  }
  if (place == "HOST") {
    line.words[place] = token.text;
    const bool host = token.text.starts_with("host-") && read_number(token.text.substr(5));
    return host ? "" : "a host such as host-1";
  }
  line.words[place] = token.text;
  return "";
}

struct Option {
  std::string name;
  std::string place;  ///< empty = a bare word
};

/// A pattern in its parts: fixed words and places in order, then options.
struct Pattern {
  std::vector<std::string> fixed;
  std::vector<Option> options;
};

Pattern pattern_of(const std::string& text) {
  Pattern pattern;
  bool closed = true;
  bool inside = false;
  for (Token& token : tokens_of(text, closed)) {
    std::string& word = token.text;
    const bool opens = word.starts_with("[");
    const bool closes = word.ends_with("]");
    word = word.substr(opens ? 1 : 0, word.size() - (opens ? 1 : 0) - (closes ? 1 : 0));
    if (opens) {
      pattern.options.push_back({word, ""});
    } else if (inside) {
      pattern.options.back().place = word;
    } else {
      pattern.fixed.push_back(word);
    }
    inside = (opens || inside) && !closes;
  }
  return pattern;
}

/// How many fixed words agree before the first place: the better a pattern agrees, the likelier it
/// is what was meant.
std::size_t agreement(const Pattern& pattern, const std::vector<Token>& tokens) {
  std::size_t at = 0;
  while (at < pattern.fixed.size() && at < tokens.size() && !is_place(pattern.fixed[at]) &&
         pattern.fixed[at] == tokens[at].text) {
    ++at;
  }
  return at;
}

std::size_t leading_words(const Pattern& pattern) {
  return static_cast<std::size_t>(
      std::find_if(pattern.fixed.begin(), pattern.fixed.end(), is_place) - pattern.fixed.begin());
}

std::string read_options(const Pattern& pattern, const std::vector<Token>& tokens, std::size_t at,
                         Line& line) {
  while (at < tokens.size()) {
    const auto option =
        std::find_if(pattern.options.begin(), pattern.options.end(),
                     [&](const Option& one) { return one.name == tokens[at].text; });
    if (option == pattern.options.end()) {
      return "'" + tokens[at].text + "' does not belong here";
    }
    if (line.has(option->name)) {
      return "'" + option->name + "' stands there twice";
    }
    line.words[option->name] = "";
    ++at;
    if (option->place.empty()) {
      continue;
    }
    if (at == tokens.size()) {
      return "'" + option->name + "' wants " + option->place + " after it";
    }
    Line value;
    const std::string wants = fill(value, option->place, tokens[at]);
    if (!wants.empty()) {
      return "'" + option->name + "' wants " + wants + ", not '" + tokens[at].text + "'";
    }
    line.words[option->name] = tokens[at].text;
    for (const auto& [place, number] : value.numbers) {
      line.numbers[option->name] = number;
    }
    for (const auto& [place, span] : value.spans) {
      line.spans[option->name] = span;
    }
    ++at;
  }
  return "";
}

/// Reads a line by one pattern; answers what is wrong with it.
std::string read_by(const Pattern& pattern, const std::vector<Token>& tokens, Line& line) {
  for (std::size_t at = 0; at < pattern.fixed.size(); ++at) {
    const std::string& wanted = pattern.fixed[at];
    if (at >= tokens.size()) {
      return "the line ends where " + wanted + " is due";
    }
    if (!is_place(wanted)) {
      if (tokens[at].text != wanted) {
        return "'" + wanted + "' is due, not '" + tokens[at].text + "'";
      }
      line.verb += (line.verb.empty() ? "" : " ") + wanted;
      continue;
    }
    const std::string wants = fill(line, wanted, tokens[at]);
    if (!wants.empty()) {
      return wanted + " is to be " + wants + ", not '" + tokens[at].text + "'";
    }
  }
  return read_options(pattern, tokens, pattern.fixed.size(), line);
}

void read_line(std::string_view text, std::int64_t number, Scenario& scenario) {
  const std::string where = std::to_string(number) + ": ";
  bool closed = true;
  const std::vector<Token> tokens = tokens_of(text, closed);
  if (!closed) {
    scenario.errors.push_back(where + "a quote is not closed");
    return;
  }
  if (tokens.empty()) {
    return;
  }
  Pattern best;
  std::size_t agrees = 0;
  for (const std::string& each : patterns()) {
    const Pattern pattern = pattern_of(each);
    const std::size_t here = agreement(pattern, tokens);
    if (here == leading_words(pattern) && here > agrees) {
      best = pattern;
      agrees = here;
    }
  }
  if (agrees == 0) {
    scenario.errors.push_back(where + "there is no command '" + tokens.front().text + "'");
    return;
  }
  Line line;
  line.number = number;
  const std::string error = read_by(best, tokens, line);
  if (error.empty()) {
    scenario.lines.push_back(std::move(line));
  } else {
    scenario.errors.push_back(where + error);
  }
}

}  // namespace

std::string Line::word(const std::string& place) const {
  const auto found = words.find(place);
  return found == words.end() ? "" : found->second;
}

bool Line::has(const std::string& option) const { return words.contains(option); }

std::optional<std::int64_t> Line::number_of(const std::string& place) const {
  const auto found = numbers.find(place);
  return found == numbers.end() ? std::nullopt : std::optional(found->second);
}

std::optional<Duration> Line::span_of(const std::string& place) const {
  const auto found = spans.find(place);
  return found == spans.end() ? std::nullopt : std::optional(found->second);
}

const std::vector<std::string>& patterns() {
  static const std::vector<std::string> table{
      // The house, before anything happens in it.
      "hosts N [cpu N] [memory N] [enis N]",
      "pool N [cpu N] [memory N] [enis N]",
      "set KNOB SPAN",
      "messages as text",
      // What callers do.
      // One pattern on several lines. NOLINTNEXTLINE(bugprone-suspicious-missing-comma)
      "define FAMILY PLACE [cpu N] [memory N] [port N] [prepared] [guarded] [checked] "
      "[role NAME] "
      "[sick-after SPAN] [ends-after SPAN] "
      "[exit-code N] [ignores-stop] [stop-takes SPAN] [kill-takes SPAN] [pull-takes SPAN] "
      "[pull-fails] [pull-hangs] [moves SPAN]",
      "service NAME of FAMILY count N [min N] [max N] [failures N] [rollback]",
      "daemon NAME of FAMILY [min N] [max N] [failures N] [rollback]",
      "scale NAME N",
      "update NAME [to FAMILY] [force] [min N] [max N] [pause-before] [pause-after]",
      "continue NAME [back]",
      "delete NAME",
      "run FAMILY [count N] [token NAME]",
      "repeat NAME",
      "stop FAMILY",
      "drain HOST",
      "activate HOST",
      "deregister HOST",
      "role NAME",
      // Time.
      "wait SPAN",
      "wait stable",
      "wait running FAMILY N",
      "wait answered",
      // What goes wrong.
      "partition HOST [to-control] [from-control]",
      "heal",
      "loss N",
      "repetition N",
      "delay SPAN",
      "kill HOST [times N] [every SPAN]",
      "kill-in-step N",
      "reboot HOST [power-lost] [data-lost] [down SPAN]",
      "down HOST [power-lost] [data-lost]",
      "up HOST",
      "clock HOST SPAN",
      "clock control SPAN",
      "crash control [before-commit] [after-commit] [stays-down]",
      "start control",
      "exit FAMILY code N",
      // What must be so.
      "expect running FAMILY N",
      "expect really running FAMILY N",
      "expect made FAMILY N",
      "expect stopped FAMILY N [because TEXT]",
      "expect on HOST FAMILY N",
      "expect lost N",
      "expect event NAME TEXT",
      "expect answered NAME N",
      "expect refused TEXT",
      "expect metered FAMILY SPANA SPANB",
  };
  return table;
}

Scenario read_scenario(std::string_view text) {
  Scenario scenario;
  std::int64_t number = 0;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    ++number;
    const bool comment = line.starts_with("# ");
    if (comment && scenario.lines.empty()) {
      scenario.sentence += (scenario.sentence.empty() ? "" : " ") + std::string(line.substr(2));
    }
    read_line(line, number, scenario);
  }
  if (scenario.sentence.empty()) {
    scenario.errors.emplace_back(
        "1: a scenario begins with a comment: the sentence that it proves");
  }
  return scenario;
}

}  // namespace sim

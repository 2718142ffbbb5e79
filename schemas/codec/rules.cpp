#include "schemas/codec/rules.h"

#include <algorithm>
#include <numeric>
#include <vector>

namespace codec {

namespace {

/// Whether `character` is in ranges written as in a bracket expression: "a-zA-Z0-9_-".
bool allowed(char character, std::string_view ranges) {
  for (std::size_t at = 0; at < ranges.size(); ++at) {
    if (at + 2 < ranges.size() && ranges[at + 1] == '-') {
      if (character >= ranges[at] && character <= ranges[at + 2]) {
        return true;
      }
      at += 2;
    } else if (character == ranges[at]) {
      return true;
    }
  }
  return false;
}

/// Insertions, deletions and replacements that lead from one word to the other.
std::size_t slips(std::string_view from, std::string_view to) {
  std::vector<std::size_t> row(to.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < from.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < to.size(); ++j) {
      const std::size_t replaced = diagonal + (from[i] == to[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

std::string broken_amount(const Rules& rules, std::int64_t amount, std::string_view unit) {
  const bool limited = rules.most >= rules.least;
  if (amount >= rules.least && (!limited || amount <= rules.most)) {
    return "";
  }
  const std::string range =
      limited ? "between " + std::to_string(rules.least) + " and " + std::to_string(rules.most)
              : "at least " + std::to_string(rules.least);
  return (unit.empty() ? "must be " : "must have ") + range + std::string(unit) + ", found " +
         std::to_string(amount);
}

std::string broken_text(const Rules& rules, std::string_view text) {
  if (rules.least > 0 && text.empty()) {
    return "must not be empty";
  }
  std::string length = broken_amount(rules, static_cast<std::int64_t>(text.size()), " bytes");
  if (!length.empty() || rules.characters.empty()) {
    return length;
  }
  const bool fits = std::all_of(text.begin(), text.end(), [&rules](char character) {
    return allowed(character, rules.characters);
  });
  return fits ? ""
              : "may consist of the characters " + std::string(rules.characters) + " only, found " +
                    quoted(text);
}

}  // namespace

std::string printable(std::string_view text) {
  constexpr std::size_t length_max = 64;
  std::string shown;
  for (const char character : text.substr(0, length_max)) {
    shown.push_back(character >= ' ' && character <= '~' ? character : '?');
  }
  return shown + (text.size() > length_max ? "…" : "");
}

std::string quoted(std::string_view text) { return "\"" + printable(text) + "\""; }

std::string listed(std::span<const std::string_view> names) {
  std::string text;
  for (std::size_t at = 0; at < names.size(); ++at) {
    if (at > 0) {
      text += at + 1 == names.size() ? " or " : ", ";
    }
    text += names[at];
  }
  return text;
}

std::size_t find_member(std::span<const Member> members, std::string_view name,
                        std::size_t expected) {
  if (expected < members.size() && members[expected].name == name) {
    return expected;
  }
  for (std::size_t at = 0; at < members.size(); ++at) {
    if (members[at].name == name) {
      return at;
    }
  }
  return members.size();
}

std::string_view nearest_member(std::span<const Member> members, std::string_view name) {
  std::string_view nearest;
  std::size_t slips_least = 3;
  constexpr std::size_t length_max = 64;  // a longer name is no slip, and the search is quadratic
  if (name.size() > length_max) {
    return nearest;
  }
  for (const Member& member : members) {
    const std::size_t count = slips(name, member.name);
    if (count < slips_least && count < member.name.size()) {
      slips_least = count;
      nearest = member.name;
    }
  }
  return nearest;
}

std::string broken_only(std::string_view json, const Rules& rules) {
  if (std::find(rules.only.begin(), rules.only.end(), json) != rules.only.end()) {
    return "";
  }
  return "is not supported yet beyond " + listed(rules.only) + ": leave it out or send that";
}

std::string broken_rule(const Rules& rules, const Type& type, const void* value) {
  switch (type.kind) {
    case Kind::optional: {
      const void* content = type.optional->content(value);
      return content == nullptr ? "" : broken_rule(rules, *type.element, content);
    }
    case Kind::text:
      return broken_text(rules, *static_cast<const std::string*>(value));
    case Kind::signed_32:
      return broken_amount(rules, *static_cast<const std::int32_t*>(value), "");
    case Kind::signed_64:
      return broken_amount(rules, *static_cast<const std::int64_t*>(value), "");
    case Kind::list:
      return broken_amount(rules, static_cast<std::int64_t>(type.list->size(value)), " entries");
    default:
      return "";
  }
}

}  // namespace codec

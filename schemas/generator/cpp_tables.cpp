#include <limits>
#include <set>

#include "schemas/generator/cpp.h"
#include "schemas/generator/text.h"

namespace generator {

namespace {

/// A list of JSON strings, as C++ string literals.
std::string literals(const std::vector<std::string>& texts) {
  std::string joined;
  for (const std::string& text : texts) {
    joined += (joined.empty() ? "" : ", ") + json_quoted(text);
  }
  return joined;
}

/// A cut-off for whole numbers without limits of their own: ECS reads 32 bits.
Member with_limits(Member member, const Shape& shape) {
  if (shape.of_input && member.type == "integer" && member.holds == Holds::one && !member.most) {
    member.most = std::numeric_limits<std::int32_t>::max();
    if (!member.least) {
      member.least = std::numeric_limits<std::int32_t>::min();
    }
  }
  return member;
}

/// Defines the member's rules and returns how the table refers to them.
std::string rules_text(const Member& member, const std::string& name, std::string& definitions) {
  if (member.support == Support::refused ||
      (!member.least && !member.most && member.characters.empty() && member.only.empty())) {
    return "nullptr";
  }
  std::string only = "{}";
  if (!member.only.empty()) {
    only = name + "_only";
    definitions += "constexpr std::array<std::string_view, " + std::to_string(member.only.size()) +
                   "> " + only + "{" + literals(member.only) + "};\n";
  }
  definitions += "constexpr Rules " + name +
                 "{.least = " + std::to_string(member.least.value_or(0)) +
                 ", .most = " + std::to_string(member.most.value_or(-1)) +
                 (member.least && !member.most ? " /* none */" : "") +
                 ", .characters = " + json_quoted(member.characters) + ", .only = " + only + "};\n";
  return "&" + name;
}

std::string member_row(const Api& api, const Shape& shape, const Member& member,
                       const std::string& rules) {
  const std::string field = snake_case(member.name);
  const bool held = !cpp_type(api, member).empty();
  std::string row = "    Member{.name = " + json_quoted(member.name);
  if (held) {
    row += ", .offset = offsetof(api::" + shape.name + ", " + field + ")";
    row += ", .type = &TypeOf<decltype(api::" + shape.name + "::" + field + ")>::type";
  } else {
    row += ", .offset = 0, .type = nullptr";
  }
  row += std::string(", .presence = Member::Presence::") + (member.required ? "must" : "may");
  row += std::string(", .support = Support::") + (held ? "acts" : "refused");
  row += ", .rules = " + rules;
  return row + (member.secret ? ", .secrecy = Secrecy::likely},\n" : "},\n");
}

std::string shape_table(const Api& api, const Shape& shape) {
  const std::string prefix = snake_case(shape.name);
  std::string definitions;
  std::string rows;
  for (const Member& stated : shape.members) {
    const Member member = with_limits(stated, shape);
    std::string name = prefix;
    name.append("_").append(snake_case(member.name)).append("_rules");
    rows += member_row(api, shape, member, rules_text(member, name, definitions));
  }
  return definitions + "constexpr std::array<Member, " + std::to_string(shape.members.size()) +
         "> " + prefix + "_members{{\n" + rows + "}};\n";
}

std::string enumeration_table(const Enumeration& enumeration) {
  return "constexpr std::array<std::string_view, " + std::to_string(enumeration.values.size()) +
         "> " + snake_case(enumeration.name) + "_names{" + literals(enumeration.values) + "};\n";
}

std::uint64_t refused_bits(const Enumeration& enumeration) {
  std::uint64_t bits = 0;
  for (std::size_t at = 0; at < enumeration.values.size(); ++at) {
    for (const std::string& refused : enumeration.refused) {
      bits |= refused == enumeration.values[at] ? std::uint64_t{1} << at : 0;
    }
  }
  return bits;
}

std::string described(const std::string& name, const std::string& fields) {
  return "template <>\nconstinit const Type Described<api::" + name + ">::type{" + fields + "};\n";
}

}  // namespace

std::string tables_source(const Api& api) {
  std::string text =
      "// Generated from schemas/api: change that.\n#include <array>\n#include <cstddef>\n\n";
  for (const std::string& family : api.families) {
    text += "#include \"api/" + family + ".h\"\n";
  }
  text +=
      "#include \"schemas/codec/access.h\"\n\n"
      "#pragma GCC diagnostic ignored \"-Winvalid-offsetof\"\n\nnamespace codec {\n\nnamespace "
      "{\n\n";
  std::string types;
  std::set<std::string> used;
  for (const auto& [name, shape] : api.shapes) {
    if (!has_struct(shape)) {
      continue;
    }
    text += shape_table(api, shape);
    types += described(name, ".kind = Kind::structure, .name = " + json_quoted(name) +
                                 ", .members = " + snake_case(name) + "_members");
    for (const Member& member : shape.members) {
      if (member.support != Support::refused && api.enumerations.contains(member.type)) {
        used.insert(member.type);
      }
    }
  }
  for (const std::string& name : used) {
    const Enumeration& enumeration = api.enumerations.at(name);
    text += enumeration_table(enumeration);
    types += described(name, ".kind = Kind::choice, .name = " + json_quoted(name) +
                                 ", .names = " + snake_case(name) + "_names, .refused = " +
                                 std::to_string(refused_bits(enumeration)) + "U");
  }
  return text + "\n}  // namespace\n\n" + types + "\n}  // namespace codec\n";
}

}  // namespace generator

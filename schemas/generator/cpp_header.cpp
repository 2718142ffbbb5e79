#include <algorithm>
#include <functional>
#include <set>

#include "schemas/generator/cpp.h"
#include "schemas/generator/text.h"

namespace generator {

namespace {

std::string scalar_type(const std::string& type) {
  if (type == "string") {
    return "std::string";
  }
  if (type == "boolean") {
    return "bool";
  }
  if (type == "integer" || type == "long") {
    return "std::int64_t";
  }
  if (type == "double") {
    return "double";
  }
  return type == "timestamp" ? "schemas::Instant" : type;
}

/// Enumerations that a member of some struct holds.
std::set<std::string> used_enumerations(const Api& api) {
  std::set<std::string> used;
  for (const auto& [name, shape] : api.shapes) {
    for (const Member& member : shape.members) {
      const bool held = has_struct(shape) && member.support != Support::refused;
      if (held && api.enumerations.contains(member.type)) {
        used.insert(member.type);
      }
    }
  }
  return used;
}

/// The shapes of a family in an order in which each is defined before it is used.
std::vector<const Shape*> ordered_shapes(const Api& api, const std::string& family) {
  std::vector<const Shape*> order;
  std::set<std::string> seen;
  const std::function<void(const Shape&)> add = [&](const Shape& shape) {
    if (shape.family != family || !has_struct(shape) || !seen.insert(shape.name).second) {
      return;
    }
    for (const Member& member : shape.members) {
      const auto below = api.shapes.find(member.type);
      if (member.support == Support::acts && below != api.shapes.end()) {
        add(below->second);
      }
    }
    order.push_back(&shape);
  };
  for (const auto& [name, shape] : api.shapes) {
    add(shape);
  }
  return order;
}

std::string struct_text(const Api& api, const Shape& shape) {
  std::string text = "struct " + shape.name + " {\n";
  for (const Member& member : shape.members) {
    const std::string type = cpp_type(api, member);
    if (type.empty()) {
      continue;
    }
    if (!member.doc.empty()) {
      text += "  /// " + member.doc + "\n";
    }
    text += "  " + (member.required ? type : "std::optional<" + type + ">") + " " +
            snake_case(member.name) + "{};\n";
  }
  return text + "};\n\n";
}

std::string enumeration_text(const Enumeration& enumeration) {
  std::string text = "enum class " + enumeration.name + " : std::uint8_t {\n";
  for (const std::string& value : enumeration.values) {
    text += "  " + snake_case(value) + ",\n";
  }
  return text + "};\n\n";
}

/// Other families whose shapes this one's members hold.
std::set<std::string> families_used(const Api& api, const std::string& family) {
  std::set<std::string> used;
  for (const auto& [name, shape] : api.shapes) {
    if (shape.family != family || !has_struct(shape)) {
      continue;
    }
    for (const Member& member : shape.members) {
      const auto below = api.shapes.find(member.type);
      const auto choice = api.enumerations.find(member.type);
      if (below != api.shapes.end() && member.support == Support::acts) {
        used.insert(below->second.family);
      } else if (choice != api.enumerations.end() && member.support != Support::refused) {
        used.insert(choice->second.family);
      }
    }
  }
  used.erase(family);
  return used;
}

}  // namespace

std::string cpp_type(const Api& api, const Member& member) {
  if (member.support == Support::refused) {
    return "";
  }
  if (member.support == Support::only && member.holds == Holds::list) {
    return "codec::EmptyList";
  }
  if (member.support == Support::only && api.shapes.contains(member.type)) {
    return "codec::EmptyObject";
  }
  std::string type = scalar_type(member.type);
  switch (member.holds) {
    case Holds::list:
      return "std::vector<" + type + ">";
    case Holds::map:
      return "std::map<std::string, " + type + ">";
    case Holds::one:
      break;
  }
  return type;
}

std::string family_header(const Api& api, const std::string& family) {
  std::string text = "// Generated from schemas/api/" + family +
                     ".yaml: change that.\n#pragma once\n\n#include <cstdint>\n#include <map>\n"
                     "#include <optional>\n#include <string>\n#include <vector>\n\n";
  for (const std::string& other : families_used(api, family)) {
    text += "#include \"api/" + other + ".h\"\n";
  }
  text +=
      "#include \"schemas/base/time.h\"\n#include \"schemas/codec/type.h\"\n\nnamespace api {\n\n";
  std::string described;
  const auto describe = [&described](const std::string& name) {
    described += "template <>\nconst Type Described<api::" + name + ">::type;\n";
  };
  for (const std::string& name : used_enumerations(api)) {
    if (api.enumerations.at(name).family == family) {
      text += enumeration_text(api.enumerations.at(name));
      describe(name);
    }
  }
  for (const Shape* shape : ordered_shapes(api, family)) {
    text += struct_text(api, *shape);
    describe(shape->name);
  }
  return text + "}  // namespace api\n\nnamespace codec {\n\n" + described +
         "\n}  // namespace codec\n";
}

std::string operations_header(const Api& api) {
  std::string text =
      "// Generated from schemas/api: change that.\n#pragma once\n\n#include <cstdint>\n\n"
      "#include \"schemas/codec/api.h\"\n\nnamespace api {\n\n"
      "enum class OperationId : std::uint8_t {\n";
  for (const Operation& operation : api.operations) {
    text += "  " + snake_case(operation.name) + ",  ///< " + operation.doc + "\n";
  }
  return text + "};\n\n}  // namespace api\n";
}

}  // namespace generator

#include "schemas/generator/model.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <exception>
#include <filesystem>
#include <set>

#include "schemas/generator/text.h"

namespace generator {

namespace {

using schemas::Done;
using schemas::Error;
using schemas::Outcome;

Error wrong(const std::string& what) {
  return {.code = schemas::ErrorCode::invalid_parameter, .message = what};
}

/// An inert value as the JSON text that a caller would send.
std::string json_of(const YAML::Node& node) {
  std::string text;
  switch (node.Type()) {
    case YAML::NodeType::Sequence:
      for (const YAML::Node& item : node) {
        text += (text.empty() ? "" : ",") + json_of(item);
      }
      return "[" + text + "]";
    case YAML::NodeType::Map:
      for (const auto& pair : node) {
        text += (text.empty() ? "" : ",") + json_quoted(pair.first.Scalar()) + ":" +
                json_of(pair.second);
      }
      return "{" + text + "}";
    default: {
      const std::string& scalar = node.Scalar();
      const bool number = !scalar.empty() && std::all_of(scalar.begin(), scalar.end(), [](char c) {
        return c >= '0' && c <= '9';
      });
      const bool literal = node.Tag() != "!" && (number || scalar == "true" || scalar == "false");
      return literal ? scalar : json_quoted(scalar);
    }
  }
}

Outcome read_support(const std::string& value, Member& member) {
  if (value != "acts" && value != "refused") {
    return wrong(member.name + ": support is acts or refused, found " + value);
  }
  member.support = value == "acts" ? Support::acts : Support::refused;
  return Done{};
}

using MemberKey = Outcome (*)(const YAML::Node& value, Member& member);

/// What each key of a member's line says.
const std::map<std::string, MemberKey>& member_keys() {
  static const auto type = [](Holds holds, const YAML::Node& value, Member& member) -> Outcome {
    member.holds = holds;
    member.type = value.as<std::string>();
    return Done{};
  };
  static const std::map<std::string, MemberKey> keys = {
      {"type", [](const YAML::Node& value, Member& m) { return type(Holds::one, value, m); }},
      {"list", [](const YAML::Node& value, Member& m) { return type(Holds::list, value, m); }},
      {"map", [](const YAML::Node& value, Member& m) { return type(Holds::map, value, m); }},
      {"required",
       [](const YAML::Node& value, Member& m) -> Outcome {
         m.required = value.as<bool>();
         return Done{};
       }},
      {"token",
       [](const YAML::Node& value, Member& m) -> Outcome {
         m.token = value.as<bool>();
         return Done{};
       }},
      {"secret",
       [](const YAML::Node& value, Member& m) -> Outcome {
         m.secret = value.as<bool>();
         return Done{};
       }},
      {"least",
       [](const YAML::Node& value, Member& m) -> Outcome {
         m.least = value.as<std::int64_t>();
         return Done{};
       }},
      {"most",
       [](const YAML::Node& value, Member& m) -> Outcome {
         m.most = value.as<std::int64_t>();
         return Done{};
       }},
      {"characters",
       [](const YAML::Node& value, Member& m) -> Outcome {
         m.characters = value.as<std::string>();
         return Done{};
       }},
      {"doc",
       [](const YAML::Node& value, Member& m) -> Outcome {
         m.doc = value.as<std::string>();
         return Done{};
       }},
      {"support",
       [](const YAML::Node& value, Member& m) { return read_support(value.as<std::string>(), m); }},
      {"only",
       [](const YAML::Node& value, Member& m) -> Outcome {
         m.support = Support::only;
         for (const YAML::Node& inert : value) {
           m.only.push_back(json_of(inert));
         }
         return Done{};
       }},
  };
  return keys;
}

Outcome read_member(const std::string& name, const YAML::Node& node, Member& member) {
  member.name = name;
  for (const auto& pair : node) {
    const auto key = member_keys().find(pair.first.as<std::string>());
    if (key == member_keys().end()) {
      return wrong(std::string(name).append(": what is ").append(pair.first.Scalar()).append("?"));
    }
    Outcome outcome = key->second(pair.second, member);
    if (!outcome.ok()) {
      return outcome;
    }
  }
  return member.type.empty() ? wrong(name + ": has no type, list or map") : Outcome(Done{});
}

Outcome read_operation(const YAML::Node& node, Operation& operation) {
  for (const auto& pair : node) {
    const auto key = pair.first.as<std::string>();
    const YAML::Node& value = pair.second;
    if (key == "input") {
      operation.input = value.as<std::string>();
    } else if (key == "output") {
      operation.output = value.as<std::string>();
    } else if (key == "errors") {
      operation.errors = value.as<std::vector<std::string>>();
    } else if (key == "invalid") {
      operation.invalid = value.as<std::string>();
    } else if (key == "page") {
      operation.page = Page{.result = value["result"].as<std::string>(),
                            .size = value["size"].as<std::int64_t>()};
    } else if (key == "rest") {
      const auto rest = value.as<std::string>();
      operation.method = rest.substr(0, rest.find(' '));
      operation.path = rest.substr(rest.find(' ') + 1);
    } else if (key == "doc") {
      operation.doc = value.as<std::string>();
    } else {
      return wrong(operation.name + ": what is " + key + "?");
    }
  }
  return Done{};
}

Outcome read_shapes(const YAML::Node& node, const std::string& family, Api& api) {
  for (const auto& pair : node) {
    Shape shape;
    shape.name = pair.first.as<std::string>();
    shape.family = family;
    for (const auto& entry : pair.second) {
      Outcome outcome =
          read_member(entry.first.as<std::string>(), entry.second, shape.members.emplace_back());
      if (!outcome.ok()) {
        return wrong(shape.name + "." + outcome.error().message);
      }
    }
    const std::string name = shape.name;
    if (!api.shapes.emplace(name, std::move(shape)).second) {
      return wrong(name + " is defined twice");
    }
  }
  return Done{};
}

Outcome read_enumerations(const YAML::Node& node, const std::string& family, Api& api) {
  for (const auto& pair : node) {
    Enumeration enumeration;
    enumeration.name = pair.first.as<std::string>();
    enumeration.family = family;
    enumeration.values = pair.second["values"].as<std::vector<std::string>>();
    if (pair.second["refused"]) {
      enumeration.refused = pair.second["refused"].as<std::vector<std::string>>();
    }
    const std::string name = enumeration.name;
    if (!api.enumerations.emplace(name, std::move(enumeration)).second) {
      return wrong(name + " is defined twice");
    }
  }
  return Done{};
}

Outcome read_document(const YAML::Node& root, const std::string& family, Api& api) {
  for (const YAML::Node& name : root["later"]) {
    api.later.push_back(name.as<std::string>());
  }
  if (!root["shapes"]) {
    return Done{};
  }
  const bool later = root["later"].IsDefined();
  if (!later) {
    api.families.push_back(family);
  }
  for (const auto& pair : root["operations"]) {
    Operation operation;
    operation.name = pair.first.as<std::string>();
    operation.family = family;
    operation.ours = root["service"] && root["service"].as<std::string>() == "stowage";
    Outcome outcome = read_operation(pair.second, operation);
    if (!outcome.ok()) {
      return outcome;
    }
    (later ? api.later_described : api.operations).push_back(std::move(operation));
  }
  Outcome outcome = read_shapes(root["shapes"], family, api);
  return outcome.ok() ? read_enumerations(root["enums"], family, api) : outcome;
}

}  // namespace

Outcome read_family(const std::string& path, Api& api) {
  const std::string family = std::filesystem::path(path).stem().string();
  try {
    Outcome outcome = read_document(YAML::LoadFile(path), family, api);
    return outcome.ok() ? outcome : wrong(path + ": " + outcome.error().message);
  } catch (const std::exception& exception) {  // yaml-cpp throws on syntax and on wrong types
    return wrong(path + ": " + exception.what());
  }
}

}  // namespace generator

#include <algorithm>
#include <set>

#include "schemas/generator/model.h"
#include "schemas/generator/text.h"

namespace generator {

namespace {

using schemas::Done;
using schemas::Error;
using schemas::Outcome;

Error wrong(const std::string& what) {
  return {.code = schemas::ErrorCode::invalid_parameter, .message = what};
}

bool is_scalar(const std::string& type) {
  static const std::set<std::string> scalars = {"string", "boolean", "integer",
                                                "long",   "double",  "timestamp"};
  return scalars.contains(type);
}

/// Whether the engine goes on into the member's shape.
bool is_entered(const Api& api, const Member& member) {
  return member.support == Support::acts && api.shapes.contains(member.type);
}

void mark(Api& api, const std::string& name, bool Shape::*role) {
  Shape& shape = api.shapes.at(name);
  if (shape.*role) {
    return;
  }
  shape.*role = true;
  for (const Member& member : shape.members) {
    if (is_entered(api, member)) {
      mark(api, member.type, role);
    }
  }
}

Outcome check_member(const Api& api, const Shape& shape, const Member& member) {
  const std::string where = shape.name + "." + member.name;
  const bool known = is_scalar(member.type) || api.shapes.contains(member.type) ||
                     api.enumerations.contains(member.type);
  if (!known) {
    return wrong(where + ": there is no shape " + member.type);
  }
  if ((shape.of_input || shape.of_output) && member.support == Support::unstated) {
    return wrong(where + ": say whether it acts, is refused, or which values are let through");
  }
  if (shape.of_input && member.support == Support::acts && member.doc.empty()) {
    return wrong(where + ": a member that acts needs a doc");
  }
  if (member.required && member.support == Support::refused) {
    return wrong(where + ": required and refused at once");
  }
  return Done{};
}

Outcome check_operation(const Api& api, const Operation& operation) {
  for (const std::string& name : {operation.input, operation.output}) {
    if (!api.shapes.contains(name)) {
      return wrong(operation.name + ": there is no shape " + name);
    }
  }
  if (operation.path.empty() || operation.doc.empty()) {
    return wrong(operation.name + ": needs a REST route and a doc");
  }
  const std::vector<Member>& members = api.shapes.at(operation.input).members;
  for (const std::string& parameter : path_parameters(operation.path)) {
    const bool found = std::any_of(members.begin(), members.end(),
                                   [&](const Member& member) { return member.name == parameter; });
    if (!found) {
      return wrong(operation.name + ": " + operation.input + " has no member " + parameter);
    }
  }
  return Done{};
}

}  // namespace

Outcome check(Api& api) {
  for (const Operation& operation : api.operations) {
    Outcome outcome = check_operation(api, operation);
    if (!outcome.ok()) {
      return outcome;
    }
    mark(api, operation.input, &Shape::of_input);
    mark(api, operation.output, &Shape::of_output);
  }
  for (const auto& [name, shape] : api.shapes) {
    for (const Member& member : shape.members) {
      Outcome outcome = check_member(api, shape, member);
      if (!outcome.ok()) {
        return outcome;
      }
    }
  }
  return Done{};
}

}  // namespace generator

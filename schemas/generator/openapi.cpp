#include "schemas/generator/openapi.h"

#include <algorithm>
#include <map>

#include "schemas/generator/json.h"
#include "schemas/generator/text.h"

namespace generator {

namespace {

bool shown(const Member& member) { return member.support != Support::refused; }

std::string reference(const std::string& name) {
  return JsonObject().add_text("$ref", "#/components/schemas/" + name).text();
}

void add_limits(const Member& member, JsonObject& json) {
  const bool text = member.type == "string" && member.holds == Holds::one;
  const bool list = member.holds == Holds::list;
  if (member.least) {
    json.add_number(list ? "minItems" : text ? "minLength" : "minimum", *member.least);
  }
  if (member.most) {
    json.add_number(list ? "maxItems" : text ? "maxLength" : "maximum", *member.most);
  }
  if (!member.characters.empty()) {
    json.add_text("pattern", "^[" + member.characters + "]*$");
  }
}

void add_type(const std::string& type, JsonObject& json) {
  if (type == "integer" || type == "long") {
    json.add_text("type", "integer").add_text("format", type == "long" ? "int64" : "int32");
  } else if (type == "double") {
    json.add_text("type", "number").add_text("format", "double");
  } else if (type == "timestamp") {
    json.add_text("type", "number")
        .add_text("description", "Seconds since 1970, to the millisecond.");
  } else {
    json.add_text("type", type);
  }
}

std::string element_schema(const Api& api, const std::string& type) {
  if (api.shapes.contains(type) || api.enumerations.contains(type)) {
    return reference(type);
  }
  JsonObject json;
  add_type(type, json);
  return json.text();
}

/// A member that lets only some values through: they are listed, and shapes of which they hold
/// nothing need no description.
std::string inert_schema(const Api& api, const Member& member) {
  JsonObject json;
  if (member.holds == Holds::list) {
    return json.add_text("type", "array").add("items", "{}").add("maxItems", "0").text();
  }
  if (member.holds == Holds::map || api.shapes.contains(member.type)) {
    json.add_text("type", "object");
  } else {
    add_type(api.enumerations.contains(member.type) ? "string" : member.type, json);
  }
  return json.add("enum", json_list(member.only)).text();
}

std::string member_schema(const Api& api, const Member& member) {
  if (member.support == Support::only) {
    return inert_schema(api, member);
  }
  JsonObject json;
  switch (member.holds) {
    case Holds::list:
      json.add_text("type", "array").add("items", element_schema(api, member.type));
      break;
    case Holds::map:
      json.add_text("type", "object").add("additionalProperties", element_schema(api, member.type));
      break;
    case Holds::one:
      if (api.shapes.contains(member.type) || api.enumerations.contains(member.type)) {
        // Beside $ref nothing else counts in OpenAPI 3.0, hence the list of one.
        json.add("allOf", json_list({reference(member.type)}));
      } else {
        JsonObject typed;
        add_type(member.type, typed);
        json = typed;
      }
  }
  add_limits(member, json);
  if (!member.doc.empty() && member.type != "timestamp") {
    json.add_text("description", member.doc);
  }
  return json.text();
}

std::string shape_schema(const Api& api, const Shape& shape,
                         const std::vector<std::string>& elsewhere) {
  JsonObject properties;
  std::vector<std::string> required;
  for (const Member& member : shape.members) {
    const bool in_path =
        std::find(elsewhere.begin(), elsewhere.end(), member.name) != elsewhere.end();
    if (!shown(member) || in_path) {
      continue;
    }
    properties.add(member.name, member_schema(api, member));
    if (member.required) {
      required.push_back(member.name);
    }
  }
  JsonObject json;
  json.add_text("type", "object").add("properties", properties.text());
  if (!required.empty()) {
    json.add("required", json_texts(required));
  }
  return json.text();
}

std::string parameter(const Api& api, const Member& member, const std::string& in) {
  JsonObject json;
  json.add_text("name", member.name).add_text("in", in);
  json.add("required", in == "path" || member.required ? "true" : "false");
  if (!member.doc.empty()) {
    json.add_text("description", member.doc);
  }
  if (member.holds == Holds::list) {
    json.add_text("style", in == "path" ? "simple" : "form").add("explode", "false");
  }
  return json.add("schema", member_schema(api, member)).text();
}

std::string answer(const std::string& text, const std::string& schema) {
  const std::string content =
      JsonObject().add("application/json", JsonObject().add("schema", schema).text()).text();
  return JsonObject().add_text("description", text).add("content", content).text();
}

std::string operation_json(const Api& api, const Operation& operation) {
  const Shape& input = api.shapes.at(operation.input);
  const std::vector<std::string> in_path = path_parameters(operation.path);
  const bool has_body =
      operation.method == "POST" || operation.method == "PATCH" || operation.method == "PUT";
  std::vector<std::string> parameters;
  for (const Member& member : input.members) {
    const bool path = std::find(in_path.begin(), in_path.end(), member.name) != in_path.end();
    if (shown(member) && (path || !has_body)) {
      parameters.push_back(parameter(api, member, path ? "path" : "query"));
    }
  }
  JsonObject json;
  json.add_text("operationId", operation.name).add_text("summary", operation.doc);
  json.add("tags", json_texts({operation.family})).add("parameters", json_list(parameters));
  if (has_body) {
    const std::string schema = shape_schema(api, input, in_path);
    json.add("requestBody", JsonObject()
                                .add("required", "true")
                                .add("content", JsonObject()
                                                    .add("application/json",
                                                         JsonObject().add("schema", schema).text())
                                                    .text())
                                .text());
  }
  json.add("responses", JsonObject()
                            .add("200", answer("Done.", reference(operation.output)))
                            .add("default", answer("Refused or failed.", reference("Error")))
                            .text());
  return json.text();
}

std::string paths(const Api& api) {
  std::vector<std::string> order;
  std::map<std::string, JsonObject> methods;
  for (const Operation& operation : api.operations) {
    if (!methods.contains(operation.path)) {
      order.push_back(operation.path);
    }
    std::string method = operation.method;
    for (char& letter : method) {
      letter = static_cast<char>(letter - 'A' + 'a');
    }
    methods[operation.path].add(method, operation_json(api, operation));
  }
  JsonObject json;
  for (const std::string& path : order) {
    json.add(path, methods[path].text());
  }
  for (const auto& [path, description] : routes_of_streams()) {
    json.add(path, description);
  }
  return json.text();
}

std::string components(const Api& api) {
  JsonObject schemas;
  for (const auto& [name, shape] : api.shapes) {
    if (shape.of_input || shape.of_output) {
      schemas.add(name, shape_schema(api, shape, {}));
    }
  }
  for (const auto& [name, enumeration] : api.enumerations) {
    std::vector<std::string> values;
    for (const std::string& value : enumeration.values) {
      const auto& refused = enumeration.refused;
      if (std::find(refused.begin(), refused.end(), value) == refused.end()) {
        values.push_back(value);
      }
    }
    schemas.add(name,
                JsonObject().add_text("type", "string").add("enum", json_texts(values)).text());
  }
  const std::string text = JsonObject().add_text("type", "string").text();
  schemas.add("Error",
              JsonObject()
                  .add_text("type", "object")
                  .add("properties", JsonObject().add("__type", text).add("message", text).text())
                  .text());
  return JsonObject()
      .add("schemas", schemas.text())
      .add("securitySchemes", security_schemes())
      .text();
}

}  // namespace

std::string openapi(const Api& api) {
  const std::string info =
      JsonObject()
          .add_text("title", "Stowage")
          .add_text("version", "1")
          .add_text("description",
                    "An ECS-compatible cluster service. The bodies are those of AWS JSON 1.1.")
          .text();
  return JsonObject()
      .add_text("openapi", "3.0.3")
      .add("info", info)
      .add("paths", paths(api))
      .add("security", R"([{"signature":[]},{"session":[]}])")
      .add("components", components(api))
      .text();
}

}  // namespace generator

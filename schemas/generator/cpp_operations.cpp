#include <algorithm>
#include <set>

#include "schemas/generator/cpp.h"
#include "schemas/generator/text.h"

namespace generator {

namespace {

/// "ClusterNotFound" → "schemas::ErrorCode::cluster_not_found".
std::string error_code(const std::string& name) {
  return "schemas::ErrorCode::" + snake_case(name);
}

/// The error that says "not supported yet": UnsupportedFeatureException where the operation knows
/// it, else the plain ClientException.
std::string unsupported(const Operation& operation) {
  const bool known = std::find(operation.errors.begin(), operation.errors.end(),
                               "UnsupportedFeature") != operation.errors.end();
  return error_code(known ? "UnsupportedFeature" : "Client");
}

std::string operation_row(const Operation& operation) {
  const std::string invalid = operation.invalid.empty() ? "InvalidParameter" : operation.invalid;
  return "    Operation{.name = " + json_quoted(operation.name) +
         ", .id = OperationId::" + snake_case(operation.name) +
         ", .origin = Origin::" + (operation.ours ? "stowage" : "ecs") +
         ", .input = &codec::Described<" + operation.input +
         ">::type, .output = &codec::Described<" + operation.output +
         ">::type, .make_input = make<" + operation.input +
         ">, .method = " + json_quoted(operation.method) +
         ", .path = " + json_quoted(operation.path) + ", .invalid = " + error_code(invalid) +
         ", .unsupported = " + unsupported(operation) +
         ", .page_size = " + std::to_string(operation.page ? operation.page->size : 0) + "},\n";
}

/// A long text as literals that a compiler takes one by one.
std::string long_literal(const std::string& text) {
  constexpr std::size_t piece = 2000;
  std::string literal;
  for (std::size_t at = 0; at < text.size(); at += piece) {
    literal += "    R\"json(" + text.substr(at, piece) + ")json\"\n";
  }
  return literal;
}

}  // namespace

std::string operations_source(const Api& api, const std::string& openapi) {
  std::string text =
      "// Generated from schemas/api: change that.\n#include \"api/operations.h\"\n\n#include "
      "<array>\n\n";
  std::set<std::string> families;
  for (const Operation& operation : api.operations) {
    families.insert(operation.family);
  }
  for (const std::string& family : families) {
    text += "#include \"api/" + family + ".h\"\n";
  }
  text +=
      "\nnamespace api {\n\nnamespace {\n\ntemplate <class T>\nstd::shared_ptr<void> make() {\n"
      "  return std::make_shared<T>();\n}\n\n";
  text +=
      "constexpr std::array<Operation, " + std::to_string(api.operations.size()) + "> table{{\n";
  for (const Operation& operation : api.operations) {
    text += operation_row(operation);
  }
  text += "}};\n\nconstexpr std::array<std::string_view, " + std::to_string(api.later.size()) +
          "> later{\n";
  for (const std::string& name : api.later) {
    text += "    " + json_quoted(name) + ",\n";
  }
  text += "};\n\nconstexpr std::string_view openapi =\n" + long_literal(openapi) +
          "    \"\";\n\n}  // namespace\n\n"
          "std::span<const Operation> operations() { return table; }\n"
          "std::span<const std::string_view> later_operations() { return later; }\n"
          "std::string_view openapi_json() { return openapi; }\n\n}  // namespace api\n";
  return text;
}

}  // namespace generator

#pragma once

#include <string>
#include <string_view>

namespace cli {

/// The same JSON with line breaks and indentation, member order kept. Text that is not JSON comes
/// back as it is.
std::string indented_json(std::string_view json);

/// The same document as YAML, ending in a line break.
std::string yaml_of(const std::string& json);

/// The text of a top-level string member of a JSON object, empty when there is none.
std::string text_member(const std::string& json, const std::string& name);

/// The text of the string member `name` of the object member `object`, empty when there is none.
std::string member_below(const std::string& json, const std::string& object,
                         const std::string& name);

}  // namespace cli

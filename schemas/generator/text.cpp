#include "schemas/generator/text.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "schemas/codec/json_text.h"

namespace generator {

namespace {

bool upper(char c) { return c >= 'A' && c <= 'Z'; }
bool lower(char c) { return c >= 'a' && c <= 'z'; }
bool digit(char c) { return c >= '0' && c <= '9'; }

bool reserved(std::string_view word) {
  constexpr std::array<std::string_view, 18> words = {
      "auto",     "bool",   "class",  "const",  "continue",  "default",
      "delete",   "double", "enum",   "export", "namespace", "private",
      "register", "static", "switch", "this",   "union",     "void"};
  return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace

std::string snake_case(std::string_view name) {
  std::string snake;
  for (std::size_t at = 0; at < name.size(); ++at) {
    const char c = name[at];
    // A word starts at an upper-case letter after a lower-case one, and at the last upper-case
    // letter of a run that a lower-case one follows: enableECSManagedTags.
    const bool after_lower = at > 0 && upper(c) && (lower(name[at - 1]) || digit(name[at - 1])) &&
                             (at < 2 || name.substr(at - 2, 3) != "GiB");
    const bool before_lower =
        at > 0 && upper(c) && upper(name[at - 1]) && at + 1 < name.size() && lower(name[at + 1]);
    if (after_lower || before_lower) {
      snake.push_back('_');
    }
    snake.push_back(upper(c) ? static_cast<char>(c - 'A' + 'a') : c == '-' ? '_' : c);
  }
  if (reserved(snake)) {
    snake.push_back('_');
  }
  return snake;
}

std::string json_quoted(std::string_view text) {
  std::string out;
  codec::append_json_text(out, text);
  return out;
}

std::vector<std::string> path_parameters(std::string_view path) {
  std::vector<std::string> names;
  std::size_t open = path.find('{');
  while (open != std::string_view::npos) {
    const std::size_t close = path.find('}', open);
    names.emplace_back(path.substr(open + 1, close - open - 1));
    open = path.find('{', close);
  }
  return names;
}

Written write_file(const std::string& path, std::string_view content) {
  std::ifstream before(path, std::ios::binary);
  std::stringstream old;
  old << before.rdbuf();
  if (before && old.str() == content) {
    return Written::yes;
  }
  std::error_code ignored;
  std::filesystem::create_directories(std::filesystem::path(path).parent_path(), ignored);
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << content;
  file.flush();
  return file ? Written::yes : Written::no;
}

}  // namespace generator

#include "tests/tidy/rules.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>

namespace tidy {

namespace {

/// What a core must not touch: it sees the world only through its arguments.
constexpr std::array<std::string_view, 24> banned_in_cores{
    "system_clock::now", "steady_clock::now", "clock_gettime", "gettimeofday", "std::time(",
    "random_device",     "<random>",          "std::rand",     "std::thread",  "<thread>",
    "std::mutex",        "<mutex>",           "std::atomic",   "<fstream>",    "<filesystem>",
    "<iostream>",        "<cstdio>",          "getenv",        "unordered_",   "<sys/",
    "<unistd.h>",        "std::cout",         "std::cerr",     "std::async"};

/// Nowhere in the house, with the reason that the failing test prints.
struct BannedWord {
  std::string_view word;
  std::string_view reason;
};
constexpr std::array<BannedWord, 11> banned_everywhere{{
    {"throw", "expected failures are Results, impossible states are require()"},
    {"using namespace", "names are written out"},
    {"std::views::", "clang 14 does not parse libstdc++ 12's views"},
    {"std::format", "g++ 12 has no <format>"},
    {"<format>", "g++ 12 has no <format>"},
    {"source_location", "clang 14 does not know it"},
    {"co_await", "no coroutines: g++ 12's are not dependable"},
    {"co_return", "no coroutines: g++ 12's are not dependable"},
    {"<coroutine>", "no coroutines: g++ 12's are not dependable"},
    {"popen", "programs are started without a shell"},
    {"std::system", "programs are started without a shell"},
}};

constexpr std::array<std::string_view, 4> name_endings{"Manager", "Helper", "Util", "Utils"};
constexpr std::array<std::string_view, 4> empty_folders{"common", "utils", "helpers", "docs"};

bool is_word_character(char character) {
  return std::isalnum(static_cast<unsigned char>(character)) != 0 || character == '_';
}

/// Finds `word` where it is not a part of a longer one.
bool has_word(std::string_view line, std::string_view word) {
  for (std::size_t at = line.find(word); at != std::string_view::npos;
       at = line.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    const bool begins =
        !is_word_character(word.front()) || at == 0 || !is_word_character(line[at - 1]);
    const bool ends =
        !is_word_character(word.back()) || end == line.size() || !is_word_character(line[end]);
    if (begins && ends) {
      return true;
    }
  }
  return false;
}

bool is_below(std::string_view path, std::string_view folder) {
  return path == folder ||
         (path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/');
}

bool waived(std::string_view path, std::string_view word) {
  return std::any_of(exceptions().begin(), exceptions().end(), [&](const Exception& exception) {
    return exception.path == path && exception.word == word;
  });
}

std::string_view included(std::string_view line, char open, char close) {
  const std::string begin = std::string("#include ") + open;
  if (!line.starts_with(begin)) {
    return {};
  }
  const std::size_t end = line.find(close, begin.size());
  return end == std::string_view::npos ? std::string_view{}
                                       : line.substr(begin.size(), end - begin.size());
}

bool is_package(std::string_view target) {
  return std::any_of(packages().begin(), packages().end(),
                     [&](const Package& package) { return target.starts_with(package.include); });
}

/// The name of the class or structure that a line declares; empty when it declares none.
std::string_view type_defined(std::string_view line) {
  for (const std::string_view keyword : {"class ", "struct "}) {
    const std::size_t at = line.find(keyword);
    if (at != std::string_view::npos) {
      const std::string_view name = line.substr(at + keyword.size());
      const auto* const end = std::find_if_not(name.begin(), name.end(), is_word_character);
      return name.substr(0, static_cast<std::size_t>(end - name.begin()));
    }
  }
  return {};
}

std::int64_t number(std::size_t index) { return static_cast<std::int64_t>(index) + 1; }

/// Reads code one character at a time and keeps what the compiler acts on.
class CodeReader {
 public:
  std::string read(std::string_view line) {
    std::string code;
    state_ = state_ == State::text || state_ == State::character ? State::code : state_;
    for (std::size_t at = 0; at < line.size();) {
      at = step(line, at, code);
      if (at == std::string_view::npos) {
        break;  // the rest is a comment
      }
    }
    return code;
  }

 private:
  enum class State : std::uint8_t { code, block_comment, text, character, raw };

  std::size_t step(std::string_view line, std::size_t at, std::string& code) {
    switch (state_) {
      case State::code:
        return step_code(line, at, code);
      case State::block_comment:
        return leave_at(line, at, "*/");
      case State::raw:
        return leave_at(line, at, raw_end_);
      case State::text:
      case State::character:
        break;
    }
    const char quote = state_ == State::text ? '"' : '\'';
    if (line[at] == quote) {
      state_ = State::code;
      code += quote;
    }
    return at + (line[at] == '\\' ? 2 : 1);
  }

  std::size_t step_code(std::string_view line, std::size_t at, std::string& code) {
    const std::string_view rest = line.substr(at);
    if (rest.starts_with("//")) {
      return std::string_view::npos;
    }
    if (rest.starts_with("/*")) {
      state_ = State::block_comment;
      return at + 2;
    }
    if (rest.starts_with("R\"") && rest.find('(') != std::string_view::npos) {
      const std::size_t open = rest.find('(');
      raw_end_ = ")" + std::string(rest.substr(2, open - 2)) + "\"";
      state_ = State::raw;
      return at + open + 1;
    }
    // An apostrophe between digits separates them: 10'000.
    const bool separator = line[at] == '\'' && at > 0 && is_word_character(line[at - 1]);
    if (line[at] == '"' || (line[at] == '\'' && !separator)) {
      state_ = line[at] == '"' ? State::text : State::character;
    }
    code += line[at];
    return at + 1;
  }

  std::size_t leave_at(std::string_view line, std::size_t at, std::string_view end) {
    const std::size_t found = line.find(end, at);
    if (found == std::string_view::npos) {
      return line.size();
    }
    state_ = State::code;
    return found + end.size();
  }

  State state_ = State::code;
  std::string raw_end_;
};

}  // namespace

std::vector<std::string> code_only(const std::vector<std::string>& lines) {
  std::vector<std::string> code;
  code.reserve(lines.size());
  CodeReader reader;
  for (const std::string& line : lines) {
    // An include's name stands between quotes, and is what the rules are about.
    code.push_back(line.starts_with("#include") ? line : reader.read(line));
  }
  return code;
}

const Area* area_of(std::string_view path) {
  const Area* best = nullptr;
  for (const Area& area : areas()) {
    if (is_below(path, area.folder) &&
        (best == nullptr || area.folder.size() > best->folder.size())) {
      best = &area;
    }
  }
  return best;
}

std::vector<Violation> check_includes(const SourceFile& file, const std::set<std::string>& known) {
  std::vector<Violation> found;
  const Area* from = area_of(file.path);
  if (from == nullptr) {
    return {{file.path, 0, "lies in no room: tests/tidy/tables.cpp has no folder for it"}};
  }
  for (std::size_t index = 0; index < file.lines.size(); ++index) {
    const std::string target(included(file.lines[index], '"', '"'));
    if (target.empty()) {
      continue;
    }
    if (is_package(target)) {
      continue;
    }
    const Area* to = area_of(target);
    if (to == nullptr) {
      found.push_back({file.path, number(index), target + " is not a path from the tree's root"});
      continue;
    }
    if (to != from && !from->may_use.contains(to->folder)) {
      found.push_back({file.path, number(index),
                       std::string(from->folder) + " may not use " + std::string(to->folder)});
    }
    if (!target.starts_with("api/") && !known.contains(target)) {
      found.push_back({file.path, number(index), target + " does not exist"});
    }
    if (target.ends_with(".cpp")) {
      found.push_back({file.path, number(index), "includes a source file"});
    }
  }
  return found;
}

std::vector<Violation> check_packages(const SourceFile& file) {
  std::vector<Violation> found;
  for (std::size_t index = 0; index < file.lines.size(); ++index) {
    std::string_view target = included(file.lines[index], '<', '>');
    if (target.empty()) {
      target = included(file.lines[index], '"', '"');
    }
    for (const Package& package : packages()) {
      if (!target.starts_with(package.include)) {
        continue;
      }
      const bool allowed =
          std::any_of(package.allowed.begin(), package.allowed.end(),
                      [&](std::string_view folder) { return is_below(file.path, folder); });
      if (!allowed) {
        found.push_back({file.path, number(index),
                         "<" + std::string(package.include) + "…> does not belong in this room"});
      }
    }
  }
  return found;
}

std::vector<Violation> check_core_words(const SourceFile& file) {
  const Area* area = area_of(file.path);
  if (area == nullptr || area->purity != Area::Purity::core) {
    return {};
  }
  std::vector<Violation> found;
  const std::vector<std::string> code = code_only(file.lines);
  // Money, quotas and placement are counted in integers.
  const bool counts = is_below(file.path, "control/core/billing") ||
                      is_below(file.path, "control/core/place") ||
                      is_below(file.path, "control/core/access");
  for (std::size_t index = 0; index < code.size(); ++index) {
    for (const std::string_view word : banned_in_cores) {
      if (code[index].find(word) != std::string::npos && !waived(file.path, word)) {
        found.push_back({file.path, number(index), std::string(word) + " in a core"});
      }
    }
    if (counts && (has_word(code[index], "double") || has_word(code[index], "float"))) {
      found.push_back({file.path, number(index), "floating point where money or capacity counts"});
    }
  }
  return found;
}

std::vector<Violation> check_words(const SourceFile& file) {
  std::vector<Violation> found;
  const std::vector<std::string> code = code_only(file.lines);
  for (std::size_t index = 0; index < code.size(); ++index) {
    for (const BannedWord& banned : banned_everywhere) {
      if (has_word(code[index], banned.word) && !waived(file.path, banned.word)) {
        found.push_back({file.path, number(index),
                         std::string(banned.word) + ": " + std::string(banned.reason)});
      }
    }
    for (const std::string_view ending : name_endings) {
      if (type_defined(code[index]).ends_with(ending)) {
        found.push_back(
            {file.path, number(index), std::string(ending) + " says nothing about what it is"});
      }
    }
    // Assembled here, so that this file does not find itself.
    for (const std::string& word : {std::string("FIX") + "ME", std::string("TO") + "DO"}) {
      if (has_word(file.lines[index], word)) {
        found.push_back({file.path, number(index), word + " is left behind"});
      }
    }
  }
  const std::string path = "/" + file.path;
  for (const std::string_view folder : empty_folders) {
    if (path.find("/" + std::string(folder) + "/") != std::string::npos) {
      found.push_back({file.path, 0, std::string(folder) + "/ is no room: say what it is"});
    }
  }
  return found;
}

std::vector<Violation> check_size(const SourceFile& file) {
  constexpr std::int64_t lines_max_usual = 500;
  constexpr std::size_t columns_max = 120;
  std::int64_t lines_max = lines_max_usual;
  for (const Exception& exception : exceptions()) {
    if (exception.path == file.path && exception.lines_max > 0) {
      lines_max = exception.lines_max;
    }
  }
  std::vector<Violation> found;
  if (static_cast<std::int64_t>(file.lines.size()) > lines_max) {
    found.push_back({file.path, 0,
                     std::to_string(file.lines.size()) + " lines; at most " +
                         std::to_string(lines_max) + ", better 300"});
  }
  for (std::size_t index = 0; index < file.lines.size(); ++index) {
    // Counted in characters: the bytes that continue one are left out.
    const std::string& line = file.lines[index];
    const auto columns = static_cast<std::size_t>(
        std::count_if(line.begin(), line.end(), [](char byte) { return (byte & 0xC0) != 0x80; }));
    if (columns > columns_max) {
      found.push_back({file.path, number(index), std::to_string(columns) + " columns"});
    }
  }
  return found;
}

std::vector<Violation> check_header(const SourceFile& file) {
  if (!file.path.ends_with(".h")) {
    return {};
  }
  for (const std::string& line : file.lines) {
    if (line == "#pragma once") {
      return {};
    }
    if (!line.empty() && !line.starts_with("//")) {
      break;
    }
  }
  return {{file.path, 1, "a header begins with #pragma once"}};
}

}  // namespace tidy

#pragma once

// The rules of the house as functions over text, so that a planted violation can be shown to them.

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace tidy {

struct SourceFile {
  std::string path;  ///< from the root of the tree, with forward slashes
  std::vector<std::string> lines;
};

/// A line that breaks a rule. `line` counts from 1; 0 means the file as a whole.
struct Violation {
  std::string path;
  std::int64_t line = 0;
  std::string what;
};

/// A folder and what its files may include beside themselves. `may_use` names other areas of the
/// same table; the longest folder that a path begins with is its area.
struct Area {
  std::string_view folder;
  enum class Purity : std::uint8_t { core, edge } purity = Purity::edge;
  std::set<std::string_view> may_use;
};

/// A library, known by how its includes begin, and the folders or files that may include it.
struct Package {
  std::string_view include;
  std::set<std::string_view> allowed;
};

/// A file that a rule is waived for: a banned word that it may use, or more lines than others.
struct Exception {
  std::string_view path;
  std::string_view word;
  std::int64_t lines_max = 0;
  std::string_view reason;
};

const std::vector<Area>& areas();
const std::vector<Package>& packages();
const std::vector<Exception>& exceptions();

/// `lines` without comments and with the insides of string literals blanked: what the compiler is
/// told. Raw strings are understood when they begin and end as R"( … )" or R"x( … )x".
std::vector<std::string> code_only(const std::vector<std::string>& lines);

/// The area of a path or of an include, or nullptr when no folder of the table holds it.
const Area* area_of(std::string_view path);

std::vector<Violation> check_includes(const SourceFile& file, const std::set<std::string>& known);
std::vector<Violation> check_packages(const SourceFile& file);
std::vector<Violation> check_core_words(const SourceFile& file);
std::vector<Violation> check_words(const SourceFile& file);
std::vector<Violation> check_size(const SourceFile& file);
std::vector<Violation> check_header(const SourceFile& file);

}  // namespace tidy

#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace cli {

enum class Align : std::uint8_t { left, right };

struct Column {
  std::string title;
  Align align = Align::left;
};

/// Rows under titles. Columns are as wide as their widest cell; when that is more than the
/// terminal holds, the widest columns give way and their cells end in "…".
class Table {
 public:
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}
  void add(std::vector<std::string> cells);
  /// `width` in characters; 0 = no limit (output that goes into a file or a pipe).
  [[nodiscard]] std::string text(std::size_t width) const;
  [[nodiscard]] bool empty() const { return rows_.empty(); }

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

/// Number of characters (not bytes) of UTF-8 text.
std::size_t text_width(const std::string& text);

}  // namespace cli

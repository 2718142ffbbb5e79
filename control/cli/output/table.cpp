#include "control/cli/output/table.h"

#include <algorithm>
#include <numeric>

#include "schemas/base/require.h"

namespace cli {

namespace {

constexpr std::size_t gap = 2;
/// A column that gives way keeps at least this much, so that ids stay recognisable.
constexpr std::size_t width_min = 8;

bool continues(char byte) { return (static_cast<unsigned char>(byte) & 0xc0U) == 0x80U; }

std::string shortened(const std::string& text, std::size_t width) {
  if (text_width(text) <= width) {
    return text;
  }
  std::string kept;
  std::size_t characters = 0;
  for (const char byte : text) {
    if (!continues(byte) && ++characters == width) {
      break;
    }
    kept.push_back(byte);
  }
  return kept + "…";
}

std::size_t total(const std::vector<std::size_t>& widths) {
  return std::accumulate(widths.begin(), widths.end(), std::size_t{0}) +
         gap * (widths.empty() ? 0 : widths.size() - 1);
}

}  // namespace

std::size_t text_width(const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char byte) { return !continues(byte); }));
}

void Table::add(std::vector<std::string> cells) {
  schemas::require(cells.size() == columns_.size(), "a table row has one cell per column");
  rows_.push_back(std::move(cells));
}

std::string Table::text(std::size_t width) const {
  std::vector<std::size_t> widths;
  for (std::size_t column = 0; column < columns_.size(); ++column) {
    std::size_t widest = text_width(columns_[column].title);
    for (const std::vector<std::string>& row : rows_) {
      widest = std::max(widest, text_width(row[column]));
    }
    widths.push_back(widest);
  }
  while (width != 0 && total(widths) > width) {
    const auto widest = std::max_element(widths.begin(), widths.end());
    if (*widest <= width_min) {
      break;
    }
    --*widest;
  }

  std::string text;
  const auto add_line = [&](const std::vector<std::string>& cells) {
    std::string line;
    for (std::size_t column = 0; column < cells.size(); ++column) {
      const std::string cell = shortened(cells[column], widths[column]);
      const std::string padding(widths[column] - text_width(cell), ' ');
      line += columns_[column].align == Align::right ? padding + cell : cell + padding;
      line += std::string(gap, ' ');
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  };
  std::vector<std::string> titles;
  for (const Column& column : columns_) {
    titles.push_back(column.title);
  }
  add_line(titles);
  for (const std::vector<std::string>& row : rows_) {
    add_line(row);
  }
  return text;
}

}  // namespace cli

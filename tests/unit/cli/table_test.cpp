#include "control/cli/output/table.h"

#include <doctest/doctest.h>

using cli::Align;
using cli::Table;

TEST_CASE("a table lines its columns up and leaves nothing at the end of a line") {
  Table table({{.title = "NAME"}, {.title = "COUNT", .align = Align::right}, {.title = "WHY"}});
  table.add({"web", "2", ""});
  table.add({"häuser", "10", "ok"});
  CHECK(table.text(0) ==
        "NAME    COUNT  WHY\n"
        "web         2\n"
        "häuser     10  ok\n");
}

TEST_CASE("a table that is too wide shortens its widest column until it fits the terminal") {
  Table table({{.title = "ID"}, {.title = "REASON"}});
  table.add({"0123456789", "a very long reason that no terminal holds"});
  for (const std::size_t width : {20U, 30U, 40U}) {
    const std::string text = table.text(width);
    std::size_t start = 0;
    while (start < text.size()) {
      const std::size_t end = text.find('\n', start);
      CHECK(cli::text_width(text.substr(start, end - start)) <= width);
      start = end + 1;
    }
    CHECK(text.find("…") != std::string::npos);
  }
}

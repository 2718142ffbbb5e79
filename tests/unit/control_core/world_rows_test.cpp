#include <doctest/doctest.h>

#include <set>

#include "control/core/world/rows.h"

TEST_CASE("every table has its place, a name of its own, and columns of different names") {
  std::set<std::string_view> names;
  std::size_t place = 0;
  for (const control::TableShape& shape : control::table_shapes()) {
    CHECK(static_cast<std::size_t>(shape.table) == place++);
    CHECK(names.insert(shape.name).second);
    CHECK(&control::shape_of(shape.table) == &shape);
    std::set<std::string_view> columns;
    for (const control::Column& column : shape.columns) {
      CHECK(columns.insert(column.name).second);
      CHECK(column.name != "key");
    }
    CHECK_FALSE(columns.empty());
  }
  CHECK(place == control::table_count);
}

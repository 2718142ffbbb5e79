// What earlier versions wrote: one database a version as an SQL text, so that a change of format
// shows in a review, and beside it the shape of everything in it. Both are kept for ever.
//
// When what is stored changes, `schema_version` grows, a migration is added, and with
//   test_store --no-skip -tc="the golden files of this version are written"
// the two files of the new version are made. Those of older versions never change again.

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <sstream>

#include "control/core/loop/rows/stored.h"
#include "control/edge/store/sqlite/schema.h"
#include "schemas/wire/wire.h"
#include "tests/store/life.h"
#include "tests/store/workplace.h"

namespace control::store {

namespace {

using store_test::difference;
using store_test::golden;
using store_test::live;

const std::string version = std::to_string(schema_version);

// --- as SQL -----------------------------------------------------------------------------------

std::string quoted(const Value& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value)) {
    return std::to_string(*number);
  }
  const auto* text = std::get_if<std::string>(&value);
  if (text == nullptr) {
    return "NULL";
  }
  std::string literal = "'";
  for (const char letter : *text) {
    literal += letter == '\'' ? "''" : std::string(1, letter);
  }
  return literal + "'";
}

/// A statement, broken into lines where a line grows long.
std::string wrapped(const std::string& statement) {
  constexpr std::size_t columns = 100;
  std::string text;
  std::size_t used = 0;
  std::istringstream words(statement);
  for (std::string word; std::getline(words, word, ',');) {
    const bool last = words.eof();
    if (used > 0 && used + word.size() > columns) {
      text += "\n ";
      used = 1;
    }
    text += word + (last ? "" : ",");
    used += word.size() + 1;
  }
  return text + ";\n";
}

/// A row, a value a line where it is long: commas inside of texts break nothing.
std::string inserted(const TableShape& shape, const Row& row) {
  std::string text =
      "INSERT INTO \"" + std::string(shape.name) + "\" VALUES (" + std::to_string(row.key);
  std::size_t used = text.size();
  for (const Value& value : row.values) {
    const std::string literal = quoted(value);
    const bool breaks = used + literal.size() > 100;
    text += breaks ? ",\n  " + literal : ", " + literal;
    used = breaks ? literal.size() : used + literal.size() + 2;
  }
  return text + ");\n";
}

std::string sql_of(const stage::Store& kept) {
  std::string sql = "-- A database as version " + version + " wrote it.\n" +
                    "PRAGMA journal_mode = WAL;\nPRAGMA application_id = " +
                    std::to_string(sqlite::application_id) + ";\nPRAGMA user_version = " + version +
                    ";\nCREATE TABLE \"store\" (key INTEGER PRIMARY KEY, name TEXT, value TEXT) "
                    "STRICT;\nINSERT INTO \"store\" VALUES (1, 'log', 'closed');\n";
  for (const TableShape& shape : table_shapes()) {
    sql += wrapped(sqlite::create_statement(shape));
    for (const auto& [key, row] : kept.table(shape.table)) {
      sql += inserted(shape, row);
    }
  }
  return sql;
}

// --- shapes -----------------------------------------------------------------------------------

/// Everything below `type` that has a name, once each.
class Shapes {
 public:
  std::string name_of(const codec::Type& type) {
    using enum codec::Kind;
    switch (type.kind) {
      case boolean:
        return "boolean";
      case signed_32:
      case unsigned_32:
      case signed_64:
        return "number";
      case floating:
        return "floating";
      case text:
        return "text";
      case instant:
        return "instant";
      case named:
        return "named text";
      case optional:
        return "optional " + name_of(*type.element);
      case list:
        return "list of " + name_of(*type.element);
      case map:
        return "map to " + name_of(*type.element);
      case choice:
      case structure:
        describe(type);
        return std::string(type.name);
    }
    return "";
  }
  [[nodiscard]] std::string text() const {
    std::string all;
    for (const auto& [name, shape] : shapes_) {
      all += shape;
    }
    return all;
  }

 private:
  void describe(const codec::Type& type) {
    const std::string name(type.name);
    REQUIRE_MESSAGE(!name.empty(), "what is stored has a name");
    if (!begun_.insert(&type).second) {
      return;
    }
    std::string shape = name + "\n";
    for (const std::string_view value : type.names) {
      shape += "  = " + std::string(value) + "\n";
    }
    for (const codec::Member& member : type.members) {
      shape += "  " + std::string(member.name) + ": " + name_of(*member.type) + "\n";
    }
    CHECK_MESSAGE(shapes_.emplace(name, shape).second, "two shapes have the name " << name);
  }

  std::set<const codec::Type*> begun_;
  std::map<std::string, std::string> shapes_;
};

template <class T>
std::string body(Shapes& shapes, const std::string& column) {
  return column + ": " + shapes.name_of(codec::Described<T>::type) + "\n";
}

template <class Enum>
std::string ordinals(const std::string& column) {
  std::string text = column + ":";
  std::int64_t number = 0;
  for (const std::string_view name : codec::Described<Enum>::type.names) {
    text += " " + std::to_string(number++) + " " + std::string(name);
  }
  return text + "\n";
}

/// The tables, the bodies that are JSON and the choices that are numbers: all that a reader of the
/// file must know.
std::string shape_of_all() {
  std::string text = "Version " + version + "\n\nTables\n\n";
  for (const TableShape& shape : table_shapes()) {
    text += std::string(shape.name) + "\n";
    for (const Column& column : shape.columns) {
      text += "  " + std::string(column.name) +
              (column.type == ColumnType::integer ? ": integer\n" : ": text\n");
    }
  }
  Shapes shapes;
  text += "\nColumns that are JSON\n\n";
  text += body<StoredTags>(shapes, "cluster.tags, instance.tags");
  text += body<schemas::ClusterConfiguration>(shapes, "cluster.configuration");
  text += body<schemas::CapacityProvider>(shapes, "capacity_provider.body");
  text += body<schemas::TaskDefinition>(shapes, "task_definition.body");
  text += body<StoredDeployments>(shapes, "service.deployments");
  text += body<schemas::Service>(shapes, "service.body");
  text += body<schemas::Inventory>(shapes, "instance.inventory");
  text += body<StoredRules>(shapes, "security_group.rules");
  text += body<schemas::TaskSpecification>(shapes, "task.specification");
  text += body<StoredContainers>(shapes, "task_state.containers");
  text += body<schemas::Role>(shapes, "role.body");
  text += body<schemas::TaskSpecification>(shapes, "service_revision.specification");
  text += body<schemas::ServiceDeployment>(shapes, "service_deployment.body");
  text += "\nColumns that are a choice's number\n\n";
  text += ordinals<schemas::ClusterStatus>("cluster.status");
  text += ordinals<schemas::TaskDefinitionStatus>("task_definition.status");
  text += ordinals<schemas::ServiceStatus>("service.status");
  text += ordinals<schemas::InstanceStatus>("instance.status");
  text += ordinals<schemas::TaskStatus>("task_state.last_status, task_state.desired_status");
  text += ordinals<schemas::HealthStatus>("task_state.health");
  text += ordinals<schemas::StopCode>("task_state.stop_code");
  text += ordinals<schemas::ServiceDeploymentStatus>("service_deployment.status");
  text += ordinals<schemas::AccessKeyStatus>("access_key.status");
  text += "\nWhat the JSON is made of\n\n" + shapes.text();
  return text;
}

}  // namespace

TEST_CASE("what is stored has the shape that this version has, else it is another version") {
  const std::string name = "shape_" + version + ".txt";
  const std::string difference_found = difference(golden(name), shape_of_all());
  CHECK_MESSAGE(difference_found.empty(),
                "tests/store/golden/"
                    << name << ", " << difference_found
                    << ". Databases of this version are out there: raise schema_version, add a "
                       "migration to control/edge/store/sqlite/schema.cpp (or a default where the "
                       "old file says nothing), and write the golden files of the new version as "
                       "the head of this file says.");
}

TEST_CASE("there are golden files of every version, and none changes when a new one is added") {
  for (std::int64_t each = 1; each <= schema_version; ++each) {
    CHECK_FALSE(golden("version_" + std::to_string(each) + ".sql").empty());
  }
}

TEST_CASE("the golden files of this version are written" * doctest::skip()) {
  stage::Stage stage;
  live(stage);
  const std::string database = store_test::golden_path("version_" + version + ".sql");
  REQUIRE_MESSAGE(!std::filesystem::exists(database), database << " is there, and stays as it is");
  store_test::write_file(database, sql_of(stage.store));
  store_test::write_file(store_test::golden_path("shape_" + version + ".txt"), shape_of_all());
}

}  // namespace control::store

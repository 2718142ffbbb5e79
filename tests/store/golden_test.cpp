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
#include "control/core/world/lookups.h"
#include "control/edge/access/key_ring.h"
#include "control/edge/store/sqlite/schema.h"
#include "control/edge/store/sqlite/sqlite_store.h"
#include "netif/core/default_network.h"
#include "schemas/wire/wire.h"
#include "tests/store/life.h"
#include "tests/store/workplace.h"

namespace control::store {

namespace {

using store_test::golden;
using store_test::live;
using store_test::rows_of;
using store_test::text_of;
using store_test::Workplace;

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

/// The first line in which two texts differ, for a message.
std::string difference(const std::string& left, const std::string& right) {
  std::istringstream lefts(left);
  std::istringstream rights(right);
  std::string was;
  std::string is;
  for (std::int64_t line = 1;; ++line) {
    const bool more_left = static_cast<bool>(std::getline(lefts, was));
    const bool more_right = static_cast<bool>(std::getline(rights, is));
    if (!more_left && !more_right) {
      return "";
    }
    if (was != is || more_left != more_right) {
      return "line " + std::to_string(line) + ": '" + was + "' was, '" + is + "' is";
    }
  }
}

// --- loading ----------------------------------------------------------------------------------

struct Loaded {
  Snapshot snapshot;
  World world;
};

/// What a process of today makes of the database that another version left.
Loaded loaded(const Workplace& place, const std::string& golden_name) {
  const std::string path = place.file(golden_name + ".db");
  store_test::run_sql(path, golden(golden_name));
  const auto store = open_sqlite({.path = path});
  REQUIRE_MESSAGE(store.ok(), (store.ok() ? "" : store.error().message));
  schemas::Result<Snapshot> snapshot = store.value()->load();
  REQUIRE_MESSAGE(snapshot.ok(), (snapshot.ok() ? "" : snapshot.error().message));
  schemas::Result<World> world =
      control::load(snapshot.value(), {}, schemas::Instant(std::chrono::seconds(1'790'000'000)));
  REQUIRE_MESSAGE(world.ok(), (world.ok() ? "" : world.error().message));
  // Written as today, and read again, it is the same.
  const schemas::Outcome committed = store.value()->commit(rows_of(world.value()));
  REQUIRE_MESSAGE(committed.ok(), (committed.ok() ? "" : committed.error().message));
  const schemas::Result<Snapshot> written = store.value()->load();
  REQUIRE_MESSAGE(written.ok(), (written.ok() ? "" : written.error().message));
  const schemas::Result<World> again = control::load(written.value(), {}, schemas::Instant{});
  REQUIRE_MESSAGE(again.ok(), (again.ok() ? "" : again.error().message));
  CHECK(difference(text_of(rows_of(world.value())), text_of(rows_of(again.value()))).empty());
  return {std::move(snapshot).value(), std::move(world).value()};
}

/// The rows that World itself holds, as the file has them.
std::vector<Row> held(const Snapshot& snapshot) {
  std::vector<Row> rows;
  for (const TableShape& shape : table_shapes()) {
    const auto index = static_cast<std::size_t>(shape.table);
    if (shape.table != Table::metadata && shape.loading == Loading::rows) {
      rows.insert(rows.end(), snapshot.rows[index].begin(), snapshot.rows[index].end());
    }
  }
  return rows;
}

const schemas::Task& task_of_group(const World& world, const std::string& group,
                                   schemas::TaskStatus status) {
  for (const auto& [key, task] : world->tasks) {
    if (task.specification->group == group && task.last_status == status) {
      return task;
    }
  }
  FAIL("no such task of group " << group);
  return world->tasks.begin()->second;
}

/// What every version could say.
void check_what_all_versions_say(const World& world) {
  const schemas::Scope& scope = stage::scope;
  const schemas::Cluster* cluster = find_cluster(world, scope, "c");
  REQUIRE(cluster != nullptr);
  CHECK(cluster->tags == std::vector<schemas::Tag>{{"k", "v"}});
  const OwnedDefinition* web = find_definition(world, scope, "web", 1);
  REQUIRE(web != nullptr);
  CHECK(web->definition->containers.front().environment ==
        std::vector<schemas::KeyValue>{{"GREETING", "grüß' dich"}});
  CHECK(find_definition(world, scope, "web", 3)->definition->status ==
        schemas::TaskDefinitionStatus::inactive);
  REQUIRE(world->services.size() == 2);
  const schemas::Service& service = world->services.begin()->second;
  CHECK(service.name == "web");
  CHECK(service.deployment_configuration.minimum_healthy_percent == 50);
  CHECK(service.deployments.size() == 2);
  CHECK_FALSE(service.events.empty());

  const schemas::Task& failed = task_of_group(world, "by hand", schemas::TaskStatus::stopped);
  CHECK(failed.containers.front().exit_code == 137);
  CHECK(failed.containers.front().reason == "OutOfMemoryError: container killed");
  CHECK(failed.specification->started_by == "a person");
  CHECK(failed.specification->overrides.containers.front().command ==
        std::vector<std::string>{"hold"});
  CHECK(failed.specification->overrides.cpu == schemas::CpuUnits{300});

  const schemas::Task& job = task_of_group(world, "service:jobs", schemas::TaskStatus::running);
  REQUIRE(job.eni);
  const schemas::Eni& eni = world->enis.at(*job.eni);
  CHECK(eni.task == job.id);
  CHECK(eni.public_address.has_value());
  CHECK(world->released_enis.size() == 1);
  REQUIRE(world->usage.contains(job.key));
  CHECK(world->usage.at(job.key).use.metered_ns == 60'000'000'000);
  CHECK(world->usage.at(job.key).service == "jobs");

  CHECK(std::count_if(world->instances.begin(), world->instances.end(), [](const auto& each) {
          return !each.second.attributes.contains("stowage.registered-by");  // since version 4
        }) == 4);
  const auto rack =
      std::find_if(world->instances.begin(), world->instances.end(),
                   [](const auto& entry) { return entry.second.boot_id == "boot-2"; });
  REQUIRE(rack != world->instances.end());
  CHECK(rack->second.inventory.attributes.at("rack") == "7");
  CHECK(rack->second.inventory.engine_version == "crun 1.8.1");
  CHECK(world->tokens.size() == 1);
  CHECK(world->tokens.begin()->second.tasks.size() == 2);
}

bool came_with_version_3(Table table) {
  return table == Table::capacity_provider || table == Table::account_setting ||
         table == Table::service_revision || table == Table::service_deployment;
}

bool came_with_version_4(Table table) { return table == Table::audit; }

/// Older versions recorded no service deployments: what still ran has records now.
void check_records_given(const World& world) {
  for (const auto& [key, service] : world->services) {
    for (const schemas::Deployment& deployment : service.deployments) {
      const schemas::ServiceDeployment* record = find_service_deployment(world, deployment.id);
      REQUIRE(record != nullptr);
      CHECK(record->service == key);
      CHECK(record->specification->definition->key == deployment.specification->definition->key);
    }
    CHECK(service.current == service.deployments.front().id);
  }
}

void check_what_came_with_version_3(const World& world) {
  const auto& records = world->service_deployments;
  const auto back = std::find_if(records.begin(), records.end(),
                                 [](const auto& each) { return each.second.rollback.has_value(); });
  REQUIRE(back != records.end());
  CHECK(back->second.breaker == schemas::MonitorStatus::triggered);
  CHECK(back->second.specification->definition->family == "bad");
  CHECK(back->second.configuration.circuit_breaker.threshold_value == 1);
  CHECK(back->second.rollback->revision == back->second.sources.front());
}

}  // namespace

TEST_CASE("a database of version 4 is read, word for word") {
  const Workplace place;
  const Loaded found = loaded(place, "version_4.sql");
  for (const TableShape& shape : table_shapes()) {
    CHECK_MESSAGE(found.snapshot.last_key[static_cast<std::size_t>(shape.table)] > 0,
                  "the golden database has no row of " << shape.name);
  }
  if (schema_version == 4) {  // as it would be written today
    CHECK(difference(text_of(held(found.snapshot)), text_of(rows_of(found.world))).empty());
  }
  check_what_all_versions_say(found.world);
  check_what_came_with_version_3(found.world);
  const auto& tasks = found.world->tasks;
  const auto kept = std::find_if(tasks.begin(), tasks.end(), [](const auto& each) {
    return each.second.protected_until.has_value();
  });
  REQUIRE(kept != tasks.end());
  CHECK(kept->second.specification->group == "service:jobs");
  const auto& instances = found.world->instances;
  const auto registered = std::find_if(instances.begin(), instances.end(), [](const auto& each) {
    return each.second.attributes.contains("stowage.registered-by");
  });
  REQUIRE(registered != instances.end());
  CHECK(registered->second.identity_hash == std::string(64, 'f'));
  CHECK(find_definition(found.world, stage::scope, "web", 1)
            ->definition->requires_attributes.size() == 5);
}

TEST_CASE("a database of version 3 is read, word for word") {
  const Workplace place;
  const Loaded found = loaded(place, "version_3.sql");
  for (const TableShape& shape : table_shapes()) {
    const bool rows = found.snapshot.last_key[static_cast<std::size_t>(shape.table)] > 0;
    CHECK_MESSAGE(rows != came_with_version_4(shape.table),
                  "the golden database has no row of " << shape.name);
  }
  if (schema_version == 3) {  // as it would be written today
    CHECK(difference(text_of(held(found.snapshot)), text_of(rows_of(found.world))).empty());
  }
  check_what_all_versions_say(found.world);
  check_what_came_with_version_3(found.world);
  CHECK(find_definition(found.world, stage::scope, "web", 1)
            ->definition->requires_attributes.empty());
}

TEST_CASE("a database of version 2 is read, word for word") {
  const Workplace place;
  const Loaded found = loaded(place, "version_2.sql");
  for (const TableShape& shape : table_shapes()) {
    const bool rows = found.snapshot.last_key[static_cast<std::size_t>(shape.table)] > 0;
    CHECK_MESSAGE(rows != (came_with_version_3(shape.table) || came_with_version_4(shape.table)),
                  "the golden database has no row of " << shape.name);
  }
  if (schema_version == 2) {  // as it would be written today
    CHECK(difference(text_of(held(found.snapshot)), text_of(rows_of(found.world))).empty());
  }
  check_records_given(found.world);
  check_what_all_versions_say(found.world);
  const World& world = found.world;

  const schemas::ContainerDefinition& main =
      find_definition(world, stage::scope, "web", 1)->definition->containers.front();
  CHECK(find_definition(world, stage::scope, "web", 1)->definition->requires_attributes.empty());
  REQUIRE(main.health_check);
  CHECK(main.health_check->retries == 2);
  REQUIRE(main.restart_policy);
  CHECK(main.restart_policy->ignored_exit_codes == std::vector<std::int64_t>{3});
  REQUIRE(main.linux_parameters);
  CHECK(main.linux_parameters->devices.front().container_path == "/dev/void");

  const schemas::User* admin = find_user(world, "123456789012", "admin");
  REQUIRE(admin != nullptr);
  const schemas::AccessKey* key = find_access_key(world, "AKIAADMINADMINADMIN1");
  REQUIRE(key != nullptr);
  CHECK(access::Seal(std::string(32, 'k')).open(key->sealed_secret, access::seal_name(key->id)) ==
        "secret of AKIAADMINADMINADMIN1");
  CHECK(find_access_key(world, "AKIABUILDBUILDBUILD1")->status ==
        schemas::AccessKeyStatus::inactive);
  const schemas::Role* role = find_role(world, "123456789012", "reader");
  REQUIRE(role != nullptr);
  CHECK(role->path == "/app/");
  CHECK(role->actions == std::vector<std::string>{"ecs:List*", "ecs:DescribeTasks"});
  CHECK(world->join_tokens.size() == 2);
  CHECK(world->sessions.size() == 1);
  const auto open = std::find_if(world->security_groups.begin(), world->security_groups.end(),
                                 [](const auto& entry) { return entry.second.name == "open"; });
  REQUIRE(open != world->security_groups.end());
  CHECK(open->second.description == "for everybody");
  const auto web = std::find_if(open->second.rules.begin(), open->second.rules.end(),
                                [](const auto& rule) { return rule.description == "web"; });
  REQUIRE(web != open->second.rules.end());
  CHECK(web->protocol == schemas::RuleProtocol::tcp);
  CHECK(web->from_port == 80);
  CHECK(web->to_port == 81);
}

TEST_CASE("a database of version 1 is read; what it could not say is what it was then") {
  const Workplace place;
  const Loaded found = loaded(place, "version_1.sql");
  const World& world = found.world;
  check_what_all_versions_say(world);
  check_records_given(world);
  for (const auto& [id, instance] : world->instances) {
    CHECK(instance.tags.empty());
  }
  REQUIRE(world->security_groups.size() == 1);
  const schemas::SecurityGroup& group = world->security_groups.begin()->second;
  CHECK(group.name == "default");
  CHECK(group.description == "default VPC security group");
  CHECK(group.rules == netif::default_rules(group.id));
  CHECK_FALSE(find_definition(world, stage::scope, "web", 1)
                  ->definition->containers.front()
                  .health_check.has_value());
  CHECK(world->users.empty());
  CHECK(world->access_keys.empty());
  CHECK(world->roles.empty());
  CHECK(world->join_tokens.empty());
  CHECK(world->sessions.empty());
}

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

#include "control/edge/store/sqlite/schema.h"

#include <array>
#include <filesystem>
#include <system_error>

namespace control::store::sqlite {

namespace {

constexpr std::string_view store_table = R"sql(
    CREATE TABLE "store" (key INTEGER PRIMARY KEY, name TEXT, value TEXT) STRICT;
    INSERT INTO "store" VALUES (1, 'log', 'closed');
)sql";

std::string column_list(const TableShape& shape) {
  std::string list = "key";
  for (const Column& column : shape.columns) {
    list += ", ";
    list += column.name;
  }
  return list;
}

schemas::Outcome create_all(const Database& database) {
  std::string sql = "BEGIN IMMEDIATE;";
  for (const TableShape& shape : table_shapes()) {
    sql += create_statement(shape) + ";";
  }
  sql += store_table;
  sql += "PRAGMA application_id = " + std::to_string(application_id) +
         ";PRAGMA user_version = " + std::to_string(schema_version) + ";COMMIT;";
  return database.execute(sql);
}

schemas::Outcome migrate(const Database& database, std::int64_t from) {
  std::string sql = "BEGIN IMMEDIATE;";
  for (const Migration& migration : migrations()) {
    if (migration.from >= from) {
      sql += migration.sql;
    }
  }
  if (from < 2) {
    sql += store_table;
  }
  sql += "PRAGMA user_version = " + std::to_string(schema_version) + ";COMMIT;";
  return database.execute(sql);
}

}  // namespace

std::span<const Migration> migrations() {
  static constexpr std::array<Migration, 3> steps{{{.from = 1, .sql = R"sql(
    ALTER TABLE "instance" ADD COLUMN tags TEXT;
    UPDATE "instance" SET tags = '{}';
    ALTER TABLE "security_group" ADD COLUMN description TEXT;
    ALTER TABLE "security_group" ADD COLUMN rules TEXT;
    UPDATE "security_group" SET description = 'default VPC security group';
    CREATE TABLE "user" (key INTEGER PRIMARY KEY, account TEXT, name TEXT, created_at INTEGER)
      STRICT;
    CREATE TABLE "access_key" (key INTEGER PRIMARY KEY, id TEXT, user INTEGER, sealed_secret TEXT,
      status INTEGER, created_at INTEGER) STRICT;
    CREATE TABLE "role" (key INTEGER PRIMARY KEY, account TEXT, name TEXT, created_at INTEGER,
      body TEXT) STRICT;
    CREATE TABLE "join_token" (key INTEGER PRIMARY KEY, hash TEXT, account TEXT, region TEXT,
      cluster TEXT, pool INTEGER, created_by TEXT, created_at INTEGER, expires_at INTEGER) STRICT;
    CREATE TABLE "session" (key INTEGER PRIMARY KEY, hash TEXT, account TEXT, region TEXT,
      principal TEXT, created_at INTEGER, expires_at INTEGER) STRICT;
  )sql"},
                                                   {.from = 2, .sql = R"sql(
    ALTER TABLE "cluster" ADD COLUMN configuration TEXT;
    UPDATE "cluster" SET configuration = '{}';
    ALTER TABLE "instance" ADD COLUMN attributes TEXT;
    UPDATE "instance" SET attributes = '{}';
    CREATE TABLE "capacity_provider" (key INTEGER PRIMARY KEY, account TEXT, region TEXT, name TEXT,
      created_at INTEGER, body TEXT) STRICT;
    ALTER TABLE "task" ADD COLUMN capacity_provider TEXT;
    CREATE TABLE "account_setting" (key INTEGER PRIMARY KEY, account TEXT, region TEXT,
      principal TEXT, name TEXT, value TEXT) STRICT;
    CREATE TABLE "service_revision" (key INTEGER PRIMARY KEY, service INTEGER, deployment INTEGER,
      definition INTEGER, created_at INTEGER, specification TEXT) STRICT;
    CREATE TABLE "service_deployment" (key INTEGER PRIMARY KEY, status INTEGER, body TEXT) STRICT;
  )sql"},
                                                   {.from = 3, .sql = R"sql(
    ALTER TABLE "task_state" ADD COLUMN protected_until INTEGER;
    CREATE TABLE "audit" (key INTEGER PRIMARY KEY, at INTEGER, account TEXT, region TEXT,
      principal TEXT, source TEXT, request_id TEXT, operation TEXT, error TEXT, message TEXT,
      resources TEXT, parameters TEXT) STRICT;
  )sql"}}};
  return steps;
}

std::string create_statement(const TableShape& shape) {
  std::string sql = "CREATE TABLE \"" + std::string(shape.name) + "\" (key INTEGER PRIMARY KEY";
  for (const Column& column : shape.columns) {
    sql += ", ";
    sql += column.name;
    sql += column.type == ColumnType::integer ? " INTEGER" : " TEXT";
  }
  return sql + ") STRICT";
}

std::string put_statement(const TableShape& shape) {
  std::string sql =
      "INSERT INTO \"" + std::string(shape.name) + "\" (" + column_list(shape) + ") VALUES (?";
  std::string changes;
  for (const Column& column : shape.columns) {
    sql += ", ?";
    changes += changes.empty() ? "" : ", ";
    changes += std::string(column.name) + " = excluded." + std::string(column.name);
  }
  return sql + ") ON CONFLICT (key) DO UPDATE SET " + changes;
}

std::string erase_statement(const TableShape& shape) {
  return "DELETE FROM \"" + std::string(shape.name) + "\" WHERE key = ?";
}

std::string select_statement(const TableShape& shape) {
  return "SELECT " + column_list(shape) + " FROM \"" + std::string(shape.name) + "\" ORDER BY key";
}

schemas::Outcome create_database(const std::string& path) {
  const std::string draft = path + ".new";
  for (const char* part : {"", "-journal", "-wal", "-shm"}) {
    std::error_code absent;
    std::filesystem::remove(draft + part, absent);  // of a first start that was cut short
  }
  {
    schemas::Result<Database> database = Database::open(draft, Database::Mode::create);
    if (!database.ok()) {
      return database.error();
    }
    schemas::Outcome made = create_all(database.value());
    if (!made.ok()) {
      return made;
    }
  }
  std::error_code failure;
  std::filesystem::rename(draft, path, failure);
  if (failure) {
    return schemas::Error{.code = schemas::ErrorCode::server,
                          .message = path + ": cannot be made: " + failure.message() +
                                     ". Check who owns the directory."};
  }
  sync_folder_of(path);
  return schemas::Done{};
}

schemas::Outcome prepare_schema(const Database& database) {
  const schemas::Result<std::int64_t> tables =
      database.integer("SELECT count(*) FROM sqlite_schema");
  if (!tables.ok()) {
    return tables.error();
  }
  if (tables.value() == 0) {
    return create_all(database);
  }
  const schemas::Result<std::int64_t> version = database.integer("PRAGMA user_version");
  if (!version.ok()) {
    return version.error();
  }
  return version.value() < schema_version ? migrate(database, version.value()) : schemas::Done{};
}

}  // namespace control::store::sqlite

#include "control/edge/store/store.h"

#include <doctest/doctest.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <thread>

#include "control/edge/store/data_directory.h"
#include "control/edge/store/sqlite/sqlite_store.h"
#include "tests/store/workplace.h"

namespace control::store {

namespace {

using store_test::cluster_row;
using store_test::erased;
using store_test::event_row;
using store_test::read_file;
using store_test::run_sql;
using store_test::SmallDisk;
using store_test::Workplace;

std::unique_ptr<Store> opened(const std::string& path) {
  auto store = open_sqlite({.path = path});
  if (!store.ok()) {
    FAIL(store.error().message);
  }
  return std::move(store).value();
}

std::vector<Row> clusters(Store& store) {
  const schemas::Result<Snapshot> snapshot = store.load();
  REQUIRE(snapshot.ok());
  return snapshot.value().rows[static_cast<std::size_t>(Table::cluster)];
}

void must(const schemas::Outcome& outcome) {
  if (!outcome.ok()) {
    FAIL(outcome.error().message);
  }
}

mode_t mode_of(const std::string& path) {
  struct stat info {};
  REQUIRE(::stat(path.c_str(), &info) == 0);
  return info.st_mode & 0777U;
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("what was committed is what the next process loads, last value and all") {
  const Workplace place;
  const std::string path = place.file("control.db");
  const std::string odd("nul \0 and \xc3\xa9", 12);
  {
    const auto store = opened(path);
    must(store->commit(std::vector{cluster_row(1, "a"), cluster_row(2, "b"), cluster_row(3, odd)}));
    must(store->commit(std::vector{cluster_row(1, "a2"), erased(Table::cluster, 2)}));
    must(store->commit(std::vector{event_row(7, 5)}));
  }
  const auto store = opened(path);
  CHECK(clusters(*store) == std::vector{cluster_row(1, "a2"), cluster_row(3, odd)});
  const schemas::Result<Snapshot> snapshot = store->load();
  CHECK(snapshot.value().last_key[static_cast<std::size_t>(Table::event)] == 7);
  CHECK(snapshot.value().rows[static_cast<std::size_t>(Table::event)].empty());
}

TEST_CASE("a turn is written whole or not at all") {
  const Workplace place;
  const auto store = opened(place.file("control.db"));
  must(store->commit(std::vector{cluster_row(1, "a")}));
  Row wrong = cluster_row(3, "c");
  wrong.values[3] = std::string("not a number");
  const schemas::Outcome refused = store->commit(std::vector{cluster_row(2, "b"), wrong});
  REQUIRE_FALSE(refused.ok());
  CHECK(has(refused.error().message, "control.db"));
  CHECK(clusters(*store) == std::vector{cluster_row(1, "a")});
}

TEST_CASE("nobody else can read the database or its log") {
  const Workplace place;
  const auto directory = DataDirectory::open(place.file("data"));
  REQUIRE(directory.ok());
  const auto store = opened(directory.value()->file("control.db"));
  must(store->commit(std::vector{cluster_row(1, "a")}));
  CHECK(mode_of(place.file("data")) == 0700);
  for (const char* name : {"control.db", "control.db-wal", "control.db-shm", "lock"}) {
    CHECK(mode_of(directory.value()->file(name)) == 0600);
  }
  must(directory.value()->write_file("address", "127.0.0.1:1\n"));
  CHECK(read_file(directory.value()->file("address")) == "127.0.0.1:1\n");
}

TEST_CASE("a data directory belongs to one process at a time") {
  const Workplace place;
  auto first = DataDirectory::open(place.path());
  REQUIRE(first.ok());
  const auto second = DataDirectory::open(place.path());
  REQUIRE_FALSE(second.ok());
  CHECK(has(second.error().message, std::to_string(::getpid())));
  first = schemas::Error{};
  CHECK(DataDirectory::open(place.path()).ok());
}

TEST_CASE("the log is emptied while commits go on, and its file stays small") {
  const Workplace place;
  const std::string path = place.file("control.db");
  auto store = open_sqlite({.path = path, .log_bytes_max = 200'000});
  REQUIRE(store.ok());
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  std::int64_t key = 0;
  std::int64_t written = 0;
  std::uintmax_t largest = 0;
  bool emptied = false;
  while (!emptied && std::chrono::steady_clock::now() < deadline) {
    std::vector<Row> rows;
    for (int at = 0; at < 100; ++at) {
      rows.push_back(cluster_row(++key % 1'000, std::string(200, 'x')));
    }
    must(store.value()->commit(rows));
    ++written;
    const std::uintmax_t size = std::filesystem::file_size(path + "-wal");
    emptied = size < largest;
    largest = std::max(largest, size);
  }
  CHECK(emptied);
  CHECK(clusters(*store.value()).size() ==
        static_cast<std::size_t>(std::min<std::int64_t>(1'000, written * 100)));
}

TEST_CASE("a process killed while it commits has lost nothing that it acknowledged") {
  for (int round = 0; round < 5; ++round) {
    const Workplace place;
    const std::string path = place.file("control.db");
    int acknowledgements[2] = {-1, -1};  // NOLINT: pipe(2) fills an array
    REQUIRE(::pipe(acknowledgements) == 0);
    const pid_t child = ::fork();
    if (child == 0) {
      const auto store = open_sqlite({.path = path, .log_bytes_max = 50'000});
      for (std::int64_t key = 1; store.ok(); ++key) {
        const std::vector rows{cluster_row(2 * key, "a"), cluster_row(2 * key + 1, "b")};
        if (!store.value()->commit(rows).ok() ||
            ::write(acknowledgements[1], &key, sizeof key) != sizeof key) {
          break;
        }
      }
      ::_exit(1);
    }
    ::close(acknowledgements[1]);
    std::int64_t acknowledged = 0;
    const std::int64_t enough = 20 + 37 * round;  // kills fall at different points of a commit
    while (
        acknowledged<enough&& ::read(acknowledgements[0], &acknowledged, sizeof acknowledged)> 0) {
    }
    CHECK(acknowledged >= enough);
    ::kill(child, SIGKILL);
    while (::read(acknowledgements[0], &acknowledged, sizeof acknowledged) > 0) {
    }
    ::waitpid(child, nullptr, 0);
    ::close(acknowledgements[0]);
    const auto store = opened(path);
    const std::vector<Row> rows = clusters(*store);
    REQUIRE(static_cast<std::int64_t>(rows.size()) >= 2 * acknowledged);
    CHECK(rows.size() % 2 == 0);  // both rows of a turn or neither
    CHECK(rows.back().key == static_cast<std::int64_t>(rows.size()) + 1);
  }
}

TEST_CASE("a full disk fails the commit, says so, and loses nothing acknowledged") {
  const Workplace place;
  const SmallDisk disk(place.file("disk"), 2'000'000);
  if (!disk.mounted()) {
    MESSAGE("skipped: mounting a small filesystem needs root");
    return;
  }
  const std::string path = place.file("disk/control.db");
  std::int64_t acknowledged = 0;
  {
    const auto store = opened(path);
    for (;;) {
      const schemas::Outcome committed =
          store->commit(std::vector{cluster_row(acknowledged + 1, std::string(20'000, 'x'))});
      if (!committed.ok()) {
        CHECK_MESSAGE(has(committed.error().message, "disk is full"), committed.error().message);
        break;
      }
      ++acknowledged;
      REQUIRE(acknowledged < 1'000);
    }
    CHECK(acknowledged > 10);
  }
  disk.grow(20'000'000);
  const auto store = opened(path);
  CHECK(static_cast<std::int64_t>(clusters(*store).size()) == acknowledged);
  must(store->commit(std::vector{cluster_row(acknowledged + 1, "room again")}));
}

TEST_CASE("the event log is read by sequence beside the writer, and kept by size and age") {
  const Workplace place;
  const auto store = opened(place.file("control.db"));
  auto reader = store->open_event_reader();
  REQUIRE(reader.ok());
  CHECK(reader.value()->read(0, 10).value().oldest == 0);
  std::vector<Row> rows;
  for (std::int64_t key = 1; key <= 100; ++key) {
    rows.push_back(event_row(key, key * 1'000));
  }
  must(store->commit(rows));
  const EventPage page = reader.value()->read(95, 3).value();
  REQUIRE(page.events.size() == 3);
  CHECK(page.events.front().sequence == 96);
  CHECK(page.events.front().at == schemas::Instant(schemas::Duration(96'000)));
  CHECK(page.events.front().kind == "task.state");
  CHECK(page.last_looked == 98);

  const schemas::Instant now{schemas::Duration{100'000}};
  must(store->trim({.events = {.rows_max = 1'000, .age_max = schemas::Duration{90'000}}}, now));
  CHECK(reader.value()->read(0, 1).value().oldest == 10);
  must(store->trim({.events = {.rows_max = 20, .age_max = schemas::Duration{90'000}}}, now));
  CHECK(reader.value()->read(0, 1).value().oldest == 81);
}

namespace {

Row audit_row(std::int64_t key, const std::string& account, const std::string& operation,
              const std::string& error = "") {
  return {.table = Table::audit,
          .key = key,
          .values = {key * 1'000, account, "us-east-1", "arn:user/" + account, "198.18.0.9",
                     "request-" + std::to_string(key), operation, error, error, "arn:x", "{}"}};
}

/// The sequence numbers of a page.
std::vector<std::int64_t> numbers(const AuditPage& page) {
  std::vector<std::int64_t> numbers;
  for (const AuditEntry& entry : page.entries) {
    numbers.push_back(entry.sequence);
  }
  return numbers;
}

}  // namespace

TEST_CASE("the audit trail is read newest first, of one account, by operation, caller and answer") {
  const Workplace place;
  const auto store = opened(place.file("control.db"));
  auto reader = store->open_audit_reader();
  REQUIRE(reader.ok());
  const auto read = [&](AuditQuery query) {
    query.region = "us-east-1";
    query.account = query.account.empty() ? "1" : query.account;
    return reader.value()->read(query).value();
  };
  CHECK(numbers(read({})).empty());
  CHECK(read({}).next == 0);
  must(store->commit(std::vector{audit_row(1, "1", "RunTask"), audit_row(2, "2", "RunTask"),
                                 audit_row(3, "1", "StopTask", "ClusterNotFoundException"),
                                 audit_row(4, "1", "RunTask")}));
  const AuditPage all = read({});
  CHECK(numbers(all) == std::vector<std::int64_t>{4, 3, 1});
  CHECK(all.next == 0);
  CHECK(all.entries[1].error == "ClusterNotFoundException");
  CHECK(all.entries[1].record.request_id == "request-3");
  CHECK(all.entries[1].at == schemas::Instant(schemas::Duration(3'000)));
  CHECK(numbers(read({.account = "2"})) == std::vector<std::int64_t>{2});
  CHECK(numbers(read({.operation = "RunTask"})) == std::vector<std::int64_t>{4, 1});
  CHECK(numbers(read({.principal = "arn:user/2"})).empty());
  CHECK(numbers(read({.since = schemas::Instant(schemas::Duration(3'000))})) ==
        std::vector<std::int64_t>{4, 3});
  CHECK(numbers(read({.answers = AuditQuery::Answers::refused})) == std::vector<std::int64_t>{3});

  const AuditPage first = read({.limit = 2});
  CHECK(numbers(first) == std::vector<std::int64_t>{4, 3});
  CHECK(numbers(read({.before = first.next, .limit = 2})) == std::vector<std::int64_t>{1});
}

TEST_CASE("a page of the audit trail looks at so many rows at most, and says where to go on") {
  const Workplace place;
  const auto store = opened(place.file("control.db"));
  std::vector<Row> rows{audit_row(1, "1", "CreateCluster")};
  for (std::int64_t key = 2; key <= 50'000; ++key) {
    rows.push_back(audit_row(key, "1", "RunTask"));
  }
  must(store->commit(rows));
  auto reader = store->open_audit_reader();
  REQUIRE(reader.ok());
  AuditQuery query{.account = "1", .region = "us-east-1", .operation = "CreateCluster"};
  std::vector<std::int64_t> found;
  int pages = 0;
  do {
    const AuditPage page = reader.value()->read(query).value();
    for (const std::int64_t number : numbers(page)) {
      found.push_back(number);
    }
    query.before = page.next;
    REQUIRE(++pages < 10);
  } while (query.before > 0);
  CHECK(found == std::vector<std::int64_t>{1});
  CHECK(pages == 3);
}

TEST_CASE("the audit trail has a period of its own") {
  const Workplace place;
  const auto store = opened(place.file("control.db"));
  must(store->commit(std::vector{audit_row(1, "1", "RunTask"), audit_row(2, "1", "RunTask"),
                                 audit_row(3, "1", "RunTask"), event_row(1, 1'000)}));
  const schemas::Instant now{schemas::Duration{10'000}};
  Retention retention;
  retention.audit.age_max = schemas::Duration{8'000};
  must(store->trim(retention, now));
  auto reader = store->open_audit_reader();
  CHECK(numbers(reader.value()->read({.account = "1", .region = "us-east-1"}).value()) ==
        std::vector<std::int64_t>{3, 2});
  retention.audit.rows_max = 1;
  must(store->trim(retention, now));
  CHECK(numbers(reader.value()->read({.account = "1", .region = "us-east-1"}).value()) ==
        std::vector<std::int64_t>{3});
}

TEST_CASE("the newest event stays however old it is: the numbers go on from it") {
  const Workplace place;
  const auto store = opened(place.file("control.db"));
  must(store->commit(std::vector{event_row(7, 1'000), event_row(8, 1'000)}));
  const schemas::Instant much_later{schemas::Duration{1'000'000'000}};
  must(store->trim({.events = {.rows_max = 0, .age_max = schemas::Duration{1}}}, much_later));
  CHECK(store->load().value().last_key[static_cast<std::size_t>(Table::event)] == 8);
}

namespace {

/// The columns of every table as the database itself describes them, a line each. Their order does
/// not matter: statements name them.
std::string tables_of(const std::string& path) {
  sqlite3* connection = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &connection) == SQLITE_OK);
  std::string text;
  const auto add = [](void* to, int count, char** values, char** /*names*/) {
    for (int at = 0; at < count; ++at) {
      *static_cast<std::string*>(to) += std::string(values[at]) + (at + 1 < count ? ": " : "\n");
    }
    return 0;
  };
  CHECK(sqlite3_exec(connection,
                     "SELECT t.name, c.name, c.type FROM sqlite_schema AS t, "
                     "pragma_table_info(t.name) AS c WHERE t.type = 'table' ORDER BY 1, 2",
                     add, &text, nullptr) == SQLITE_OK);
  sqlite3_close(connection);
  return text;
}

}  // namespace

TEST_CASE("an older database, once migrated, has the very tables of a new one") {
  const Workplace place;
  static_cast<void>(opened(place.file("new.db")));
  const std::string tables = tables_of(place.file("new.db"));
  CHECK(has(tables, "session: account: TEXT"));
  for (std::int64_t version = 1; version <= schema_version; ++version) {
    const std::string name = "version_" + std::to_string(version);
    run_sql(place.file(name), store_test::golden(name + ".sql"));
    static_cast<void>(opened(place.file(name)));
    CHECK_MESSAGE(tables_of(place.file(name)) == tables, name);
  }
}

}  // namespace control::store

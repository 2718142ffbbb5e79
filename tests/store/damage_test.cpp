// Files that cannot be trusted are refused at the start, with what was found and what to do, and
// are left as they are: the next thing that happens to them is a person's decision.

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>
#include <map>

#include "control/edge/store/sqlite/sqlite_store.h"
#include "schemas/base/random.h"
#include "tests/store/workplace.h"

namespace control::store {

namespace {

using store_test::cluster_row;
using store_test::event_row;
using store_test::read_file;
using store_test::run_sql;
using store_test::Workplace;
using store_test::write_file;

constexpr std::size_t page = 4'096;

void must(const schemas::Outcome& outcome) {
  if (!outcome.ok()) {
    FAIL(outcome.error().message);
  }
}

std::vector<Row> some_rows() {
  std::vector<Row> rows;
  for (std::int64_t key = 1; key <= 300; ++key) {
    rows.push_back(cluster_row(key, "cluster-" + std::to_string(key)));
    rows.push_back(event_row(key, key));
  }
  return rows;
}

/// A database as a process leaves it that was stopped.
std::string closed_database(const Workplace& place) {
  std::string path = place.file("control.db");
  auto store = open_sqlite({.path = path});
  REQUIRE(store.ok());
  must(store.value()->commit(some_rows()));
  return path;
}

/// A database and its log as a process leaves them that was killed.
std::string killed_database(const Workplace& place) {
  std::string path = place.file("control.db");
  auto store = open_sqlite({.path = place.file("live.db")});
  REQUIRE(store.ok());
  must(store.value()->commit(some_rows()));
  must(store.value()->commit(std::vector{cluster_row(400, "in the log")}));
  std::filesystem::copy_file(place.file("live.db"), path);
  std::filesystem::copy_file(place.file("live.db-wal"), path + "-wal");
  return path;
}

/// Every file of the directory, byte for byte.
std::map<std::string, std::string> files(const Workplace& place) {
  std::map<std::string, std::string> all;
  for (const auto& entry : std::filesystem::directory_iterator(place.path())) {
    const std::string name = entry.path().filename().string();
    if (entry.is_regular_file() && !name.ends_with("-shm")) {
      all[name] = read_file(entry.path().string());
    }
  }
  return all;
}

/// The refusal's words, "" if the file was taken.
std::string refusal(const std::string& path) {
  const auto store = open_sqlite({.path = path});
  if (!store.ok()) {
    return store.error().message;
  }
  const schemas::Result<Snapshot> snapshot = store.value()->load();
  return snapshot.ok() ? "" : snapshot.error().message;
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

void check_refused(const Workplace& place, const std::string& path,
                   std::initializer_list<std::string_view> words) {
  const auto before = files(place);
  const std::string said = refusal(path);
  INFO(said);
  CHECK_FALSE(said.empty());
  CHECK(has(said, path));
  for (const std::string_view word : words) {
    CHECK_MESSAGE(has(said, word), std::string(word));
  }
  CHECK(files(place) == before);
}

}  // namespace

TEST_CASE("a file that was cut short is refused, wherever the cut is") {
  for (const std::size_t cut : {std::size_t{0}, std::size_t{1}, std::size_t{100}, page - 1, page,
                                page + 1, 5 * page, 10 * page - 7}) {
    const Workplace place;
    const std::string path = closed_database(place);
    const std::string whole = read_file(path);
    std::filesystem::remove(path + "-wal");
    REQUIRE(whole.size() > 10 * page);
    write_file(path, whole.substr(0, cut));
    check_refused(place, path, {"the last backup"});
    write_file(path, whole.substr(0, whole.size() - page));
    check_refused(place, path, {"cut short", "the last backup"});
  }
}

TEST_CASE("a garbage header, a file of garbage and a page in another's place are refused") {
  const Workplace place;
  const std::string path = closed_database(place);
  const std::string whole = read_file(path);
  schemas::Random random(1);

  std::string header = whole;
  for (std::size_t at = 0; at < 100; ++at) {
    header[at] = static_cast<char>(random.below(256));
  }
  write_file(path, header);
  check_refused(place, path, {"no database's header", "the last backup"});

  std::string garbage = whole;
  for (char& byte : garbage) {
    byte = static_cast<char>(random.below(256));
  }
  write_file(path, garbage);
  check_refused(place, path, {"the last backup"});

  std::string garbage_below = garbage;
  garbage_below.replace(0, page, whole, 0, page);
  write_file(path, garbage_below);
  check_refused(place, path, {"damaged", "the last backup"});

  for (std::size_t wrong = 1; wrong < whole.size() / page; ++wrong) {
    std::string swapped = whole;
    swapped.replace(wrong * page, page, whole, (wrong - 1) * page, page);
    if (swapped == whole) {
      continue;  // two empty tables look alike
    }
    write_file(path, swapped);
    const auto before = files(place);
    const std::string said = refusal(path);
    if (said.empty()) {
      // Two pages of one kind: what is read is whole, if not what was written.
      continue;
    }
    CHECK_MESSAGE(has(said, "the last backup"), said);
    CHECK(files(place) == before);
  }
}

TEST_CASE("a bit that flips is noticed or harmless to the reader, and never repaired in silence") {
  const Workplace place;
  const std::string path = closed_database(place);
  std::filesystem::remove(path + "-wal");
  const std::string whole = read_file(path);
  schemas::Random random(2);
  int refused = 0;
  constexpr int flips = 200;
  for (int at = 0; at < flips; ++at) {
    std::string flipped = whole;
    // Every other one among the first bytes of a page, where its structure is.
    std::size_t where = random.below(whole.size());
    where = at % 2 == 0 ? where : where / page * page + random.below(64);
    flipped[where] = static_cast<char>(flipped[where] ^ (1 << random.below(8)));
    write_file(path, flipped);
    std::filesystem::remove(path + "-wal");
    const std::string said = refusal(path);
    if (!said.empty()) {
      ++refused;
      CHECK_MESSAGE(has(said, path), said);
      CHECK_MESSAGE(read_file(path) == flipped, said);
    }
  }
  MESSAGE(refused << " of " << flips << " flipped bits were noticed");
  CHECK(refused > flips / 10);
}

TEST_CASE("a log without its file and a file without its log are refused") {
  const Workplace place;
  const std::string path = killed_database(place);
  const std::string log = read_file(path + "-wal");
  const std::string whole = read_file(path);

  std::filesystem::remove(path + "-wal");
  check_refused(place, path, {"no write-ahead log", "make an empty", "the last backup"});
  CHECK_FALSE(std::filesystem::exists(path + "-wal"));

  write_file(path + "-wal", log);
  std::filesystem::remove(path);
  check_refused(place, path, {"is missing", "Put the file back", "the last backup"});

  write_file(path, whole);
  CHECK(refusal(path).empty());

  // A person says that the log was folded into the file by another program.
  write_file(path + "-wal", "");
  CHECK(refusal(path).empty());
}

TEST_CASE("a file that was closed needs no log: it can be copied by itself") {
  const Workplace place;
  const std::string path = closed_database(place);
  std::filesystem::remove(path + "-wal");
  std::filesystem::remove(path + "-shm");
  CHECK(refusal(path).empty());
}

TEST_CASE("another program's database is left as it is") {
  const Workplace place;
  const std::string path = place.file("other.db");
  run_sql(path, "CREATE TABLE other (x); INSERT INTO other VALUES (1)");
  ::chmod(path.c_str(), 0644);
  check_refused(place, path, {"another program's", "--store"});
  struct stat info {};
  REQUIRE(::stat(path.c_str(), &info) == 0);
  CHECK((info.st_mode & 0777U) == 0644);

  const std::string logged = place.file("logged.db");
  run_sql(logged, "PRAGMA journal_mode = WAL; PRAGMA application_id = 7; CREATE TABLE other (x)");
  check_refused(place, logged, {"another program's", "--store"});
}

TEST_CASE("a database of a newer version is left as it is") {
  const Workplace place;
  const std::string path = closed_database(place);
  run_sql(path, "PRAGMA user_version = 99");
  check_refused(place, path, {"newer Stowage", "schema 99", "made before the upgrade"});
}

TEST_CASE("what is no file, and a directory that does not exist, are named") {
  const Workplace place;
  std::filesystem::create_directory(place.file("control.db"));
  check_refused(place, place.file("control.db"), {"is no file", "--store"});
  CHECK(has(refusal(place.file("nowhere/control.db")), "Check who owns"));
}

}  // namespace control::store

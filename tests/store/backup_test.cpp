// A backup is taken while control runs, and put in place of what is there: whole, checked, and so
// that nobody takes what comes after it for what came before.

#include "control/edge/store/sqlite/backup.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <thread>

#include "control/edge/daemon/restore.h"
#include "control/edge/store/data_directory.h"
#include "control/edge/store/sqlite/sqlite_store.h"
#include "tests/store/faulty_disk.h"
#include "tests/store/life.h"
#include "tests/store/workplace.h"

namespace control::store {

namespace {

using edge::Restored;
// clang-tidy 14 does not see that a literal uses them. NOLINTBEGIN(misc-unused-using-decls)
using std::chrono_literals::operator""h;
// NOLINTEND(misc-unused-using-decls)
using store_test::event_row;
using store_test::Fault;
using store_test::FaultyDisk;
using store_test::read_file;
using store_test::rows_of;
using store_test::run_sql;
using store_test::text_of;
using store_test::Workplace;
using store_test::write_file;

/// A row that a World can be loaded from.
Row cluster_row(std::int64_t key, const std::string& name) {
  Row row = store_test::cluster_row(key, name);
  row.values[row.values.size() - 2] = std::string("{}");
  return row;
}

const schemas::Instant noon(std::chrono::seconds(1'790'000'000));
const std::atomic<bool> never = false;

void must(const schemas::Outcome& outcome) {
  if (!outcome.ok()) {
    FAIL(outcome.error().message);
  }
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

std::unique_ptr<Store> opened(const std::string& path) {
  auto store = open_sqlite({.path = path});
  REQUIRE_MESSAGE(store.ok(), (store.ok() ? "" : store.error().message));
  return std::move(store).value();
}

Snapshot snapshot_of(Store& store) {
  schemas::Result<Snapshot> snapshot = store.load();
  REQUIRE_MESSAGE(snapshot.ok(), (snapshot.ok() ? "" : snapshot.error().message));
  return std::move(snapshot).value();
}

World world_of(const Snapshot& snapshot) {
  schemas::Result<World> world = control::load(snapshot, {}, noon);
  REQUIRE_MESSAGE(world.ok(), (world.ok() ? "" : world.error().message));
  return std::move(world).value();
}

void back_up(Store& store, const std::string& path, schemas::Instant now = noon) {
  const auto source = store.open_backup_source();
  REQUIRE(source.ok());
  must(source.value()->copy_to(path, now, never));
}

/// A data directory that has the key of the life that is restored into it.
std::string directory_with_key(const Workplace& place, const std::string& name) {
  std::string path = place.file(name);
  const auto directory = DataDirectory::open(path);
  REQUIRE(directory.ok());
  must(directory.value()->write_file("key", store_test::key_of_life()));
  return path;
}

schemas::Result<Restored> restored(const std::string& backup, const std::string& data,
                                   schemas::Instant now = noon + 1h) {
  return edge::restore({.backup = backup,
                        .data = data,
                        .store = {},
                        .region = "us-east-1",
                        .account = "123456789012"},
                       now);
}

void must_restore(const std::string& backup, const std::string& data,
                  schemas::Instant now = noon + 1h) {
  const schemas::Result<Restored> done = restored(backup, data, now);
  REQUIRE_MESSAGE(done.ok(), (done.ok() ? "" : done.error().message));
}

std::string refusal(const std::string& backup, const std::string& data,
                    schemas::Instant now = noon + 1h) {
  const schemas::Result<Restored> done = restored(backup, data, now);
  return done.ok() ? "" : done.error().message;
}

/// A small database that was backed up while it was open.
std::string some_backup(const Workplace& place) {
  const auto store = opened(place.file("source.db"));
  must(store->commit(std::vector{cluster_row(1, "a"), cluster_row(2, "b"), event_row(1, 1)}));
  std::string path = place.file("some.backup");
  back_up(*store, path);
  return path;
}

std::vector<std::string> cluster_names(const std::string& path) {
  std::vector<std::string> names;
  const Snapshot snapshot = snapshot_of(*opened(path));
  for (const Row& row : snapshot.rows[static_cast<std::size_t>(Table::cluster)]) {
    names.push_back(std::get<std::string>(row.values[2]));
  }
  return names;
}

}  // namespace

TEST_CASE("a World that was backed up while it lived is the same World when it is restored") {
  const Workplace place;
  const auto store = opened(place.file("control.db"));
  stage::Stage stage;
  stage.also_commit = [&store](const std::vector<Row>& rows) { must(store->commit(rows)); };
  store_test::live(stage);
  back_up(*store, place.file("backup.db"), stage.now);
  struct stat info {};
  REQUIRE(::stat(place.file("backup.db").c_str(), &info) == 0);
  CHECK((info.st_mode & 0777U) == 0600);

  const std::vector<Row> then = rows_of(stage.world);
  stage.must<api::CreateClusterResponse>("CreateCluster",
                                         api::CreateClusterRequest{.cluster_name = "later"});
  CHECK(rows_of(stage.world) != then);

  const std::string data = directory_with_key(place, "other");
  const schemas::Result<Restored> done = restored(place.file("backup.db"), data, stage.now + 1h);
  REQUIRE_MESSAGE(done.ok(), (done.ok() ? "" : done.error().message));
  CHECK(done.value().path == data + "/control.db");
  CHECK(done.value().aside.empty());
  CHECK(done.value().taken_at == stage.now);
  CHECK(done.value().clusters == 2);
  CHECK(done.value().hosts == 5);

  const auto next = opened(data + "/control.db");
  const Snapshot snapshot = snapshot_of(*next);
  const World world = world_of(snapshot);
  CHECK(text_of(rows_of(world)) == text_of(then));
  // What came since the backup came in other numbers than what comes now.
  CHECK(world.epoch() > stage.world.epoch() + 1'000);
  CHECK(world.next_key(Table::event) > stage.world.next_key(Table::event) + 1'000'000);
  CHECK(world.next_key(Table::task) > stage.world.next_key(Table::task) + 1'000'000);

  auto reader = next->open_event_reader();
  REQUIRE(reader.ok());
  const EventPage told = reader.value()->read(0, 10'000).value();
  CHECK(told.events.size() == stage.events.size());  // without "later", with the restore
  CHECK(told.events.back().kind == "control.restored");
  CHECK(told.events.back().sequence == world.next_key(Table::event) - 1);
  // Without a gap, so that a reader who goes on behind any of them misses nothing, and trimming
  // by number keeps what it should.
  const auto count = static_cast<std::int64_t>(told.events.size());
  CHECK(told.events.front().sequence == told.events.back().sequence - count + 1);
  must(next->trim({.events = {.rows_max = count, .age_max = schemas::Duration{1'000'000'000}}},
                  noon));
  CHECK(reader.value()->read(0, 10'000).value().events.size() == told.events.size());
}

TEST_CASE("two restores of one backup lead to two futures that never meet") {
  const Workplace place;
  const std::string backup = some_backup(place);
  must_restore(backup, place.file("data"), noon + 1h);
  const World first = world_of(snapshot_of(*opened(place.file("data/control.db"))));
  must_restore(backup, place.file("data"), noon + 2h);
  const World second = world_of(snapshot_of(*opened(place.file("data/control.db"))));
  CHECK(second.epoch() > first.epoch() + 1'000);
  CHECK(second.next_key(Table::event) > first.next_key(Table::event) + 1'000'000);
}

TEST_CASE("commits go on while a backup is copied, and it holds what came before it, whole") {
  const Workplace place;
  const std::string path = place.file("control.db");
  auto store = open_sqlite({.path = path, .log_bytes_max = 100'000});  // emptied all the time
  REQUIRE(store.ok());
  std::int64_t key = 0;
  const auto commit = [&](std::int64_t turns) {
    std::vector<Row> rows;
    for (const std::int64_t last = key + turns; key < last;) {
      ++key;
      rows.push_back(cluster_row(key, std::to_string(key) + std::string(500, 'x')));
      rows.push_back(event_row(key, key));
    }
    must(store.value()->commit(rows));
  };
  commit(8'000);
  const auto source = store.value()->open_backup_source();
  REQUIRE(source.ok());
  std::atomic<bool> copied = false;
  const std::int64_t before = key;
  std::chrono::steady_clock::duration copying{};
  std::thread copier([&] {
    const auto start = std::chrono::steady_clock::now();
    const schemas::Outcome done = source.value()->copy_to(place.file("backup.db"), noon, never);
    copying = std::chrono::steady_clock::now() - start;
    copied = true;
    CHECK_MESSAGE(done.ok(), (done.ok() ? "" : done.error().message));
  });
  std::chrono::steady_clock::duration longest{};
  do {
    const auto start = std::chrono::steady_clock::now();
    commit(1);
    longest = std::max(longest, std::chrono::steady_clock::now() - start);
  } while (!copied);
  copier.join();
  const std::int64_t after = key;
  const std::int64_t meanwhile = after - before;
  MESSAGE(meanwhile << " commits while the backup was copied, the longest "
                    << std::chrono::duration_cast<std::chrono::milliseconds>(longest).count()
                    << " ms; copying took "
                    << std::chrono::duration_cast<std::chrono::milliseconds>(copying).count()
                    << " ms");
  CHECK(after > before);
  // Who waits for a reader to go waits ten seconds.
  CHECK(longest < std::chrono::seconds(5));

  must_restore(place.file("backup.db"), place.file("data"));
  const auto next = opened(place.file("data/control.db"));
  const Snapshot snapshot = snapshot_of(*next);
  const auto held =
      static_cast<std::int64_t>(snapshot.rows[static_cast<std::size_t>(Table::cluster)].size());
  CHECK(held >= before);
  CHECK(held <= after);
  auto reader = next->open_event_reader();
  REQUIRE(reader.ok());
  const EventPage events = reader.value()->read(0, 1'000'000).value();
  CHECK(static_cast<std::int64_t>(events.events.size()) == held + 1);  // and the restore's own
}

TEST_CASE("a backup holds nothing of what was deleted") {
  const Workplace place;
  const auto store = opened(place.file("control.db"));
  const std::string secret = "sealed-once-and-deleted";
  must(store->commit(std::vector{cluster_row(1, secret), cluster_row(2, "kept")}));
  must(store->commit(std::vector{store_test::erased(Table::cluster, 1)}));
  back_up(*store, place.file("backup.db"));
  CHECK(has(read_file(place.file("backup.db")), "kept"));
  CHECK_FALSE(has(read_file(place.file("backup.db")), secret));
}

TEST_CASE("a backup is given up soon after it is told to stop, and leaves nothing") {
  const Workplace place;
  const auto store = opened(place.file("control.db"));
  std::vector<Row> rows;
  for (std::int64_t key = 1; key <= 20'000; ++key) {
    rows.push_back(cluster_row(key, std::string(200, 'x')));
  }
  must(store->commit(rows));
  const auto source = store->open_backup_source();
  REQUIRE(source.ok());
  const std::atomic<bool> stop = true;
  CHECK_FALSE(source.value()->copy_to(place.file("backup.db"), noon, stop).ok());
  CHECK_FALSE(std::filesystem::exists(place.file("backup.db")));
  must(store->commit(std::vector{cluster_row(1, "life goes on")}));
}

TEST_CASE("a backup that would leave the disk too full is refused before it is begun") {
  const Workplace place;
  const store_test::SmallDisk disk(place.file("disk"), 20'000'000);
  if (!disk.mounted()) {
    MESSAGE("skipped: mounting a small filesystem needs root");
    return;
  }
  const auto store = opened(place.file("disk/control.db"));
  must(store->commit(std::vector{cluster_row(1, "a")}));
  const auto source = store->open_backup_source();
  REQUIRE(source.ok());
  const schemas::Outcome refused =
      source.value()->copy_to(place.file("disk/backup.db"), noon, never);
  REQUIRE_FALSE(refused.ok());
  CHECK_MESSAGE(has(refused.error().message, "Free some space"), refused.error().message);
  CHECK_FALSE(std::filesystem::exists(place.file("disk/backup.db")));
}

TEST_CASE("what was there is moved aside with its log, and is a database still") {
  const Workplace place;
  const std::string backup = some_backup(place);
  const std::string path = place.file("data/control.db");
  std::filesystem::create_directory(place.file("data"));
  {  // as a process leaves it that was killed: the latest is in the log
    const auto store = opened(place.file("live.db"));
    must(store->commit(std::vector{cluster_row(1, "old")}));
    must(store->commit(std::vector{cluster_row(2, "in the log")}));
    std::filesystem::copy_file(place.file("live.db"), path);
    std::filesystem::copy_file(place.file("live.db-wal"), path + "-wal");
  }
  const schemas::Result<Restored> done = restored(backup, place.file("data"));
  REQUIRE_MESSAGE(done.ok(), (done.ok() ? "" : done.error().message));
  CHECK(cluster_names(path) == std::vector<std::string>{"a", "b"});
  REQUIRE(done.value().aside.starts_with(path + ".replaced-"));
  CHECK(cluster_names(done.value().aside) == std::vector<std::string>{"old", "in the log"});
}

TEST_CASE("what cannot be restored is refused with what to do, and nothing is replaced") {
  const Workplace place;
  const std::string backup = some_backup(place);
  const std::string whole = read_file(backup);
  const std::string data = place.file("data");
  must_restore(backup, data);
  const std::string before = read_file(data + "/control.db");
  const auto check = [&](const std::string& file, std::initializer_list<std::string_view> words,
                         schemas::Instant now = noon + 1h) {
    const std::string said = refusal(file, data, now);
    for (const std::string_view word : words) {
      CHECK_MESSAGE(has(said, word), said);
    }
    CHECK(read_file(data + "/control.db") == before);
    std::int64_t files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(data)) {
      const std::string name = entry.path().filename().string();
      files += name.starts_with("control.db") && !name.ends_with("-shm") ? 1 : 0;
      CHECK_MESSAGE((name.starts_with("control.db") || name == "lock"), name);
    }
    CHECK(files <= 2);  // the database and its log
  };
  check(place.file("nowhere"), {"no such file", "ecsctl backup"});
  check(data, {"is no file"});
  write_file(place.file("bad"), "garbage");
  check(place.file("bad"), {"no database's header"});
  write_file(place.file("bad"), whole.substr(0, whole.size() / 2));
  check(place.file("bad"), {"cut short"});
  write_file(place.file("bad"), whole.substr(0, 4'096) + std::string(whole.size() - 4'096, 'x'));
  check(place.file("bad"), {"damaged"});
  run_sql(place.file("other"), "CREATE TABLE other (x)");
  check(place.file("other"), {"another program's"});
  std::filesystem::copy_file(backup, place.file("newer"));
  run_sql(place.file("newer"), "PRAGMA user_version = 99");
  check(place.file("newer"), {"newer Stowage", "schema 99"});
  std::filesystem::copy_file(backup, place.file("row"));
  run_sql(place.file("row"), "UPDATE cluster SET tags = 'garbage'");
  check(place.file("row"), {"table cluster", "column tags"});
  check(backup, {"clock", "set the clock"}, noon - 1h);
  {
    const auto running = DataDirectory::open(data);
    REQUIRE(running.ok());
    check(backup, {"another ecs-control", "Stop that one first"});
  }
  CHECK(refusal(backup, data).empty());
}

TEST_CASE("secrets are restored only where their key is") {
  const Workplace place;
  const auto store = opened(place.file("control.db"));
  stage::Stage stage;
  stage.also_commit = [&store](const std::vector<Row>& rows) { must(store->commit(rows)); };
  store_test::live(stage);
  const std::string backup = place.file("backup.db");
  back_up(*store, backup, stage.now);
  const schemas::Instant later = stage.now + 1h;

  const std::string missing = refusal(backup, place.file("data"), later);
  CHECK_MESSAGE(has(missing, "key is missing"), missing);
  CHECK_MESSAGE(has(missing, "install -m 600 THAT-KEY " + place.file("data/key")), missing);
  write_file(place.file("data/key"), std::string(64, '7') + "\n");
  std::filesystem::permissions(place.file("data/key"), std::filesystem::perms::owner_read);
  const std::string wrong = refusal(backup, place.file("data"), later);
  CHECK_MESSAGE(has(wrong, "another database's key"), wrong);
  CHECK_FALSE(std::filesystem::exists(place.file("data/control.db")));
}

TEST_CASE("a backup that was copied into place is refused: only a restore makes it a later state") {
  const Workplace place;
  const std::string backup = some_backup(place);
  const auto message = [](const std::string& path) {
    const auto store = open_sqlite({.path = path});
    return store.ok() ? std::string() : store.error().message;
  };
  CHECK_MESSAGE(has(message(backup), "is a backup"), message(backup));
  CHECK_MESSAGE(has(message(backup), "ecs-control restore"), message(backup));
  // Beside the log of what was there before, which SQLite would mix into it.
  write_file(backup + "-wal", "of another file");
  CHECK_MESSAGE(has(message(backup), "belongs to another file"), message(backup));
}

TEST_CASE("a database of a stopped control is a backup, too, of whatever version") {
  const Workplace place;
  {
    const auto store = opened(place.file("stopped.db"));
    must(store->commit(std::vector{cluster_row(1, "a")}));
  }
  must_restore(place.file("stopped.db"), place.file("data"));
  CHECK(cluster_names(place.file("data/control.db")) == std::vector<std::string>{"a"});
  for (std::int64_t version = 1; version <= schema_version; ++version) {
    const std::string name = "version_" + std::to_string(version);
    run_sql(place.file(name), store_test::golden(name + ".sql"));
    const std::string data = directory_with_key(place, name + ".data");
    const schemas::Result<Restored> done = restored(place.file(name), data);
    REQUIRE_MESSAGE(done.ok(), (done.ok() ? "" : done.error().message));
    CHECK(done.value().tasks > 0);
    CHECK_FALSE(cluster_names(data + "/control.db").empty());
  }
}

TEST_CASE(
    "whichever operation of the disk fails, a backup is whole or not there, a restore done or "
    "not") {
  std::int64_t at = 0;
  for (bool struck = true; struck;) {
    ++at;
    const Workplace place(Workplace::Where::memory);
    FaultyDisk disk;
    const auto store = opened(place.file("control.db"));
    must(store->commit(std::vector{cluster_row(1, "a"), event_row(1, 1)}));
    const auto source = store->open_backup_source();
    REQUIRE(source.ok());
    disk.arm(at % 2 == 0 ? Fault::io_error : Fault::disk_full, (at + 1) / 2);
    const schemas::Outcome copied = source.value()->copy_to(place.file("backup.db"), noon, never);
    disk.disarm();
    struck = disk.struck() || at % 2 == 1;  // fewer operations need room
    INFO(disk.struck_at());
    CHECK(copied.ok() == std::filesystem::exists(place.file("backup.db")));
    must(store->commit(std::vector{cluster_row(2, "life goes on")}));
    if (copied.ok()) {
      must_restore(place.file("backup.db"), place.file("data"));
      CHECK(cluster_names(place.file("data/control.db")) == std::vector<std::string>{"a"});
    } else {
      CHECK_MESSAGE(has(copied.error().message, ".db"), copied.error().message);
    }
  }
  MESSAGE("a backup: " << at << " runs");
  CHECK(at > 10);

  const Workplace start(Workplace::Where::memory);
  const std::string backup = some_backup(start);
  at = 0;
  for (bool struck = true; struck;) {
    ++at;
    const Workplace place(Workplace::Where::memory);
    const std::string path = place.file("data/control.db");
    std::filesystem::create_directory(place.file("data"));
    {
      const auto store = opened(path);
      must(store->commit(std::vector{cluster_row(1, "old")}));
    }
    FaultyDisk disk;
    disk.arm(Fault::io_error, at);
    const schemas::Result<Restored> done = restored(backup, place.file("data"));
    disk.disarm();
    struck = disk.struck();
    INFO(disk.struck_at() << ": " << (done.ok() ? "" : done.error().message));
    CHECK(cluster_names(path) ==
          (done.ok() ? std::vector<std::string>{"a", "b"} : std::vector<std::string>{"old"}));
  }
  MESSAGE("a restore: " << at << " runs");
  CHECK(at > 50);
}

}  // namespace control::store

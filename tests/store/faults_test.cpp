// Every operation on the disk fails in turn: the first, the second, … until a run has none left to
// fail. Whatever happens, the store says so, nothing is half done, and what was acknowledged stays.

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <functional>
#include <optional>

#include "control/edge/store/sqlite/database.h"
#include "control/edge/store/sqlite/sqlite_store.h"
#include "control/edge/store/store.h"
#include "tests/store/faulty_disk.h"
#include "tests/store/workplace.h"

// Each run opens databases several times: kept for a while, as the address sanitizer keeps what was
// freed, that is more memory than the caches hold.
extern "C" const char* __asan_default_options() {  // NOLINT: its name
  return "quarantine_size_mb=4:thread_local_quarantine_size_kb=64:malloc_context_size=5";
}

namespace control::store {

namespace {

using store_test::cluster_row;
using store_test::erased;
using store_test::event_row;
using store_test::Fault;
using store_test::FaultyDisk;
using store_test::Unsynced;
using store_test::Workplace;

/// A run with more operations than this would never end.
constexpr std::int64_t operations_max = 5'000;

void must(const schemas::Outcome& outcome) {
  if (!outcome.ok()) {
    FAIL(outcome.error().message);
  }
}

// --- what a database holds --------------------------------------------------------------------

struct Content {
  std::vector<Row> rows;
  std::vector<std::int64_t> events;
  bool operator==(const Content&) const = default;
};

Content content_of(Store& store, const std::string& when) {
  const schemas::Result<Snapshot> snapshot = store.load();
  REQUIRE_MESSAGE(snapshot.ok(), when << (snapshot.ok() ? "" : snapshot.error().message));
  Content content;
  for (const std::vector<Row>& rows : snapshot.value().rows) {
    content.rows.insert(content.rows.end(), rows.begin(), rows.end());
  }
  auto reader = store.open_event_reader();
  REQUIRE(reader.ok());
  const EventPage page = reader.value()->read(0, 100'000).value();
  for (const Event& event : page.events) {
    content.events.push_back(event.sequence);
  }
  return content;
}

std::unique_ptr<Store> opened(const std::string& path, const std::string& when) {
  auto store = open_sqlite({.path = path});
  REQUIRE_MESSAGE(store.ok(), when << (store.ok() ? "" : store.error().message));
  return std::move(store).value();
}

// --- stories ----------------------------------------------------------------------------------

/// One process: it ends at its first failure, and nothing is tried after it.
struct Process {
  std::string path;
  std::unique_ptr<Store> store;
};
using Step = std::function<schemas::Outcome(Process&)>;

struct Story {
  std::string name;
  std::function<void(const std::string& path)> prepare;
  std::vector<Step> steps;
  std::size_t faults_from = 0;  ///< the steps before it find a disk in order
};

schemas::Outcome open(Process& process) {
  auto opened = open_sqlite({.path = process.path});
  if (!opened.ok()) {
    return opened.error();
  }
  process.store = std::move(opened).value();
  const schemas::Result<Snapshot> snapshot = process.store->load();
  return snapshot.ok() ? schemas::Outcome(schemas::Done{}) : snapshot.error();
}

Step commit(std::vector<Row> rows) {
  return [rows = std::move(rows)](Process& process) { return process.store->commit(rows); };
}

schemas::Outcome trim(Process& process) {
  return process.store->trim({.events = {.rows_max = 50, .age_max = schemas::Duration{1'000'000}}},
                             schemas::Instant(schemas::Duration{1'000}));
}

schemas::Outcome close(Process& process) {
  process.store.reset();
  return schemas::Done{};
}

schemas::Outcome checkpoint(Process& process) {
  auto database = sqlite::Database::open(process.path, sqlite::Database::Mode::read_write);
  if (!database.ok()) {
    return database.error();
  }
  const schemas::Result<bool> emptied = database.value().checkpoint();
  return emptied.ok() ? schemas::Outcome(schemas::Done{}) : emptied.error();
}

void nothing(const std::string& /*path*/) {}

void some_rows(const std::string& path) {
  Process process{.path = path, .store = {}};
  must(open(process));
  std::vector<Row> rows;
  for (std::int64_t key = 1; key <= 50; ++key) {
    rows.push_back(cluster_row(key, std::string(300, 'a')));
    rows.push_back(event_row(key, key));
    rows.push_back(event_row(key + 50, key + 50));
  }
  must(process.store->commit(rows));
}

/// A process that was killed leaves what it committed in its log.
void killed_process(const std::string& path) {
  some_rows(path);
  const std::string aside = path + ".aside";
  {
    Process process{.path = path, .store = {}};
    must(open(process));
    must(process.store->commit(std::vector{cluster_row(60, "settles the log")}));
    must(process.store->commit(
        std::vector{cluster_row(61, "in the log"), erased(Table::cluster, 1)}));
    must(process.store->commit(std::vector{cluster_row(2, std::string(9'000, 'b'))}));
    std::filesystem::copy_file(path, aside);
    std::filesystem::copy_file(path + "-wal", aside + "-wal");
  }
  std::filesystem::remove(path + "-shm");
  std::filesystem::rename(aside, path);
  std::filesystem::rename(aside + "-wal", path + "-wal");
}

void version_1(const std::string& path) {
  store_test::run_sql(path, store_test::golden("version_1.sql"));
}

std::vector<Row> many_rows() {
  std::vector<Row> rows;
  for (std::int64_t key = 1; key <= 24; ++key) {
    rows.push_back(cluster_row(2 * key, std::string(static_cast<std::size_t>(120 * key), 'c')));
    rows.push_back(event_row(1'000 + key, key));
  }
  rows.push_back(erased(Table::cluster, 7));
  rows.push_back(erased(Table::cluster, 30));
  return rows;
}

std::vector<Story> stories() {
  return {
      {.name = "a first start",
       .prepare = nothing,
       .steps = {open, commit({cluster_row(1, "a")}), close}},
      {.name = "a start after a kill",
       .prepare = killed_process,
       .steps = {open, commit({cluster_row(70, "next")}), close}},
      {.name = "small commits",
       .prepare = some_rows,
       .steps = {open, commit({cluster_row(70, "a")}), commit({cluster_row(70, "b")}),
                 commit({erased(Table::cluster, 70), event_row(101, 1)})},
       .faults_from = 1},
      {.name = "a large commit",
       .prepare = some_rows,
       .steps = {open, commit({cluster_row(70, "a")}), commit(many_rows()), close},
       .faults_from = 2},
      {.name = "a checkpoint", .prepare = killed_process, .steps = {checkpoint}},
      {.name = "a migration", .prepare = version_1, .steps = {open, commit({cluster_row(2, "b")})}},
      {.name = "letting go of old events",
       .prepare = some_rows,
       .steps = {open, commit({cluster_row(70, "a")}), trim},
       .faults_from = 2},
  };
}

/// A story with the files that it starts from and what the database holds after each number of
/// its steps, 0 first.
struct Rehearsed {
  Story story;
  std::unique_ptr<Workplace> start;
  std::vector<Content> states;

  [[nodiscard]] std::string fresh_copy(const Workplace& place) const {
    std::filesystem::copy(start->path(), place.path(),
                          std::filesystem::copy_options::recursive |
                              std::filesystem::copy_options::overwrite_existing);
    return place.file("control.db");
  }
};

Rehearsed rehearse(Story story) {
  Rehearsed rehearsed{.story = std::move(story),
                      .start = std::make_unique<Workplace>(Workplace::Where::memory),
                      .states = {}};
  rehearsed.story.prepare(rehearsed.start->file("control.db"));
  for (std::size_t steps = 0; steps <= rehearsed.story.steps.size(); ++steps) {
    const Workplace place(Workplace::Where::memory);
    Process process{.path = rehearsed.fresh_copy(place), .store = {}};
    for (std::size_t at = 0; at < steps; ++at) {
      must(rehearsed.story.steps[at](process));
    }
    process.store.reset();
    rehearsed.states.push_back(
        content_of(*opened(process.path, rehearsed.story.name), rehearsed.story.name));
  }
  return rehearsed;
}  // NOLINT(clang-analyzer-cplusplus.NewDeleteLeaks): what is returned owns it

// --- faults -----------------------------------------------------------------------------------

struct Variant {
  std::string name;
  Fault fault = Fault::io_error;
  std::optional<Unsynced> cut;  ///< nothing: the process ends and the machine goes on
};

const std::array<Variant, 5>& variants() {
  static const std::array<Variant, 5> all{
      {{"one operation fails", Fault::io_error, std::nullopt},
       {"the disk is full", Fault::disk_full, std::nullopt},
       {"the disk is gone from then on", Fault::power_cut, std::nullopt},
       {"the power goes, what was not synced is lost", Fault::power_cut, Unsynced::lost},
       {"the power goes, some of what was not synced is lost", Fault::power_cut,
        Unsynced::some_of_it}}};
  return all;
}

void check_message(const std::string& message, const Variant& variant) {
  CHECK_MESSAGE(message.find("control.db") != std::string::npos, message);
  const bool advises = message.find("Check ") != std::string::npos ||
                       message.find("Free some space") != std::string::npos ||
                       message.find("Use a local disk") != std::string::npos;
  CHECK_MESSAGE(advises, message);
  if (variant.fault == Fault::disk_full) {
    CHECK_MESSAGE(message.find("disk is full") != std::string::npos, message);
  }
}

/// One run in which operation number `at` fails. False when there was none.
bool run(const Rehearsed& rehearsed, const Variant& variant, std::int64_t at) {
  const Story& story = rehearsed.story;
  const Workplace place(Workplace::Where::memory);
  FaultyDisk disk;
  Process process{.path = rehearsed.fresh_copy(place), .store = {}};
  std::size_t done = 0;
  std::string failure;
  for (; done < story.steps.size(); ++done) {
    if (done == story.faults_from) {
      disk.arm(variant.fault, at);
    }
    const schemas::Outcome outcome = story.steps[done](process);
    if (!outcome.ok()) {
      failure = outcome.error().message;
      break;
    }
  }
  process.store.reset();
  if (variant.cut) {
    disk.cut_power(place.path(), *variant.cut, static_cast<std::uint64_t>(at));
  }
  disk.disarm();
  const std::string where = story.name + ", " + variant.name + ": operation " + std::to_string(at) +
                            " (" + disk.struck_at() + "): " + failure + " ";
  INFO(where);
  if (done < story.steps.size()) {
    CHECK_MESSAGE(disk.struck(), "it failed by itself");
    check_message(failure, variant);
  }
  const std::unique_ptr<Store> next = opened(process.path, where);
  const Content found = content_of(*next, where);
  const bool before = found == rehearsed.states[done];
  const bool after = done < story.steps.size() && found == rehearsed.states[done + 1];
  CHECK_MESSAGE((before || after), "it is neither as before nor as after");
  must(next->commit(std::vector{cluster_row(90, "life goes on")}));
  return disk.struck();
}

}  // namespace

TEST_CASE("whichever operation of the disk fails, nothing is half done and nothing is lost") {
  for (const Story& story : stories()) {
    const Rehearsed rehearsed = rehearse(story);
    for (const Variant& variant : variants()) {
      std::int64_t at = 1;
      while (at < operations_max && run(rehearsed, variant, at)) {
        ++at;
      }
      MESSAGE(rehearsed.story.name << ", " << variant.name << ": " << at - 1
                                   << " operations failed in turn");
      CHECK(at > 1);
      CHECK(at < operations_max);
    }
  }
}

TEST_CASE("what is committed after a sync that failed does not stand on what that sync lost") {
  // Linux reports a failed sync once and forgets the pages: the next process reads them from memory
  // as if they were on the disk, and builds on them.
  std::int64_t at = 1;
  for (bool struck = true; struck && at < operations_max; ++at) {
    const Workplace place(Workplace::Where::memory);
    FaultyDisk disk;
    Process process{.path = place.file("control.db"), .store = {}};
    some_rows(process.path);
    must(open(process));
    must(process.store->commit(std::vector{cluster_row(70, "acknowledged")}));
    disk.settle();
    disk.arm(Fault::lost_sync, at);
    const bool doubtful = process.store->commit(std::vector{cluster_row(71, "doubtful")}).ok();
    disk.disarm();
    struck = disk.struck();
    process.store.reset();
    must(open(process));
    must(process.store->commit(std::vector{cluster_row(72, "acknowledged, too")}));
    process.store.reset();
    disk.cut_power(place.path(), Unsynced::lost, 0);
    const Content found = content_of(*opened(process.path, disk.struck_at()), disk.struck_at());
    const auto has = [&found](const Row& row) {
      return std::find(found.rows.begin(), found.rows.end(), row) != found.rows.end();
    };
    CHECK_MESSAGE(has(cluster_row(70, "acknowledged")), disk.struck_at());
    CHECK_MESSAGE(has(cluster_row(72, "acknowledged, too")), disk.struck_at());
    CHECK_MESSAGE((!doubtful || has(cluster_row(71, "doubtful"))), disk.struck_at());
  }
  CHECK(at > 2);
  CHECK(at < operations_max);
}

}  // namespace control::store

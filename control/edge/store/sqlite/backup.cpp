#include "control/edge/store/sqlite/backup.h"

#include <fcntl.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <system_error>
#include <utility>

#include "control/edge/store/sqlite/database.h"
#include "control/edge/store/sqlite/inspect.h"
#include "control/edge/store/sqlite/schema.h"

namespace control::store::sqlite {

namespace {

/// What a copy leaves free: a disk that it filled would end the process at its next commit.
constexpr std::int64_t reserve_bytes = std::int64_t{64} * 1024 * 1024;

constexpr std::array<const char*, 3> companions{"-wal", "-shm", "-journal"};

schemas::Error failure(std::string message) {
  return {.code = schemas::ErrorCode::server, .message = std::move(message)};
}

/// Removes a database with all that SQLite keeps beside one.
void remove_database(const std::string& path) {
  std::error_code absent;
  std::filesystem::remove(path, absent);
  for (const char* companion : companions) {
    std::filesystem::remove(path + companion, absent);
  }
}

std::string megabytes(std::int64_t bytes) {
  constexpr std::int64_t megabyte = 1'000'000;
  return std::to_string((bytes + megabyte - 1) / megabyte) + " MB";
}

/// Refuses a copy that would leave the disk of `path` too full.
schemas::Outcome check_room(const std::string& path, std::int64_t bytes) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  struct statvfs disk {};
  if (::statvfs(folder.empty() ? "." : folder.c_str(), &disk) != 0) {
    return schemas::Done{};  // writing the copy will say what is wrong
  }
  const auto free =
      static_cast<std::int64_t>(disk.f_bavail) * static_cast<std::int64_t>(disk.f_frsize);
  if (free >= bytes + reserve_bytes) {
    return schemas::Done{};
  }
  return failure(path + ": a copy needs up to " + megabytes(bytes) +
                 " on this disk for a while, and " + megabytes(reserve_bytes) +
                 " more must stay free; " + megabytes(free) + " are. Free some space.");
}

schemas::Outcome sync_file(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  const bool synced = file >= 0 && ::fsync(file) == 0;
  const std::string why = std::generic_category().message(errno);
  if (file >= 0) {
    ::close(file);
  }
  return synced ? schemas::Outcome(schemas::Done{})
                : failure(path + ": cannot be written: " + why + ". Check the disk.");
}

/// Copies what `source` reads into a new file, without what was deleted and not yet overwritten.
schemas::Outcome copy(const Database& source, const std::string& to,
                      const std::atomic<bool>& stop) {
  // Ours before SQLite's: it would let the umask decide who may read the file.
  schemas::Result<Database> made = Database::open(to, Database::Mode::create);
  if (!made.ok()) {
    return made.error();
  }
  made = failure("closed");
  schemas::Result<Statement> vacuum = source.prepare("VACUUM INTO ?1");
  if (!vacuum.ok()) {
    return vacuum.error();
  }
  const Value target = to;
  vacuum.value().bind(1, target);
  const StopWatch watch(source, stop);
  return vacuum.value().run();
}

/// Says in the copy what it is. Closed: it has no log.
schemas::Outcome mark(const std::string& path, std::string_view state, schemas::Instant taken_at) {
  const schemas::Result<Database> database = Database::open(path, Database::Mode::read_write);
  if (!database.ok()) {
    return database.error();
  }
  const std::string taken = std::to_string(taken_at.time_since_epoch().count());
  return database.value().execute(
      "BEGIN IMMEDIATE; UPDATE \"store\" SET value = '" + std::string(state) +
      "' WHERE name = 'log'; DELETE FROM \"store\" WHERE name = 'taken_at';" +
      (state == log_backup
           ? "INSERT INTO \"store\" (name, value) VALUES ('taken_at', '" + taken + "');"
           : std::string()) +
      "COMMIT;");
}

class LiveSource final : public BackupSource {
 public:
  LiveSource(std::string path, Database database, std::shared_ptr<LogGate> gate)
      : path_(std::move(path)), database_(std::move(database)), gate_(std::move(gate)) {}

  schemas::Outcome copy_to(const std::string& path, schemas::Instant now,
                           const std::atomic<bool>& stop) override {
    const std::lock_guard log(gate_->log);
    if (!gate_->settled) {
      return failure(path_ + ": nothing was committed yet since the start. Try again in a second.");
    }
    const schemas::Outcome room = check_room(path, size_of(path_) + size_of(path_ + "-wal"));
    if (!room.ok()) {
      return room.error();
    }
    schemas::Outcome done = copy(database_, path, stop);
    if (done.ok()) {
      done = mark(path, log_backup, now);
    }
    if (!done.ok()) {
      remove_database(path);
    }
    return done;
  }

 private:
  std::string path_;
  Database database_;
  std::shared_ptr<LogGate> gate_;
};

schemas::Result<schemas::Instant> taken_at(const Database& backup) {
  const schemas::Result<std::int64_t> known =
      backup.integer("SELECT count(*) FROM sqlite_schema WHERE name = 'store'");
  if (!known.ok() || known.value() == 0) {  // version 1 had no such table
    return known.ok() ? schemas::Result<schemas::Instant>(schemas::Instant{}) : known.error();
  }
  const schemas::Result<std::int64_t> at =
      backup.integer("SELECT value FROM \"store\" WHERE name = 'taken_at'");
  return at.ok()
             ? schemas::Result<schemas::Instant>(schemas::Instant(schemas::Duration(at.value())))
             : at.error();
}

}  // namespace

schemas::Result<std::unique_ptr<BackupSource>> open_backup_source(const std::string& path,
                                                                  std::shared_ptr<LogGate> gate) {
  schemas::Result<Database> database = Database::open(path, Database::Mode::read_only);
  if (!database.ok()) {
    return database.error();
  }
  return std::unique_ptr<BackupSource>(
      std::make_unique<LiveSource>(path, std::move(database).value(), std::move(gate)));
}

namespace {

/// The copy at `to`, and when the backup at `from` was taken.
schemas::Result<Staged> copy_backup(const std::string& from, const std::string& to) {
  const bool has_log = size_of(from + "-wal") > 0;
  const schemas::Result<Database> backup =
      Database::open(from, has_log ? Database::Mode::read_only : Database::Mode::read_file_only);
  if (!backup.ok()) {
    return backup.error();
  }
  const schemas::Result<schemas::Instant> taken = taken_at(backup.value());
  if (!taken.ok()) {
    return taken.error();
  }
  const std::atomic<bool> never = false;
  const schemas::Outcome copied = copy(backup.value(), to, never);
  return copied.ok() ? schemas::Result<Staged>(Staged{.path = to, .taken_at = taken.value()})
                     : copied.error();
}

/// Of today's schema, and closed.
schemas::Outcome make_ready(const std::string& path) {
  {
    const schemas::Result<Database> database = Database::open(path, Database::Mode::read_write);
    if (!database.ok()) {
      return database.error();
    }
    const schemas::Outcome schema = prepare_schema(database.value());
    if (!schema.ok()) {
      return schema.error();
    }
  }
  return mark(path, log_closed, {});
}

}  // namespace

schemas::Result<Staged> stage_backup(const std::string& from, const std::string& to) {
  const schemas::Result<Found> found = inspect(from, Purpose::restoring);
  if (!found.ok()) {
    return found.error();
  }
  if (found.value() == Found::nothing) {
    return failure(from + ": there is no such file. Name a file that `ecsctl backup` wrote.");
  }
  remove_database(to);
  const schemas::Outcome room = check_room(to, size_of(from) + size_of(from + "-wal"));
  if (!room.ok()) {
    return room.error();
  }
  schemas::Result<Staged> staged = copy_backup(from, to);
  const schemas::Outcome ready = staged.ok() ? make_ready(to) : schemas::Outcome(staged.error());
  if (!ready.ok()) {
    remove_database(to);
    return ready.error();
  }
  return staged;
}

schemas::Outcome move_events(const Staged& staged, std::int64_t from, std::int64_t by) {
  const schemas::Result<Database> database =
      Database::open(staged.path, Database::Mode::read_write);
  if (!database.ok()) {
    return database.error();
  }
  const schemas::Outcome moved =
      database.value().execute("UPDATE \"event\" SET key = key + " + std::to_string(by) +
                               " WHERE key < " + std::to_string(from));
  if (!moved.ok()) {
    return moved.error();
  }
  const schemas::Result<bool> emptied = database.value().checkpoint();
  return emptied.ok() ? schemas::Outcome(schemas::Done{}) : emptied.error();
}

void discard(const Staged& staged) { remove_database(staged.path); }

schemas::Result<std::string> put_in_place(const std::string& staged, const std::string& path,
                                          const std::string& aside) {
  const auto refuse = [&path](const std::string& what) {
    return failure(path + ": " + what + ": " + std::generic_category().message(errno) +
                   ". Nothing was replaced. Check who owns the directory.");
  };
  const schemas::Outcome synced = sync_file(staged);
  if (!synced.ok()) {
    return synced.error();
  }
  const bool logged = size_of(staged + "-wal") > 0;
  std::error_code absent;
  for (const char* companion : companions) {
    std::filesystem::remove(staged + companion, absent);
  }
  const schemas::Result<Found> whole = inspect(staged);
  if (logged || !whole.ok()) {
    return failure(staged + ": could not be closed. Nothing was replaced. Try again." +
                   (whole.ok() ? std::string() : " (" + whole.error().message + ")"));
  }
  // A second name first, so that there is a database at `path` at every moment: where there was
  // none, a process that is started would begin anew with an empty one.
  const bool replaces = std::filesystem::exists(path, absent);
  if (replaces && ::link(path.c_str(), (path + aside).c_str()) != 0) {
    return refuse("cannot be given a second name");
  }
  bool moved = replaces;
  for (const char* companion : companions) {
    if (std::filesystem::exists(path + companion, absent)) {
      if (::rename((path + companion).c_str(), (path + aside + companion).c_str()) != 0) {
        return refuse("what lies beside it cannot be moved");
      }
      moved = true;
    }
  }
  sync_folder_of(path);
  if (::rename(staged.c_str(), path.c_str()) != 0) {
    return refuse("cannot be replaced");
  }
  sync_folder_of(path);
  return moved ? path + aside : std::string();
}

}  // namespace control::store::sqlite

#include "control/edge/store/sqlite/inspect.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <string_view>
#include <system_error>

#include "control/core/world/rows.h"
#include "control/edge/store/sqlite/database.h"
#include "control/edge/store/sqlite/schema.h"

namespace control::store::sqlite {

namespace {

/// The pages of larger files are not all looked at before they are used: at some 300 MB/s that
/// would hold up a restart. Loading reads every page of World's tables anyway.
constexpr std::int64_t checked_bytes_max = std::int64_t{128} * 1024 * 1024;

/// SQLite's file header: offsets of what we read, all numbers big-endian.
constexpr std::string_view magic("SQLite format 3\0", 16);
constexpr std::size_t header_bytes = 108;  ///< with the head of the first page's tree
constexpr std::size_t page_size_at = 16;
constexpr std::size_t journal_at = 18;  ///< 2 = the file is written through a write-ahead log
constexpr std::size_t page_count_at = 28;
constexpr std::size_t user_version_at = 60;
constexpr std::size_t application_id_at = 68;
constexpr std::size_t cell_count_at = 103;

constexpr std::string_view backup_advice =
    "A backup is put in place by `ecs-control restore FILE --data DIR`, never by copying: hosts "
    "and "
    "readers of events must learn that they know more than it does.";

using Header = std::array<unsigned char, header_bytes>;

struct Head {
  bool exists = false;
  Header header{};
  std::int64_t bytes = 0;
};

schemas::Error refused(const std::string& path, const std::string& why) {
  return {.code = schemas::ErrorCode::server, .message = path + ": " + why};
}

std::int64_t number(const Header& header, std::size_t at, std::size_t bytes) {
  std::int64_t value = 0;
  for (std::size_t offset = 0; offset < bytes; ++offset) {
    value = value * 256 + header[at + offset];
  }
  return value;
}

std::int64_t page_size(const Header& header) {
  const std::int64_t stated = number(header, page_size_at, 2);
  return stated == 1 ? 65'536 : stated;
}

bool exists(const std::string& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0;
}

std::string log_of(const std::string& path) { return path + "-wal"; }

/// The file's first bytes, or no bytes if there is no file.
schemas::Result<Head> read_header(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) {
    if (errno == ENOENT) {
      return Head{};
    }
    return refused(path, "cannot be read: " + std::generic_category().message(errno) +
                             ". Check who owns the file and its directory: ecs-control must be "
                             "able to read and write both.");
  }
  Head found;
  struct stat info {};
  const bool regular = ::fstat(file, &info) == 0 && S_ISREG(info.st_mode);
  const auto got = regular ? ::pread(file, found.header.data(), found.header.size(), 0) : 0;
  const int failure = errno;
  ::close(file);
  if (!regular) {
    return refused(path, "is no file. Name the database file with --store sqlite:PATH.");
  }
  if (got < 0) {
    return refused(path, "cannot be read: " + std::generic_category().message(failure) +
                             ". Check the disk and the system's log.");
  }
  found.exists = true;
  found.bytes = info.st_size;
  return found;
}

/// A file that SQLite made and whose first transaction is in the log still, as version 1 could
/// leave it: one page without tables.
bool is_unwritten(const Head& found) {
  return number(found.header, application_id_at, 4) == 0 &&
         found.bytes == page_size(found.header) && number(found.header, cell_count_at, 2) == 0;
}

schemas::Outcome check_owner(const std::string& path, std::int64_t owner, std::int64_t version) {
  if (owner != application_id) {
    return refused(path, "is another program's database. Name another file with --store.");
  }
  if (version > schema_version) {
    return refused(path, "was written by a newer Stowage (schema " + std::to_string(version) +
                             "; this one reads up to " + std::to_string(schema_version) +
                             "). Run that version, or restore a backup made before the upgrade.");
  }
  if (version < 1) {
    return refused(path, "says that it has schema " + std::to_string(version) +
                             ", which never was. " + std::string(restore_advice));
  }
  return schemas::Done{};
}

schemas::Outcome check_header(const std::string& path, const Head& found) {
  const std::string_view start(reinterpret_cast<const char*>(found.header.data()),  // NOLINT: bytes
                               magic.size());
  if (start != magic) {
    return refused(path,
                   std::string(found.bytes == 0 ? "is empty. " : "has no database's header. ") +
                       std::string(restore_advice));
  }
  if (is_unwritten(found)) {
    return schemas::Done{};
  }
  schemas::Outcome owner =
      check_owner(path, number(found.header, application_id_at, 4),
                  std::max<std::int64_t>(1, number(found.header, user_version_at, 4)));
  if (!owner.ok()) {
    return owner;
  }
  if (number(found.header, journal_at, 1) == 1 && size_of(log_of(path)) > 0) {
    // SQLite would take the log for this file's and mix the two.
    return refused(path, "is written without a write-ahead log, but one lies beside it (" +
                             log_of(path) +
                             "): it belongs to another file, which was here before. Move the log "
                             "to where that file is now. " +
                             std::string(backup_advice));
  }
  const std::int64_t stated = number(found.header, page_count_at, 4) * page_size(found.header);
  if (found.bytes < stated && size_of(log_of(path)) == 0) {
    return refused(path, "has " + std::to_string(found.bytes) + " of the " +
                             std::to_string(stated) +
                             " bytes that its header states: it was cut "
                             "short. " +
                             std::string(restore_advice));
  }
  return schemas::Done{};
}

schemas::Outcome check_log_state(const Database& database, const std::string& path,
                                 Purpose purpose) {
  const schemas::Result<std::string> state =
      database.text("SELECT value FROM \"store\" WHERE name = 'log'");
  if (!state.ok()) {
    return state.error();
  }
  if (state.value() == log_backup && purpose == Purpose::serving) {
    return refused(path, "is a backup. " + std::string(backup_advice));
  }
  if (state.value() != log_open || exists(log_of(path))) {
    return schemas::Done{};
  }
  return refused(path,
                 "has no write-ahead log (" + log_of(path) +
                     ") beside it, and was not closed: the latest changes were in that log. "
                     "Put it back. If another program (sqlite3) has opened the file since, it has "
                     "folded the log into it and nothing is lost: make an empty " +
                     log_of(path) + " and start again. Otherwise restore a backup. " +
                     std::string(restore_advice));
}

/// What SQLite itself says of the file and its log.
schemas::Outcome check_content(const std::string& path, std::int64_t bytes, Purpose purpose) {
  const bool has_log = exists(log_of(path));
  // Without a log nothing but the file is looked at, so that no log is made either.
  schemas::Result<Database> opened =
      Database::open(path, has_log ? Database::Mode::read_only : Database::Mode::read_file_only);
  if (!opened.ok()) {
    return opened.error();
  }
  const Database& database = opened.value();
  const schemas::Result<std::int64_t> owner = database.integer("PRAGMA application_id");
  if (!owner.ok()) {
    return owner.error();
  }
  const schemas::Result<std::int64_t> version = database.integer("PRAGMA user_version");
  if (!version.ok()) {
    return version.error();
  }
  const schemas::Result<std::int64_t> tables =
      database.integer("SELECT count(*) FROM sqlite_schema");
  if (!tables.ok()) {
    return tables.error();
  }
  if (tables.value() == 0 && owner.value() == 0) {
    return schemas::Done{};  // made and never written
  }
  schemas::Outcome ours = check_owner(path, owner.value(), version.value());
  if (!ours.ok()) {
    return ours;
  }
  if (bytes <= checked_bytes_max || purpose == Purpose::restoring) {
    const schemas::Result<std::string> said = database.text("PRAGMA quick_check(1)");
    if (!said.ok()) {
      return said.error();
    }
    if (said.value() != "ok") {
      return refused(path, "is damaged, or its disk cannot read it: " + said.value() +
                               ". Check the system's log for errors of the disk. " +
                               std::string(restore_advice));
    }
  }
  return version.value() < 2 ? schemas::Done{} : check_log_state(database, path, purpose);
}

}  // namespace

schemas::Result<Found> inspect(const std::string& path, Purpose purpose) {
  const schemas::Result<Head> found = read_header(path);
  if (!found.ok()) {
    return found.error();
  }
  if (!found.value().exists) {
    if (size_of(log_of(path)) > 0) {
      return refused(path, "is missing, but its write-ahead log (" + log_of(path) +
                               ") is there. Put the file back beside its log, or restore a "
                               "backup. " +
                               std::string(restore_advice));
    }
    return Found::nothing;
  }
  const schemas::Outcome header = check_header(path, found.value());
  if (!header.ok()) {
    return header.error();
  }
  const schemas::Outcome content = check_content(path, found.value().bytes, purpose);
  if (!content.ok()) {
    return content.error();
  }
  return Found::ours;
}

}  // namespace control::store::sqlite

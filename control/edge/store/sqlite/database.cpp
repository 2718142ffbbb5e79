#include "control/edge/store/sqlite/database.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "schemas/base/require.h"

namespace control::store::sqlite {

namespace {

/// How long a statement waits for another connection of this process (a checkpoint, an event
/// reader) before it fails.
constexpr int busy_ms = 10'000;

std::string advice(int code) {
  switch (code & 0xff) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return " The file is damaged. " + std::string(restore_advice);
    case SQLITE_FULL:
      return " The disk is full. Free some space and start again: nothing acknowledged is lost.";
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
      return " Check who owns the file and its directory, and whether the disk is writable.";
    case SQLITE_IOERR:
      return " The disk failed. Check the system's log before you start again.";
    default:
      return "";
  }
}

schemas::Error error_of(sqlite3* connection) {
  const int code = sqlite3_extended_errcode(connection);
  const char* file = sqlite3_db_filename(connection, "main");
  return {.code = schemas::ErrorCode::server,
          .message = std::string(file == nullptr ? "database" : file) + ": " +
                     sqlite3_errmsg(connection) + " (" + sqlite3_errstr(code) + ", code " +
                     std::to_string(code) + ")." + advice(code)};
}

/// Makes the file ourselves: SQLite would let the umask decide who may read it.
schemas::Outcome make_private(const std::string& path, Database::Mode mode) {
  const int flags = mode == Database::Mode::create ? O_RDWR | O_CREAT | O_EXCL : O_RDWR;
  const int file = ::open(path.c_str(), flags | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (file < 0 || ::fchmod(file, S_IRUSR | S_IWUSR) != 0) {
    const std::string why = std::generic_category().message(errno);
    const std::string help = advice(errno == ENOSPC ? SQLITE_FULL : SQLITE_CANTOPEN);
    if (file >= 0) {
      ::close(file);
    }
    return schemas::Error{.code = schemas::ErrorCode::server,
                          .message = path + ": " + why + "." + help};
  }
  ::close(file);
  return schemas::Done{};
}

/// "file:PATH?immutable=1", with what has a meaning in a URI escaped.
std::string unchanging(const std::string& path) {
  constexpr std::string_view hex = "0123456789abcdef";
  std::string uri = "file:";
  for (const char letter : path) {
    const auto byte = static_cast<unsigned char>(letter);
    if (letter == '%' || letter == '?' || letter == '#') {
      uri += '%';
      uri += hex[byte >> 4U];
      uri += hex[byte & 0x0fU];
    } else {
      uri += letter;
    }
  }
  return uri + "?immutable=1";
}

int flags_of(Database::Mode mode) {
  constexpr int always = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  switch (mode) {
    case Database::Mode::create:
    case Database::Mode::read_write:
      return always | SQLITE_OPEN_READWRITE;
    case Database::Mode::read_only:
      return always | SQLITE_OPEN_READONLY;
    case Database::Mode::read_file_only:
      return always | SQLITE_OPEN_READONLY | SQLITE_OPEN_URI;
  }
  return always;
}

}  // namespace

// --- statements -------------------------------------------------------------------------------

void Statement::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

void Statement::bind(int position, std::int64_t value) {
  const int code = sqlite3_bind_int64(statement_.get(), position, value);
  schemas::require(code == SQLITE_OK, "a statement was bound where it has no parameter");
}

void Statement::bind(int position, const Value& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value)) {
    bind(position, *number);
    return;
  }
  const auto* text = std::get_if<std::string>(&value);
  const int code =
      text == nullptr
          ? sqlite3_bind_null(statement_.get(), position)
          : sqlite3_bind_text64(statement_.get(), position, text->data(), text->size(),
                                nullptr /* static: the row outlives the step */, SQLITE_UTF8);
  schemas::require(code == SQLITE_OK, "a statement was bound where it has no parameter");
}

schemas::Result<Statement::Step> Statement::step() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) {
    return Step::row;
  }
  if (code == SQLITE_DONE) {
    return Step::done;
  }
  return error_of(sqlite3_db_handle(statement_.get()));
}

void Statement::reset() { sqlite3_reset(statement_.get()); }

schemas::Outcome Statement::run() {
  for (;;) {
    const schemas::Result<Step> stepped = step();
    if (!stepped.ok()) {
      const schemas::Error& error = stepped.error();
      reset();
      return error;
    }
    if (stepped.value() == Step::done) {
      reset();
      return schemas::Done{};
    }
  }
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

std::string Statement::text(int column) const {
  const unsigned char* bytes = sqlite3_column_text(statement_.get(), column);
  const int length = sqlite3_column_bytes(statement_.get(), column);
  std::string text;
  text.reserve(static_cast<std::size_t>(length));
  for (int at = 0; at < length; ++at) {
    text.push_back(static_cast<char>(bytes[at]));
  }
  return text;
}

Value Statement::value(int column) const {
  switch (sqlite3_column_type(statement_.get(), column)) {
    case SQLITE_NULL:
      return std::monostate{};
    case SQLITE_INTEGER:
      return integer(column);
    default:
      return text(column);
  }
}

// --- connections ------------------------------------------------------------------------------

void Database::Close::operator()(sqlite3* connection) const { sqlite3_close_v2(connection); }

schemas::Result<Database> Database::open(const std::string& path, Mode mode) {
  const bool writes = mode == Mode::create || mode == Mode::read_write;
  if (writes) {
    const schemas::Outcome made = make_private(path, mode);
    if (!made.ok()) {
      return made.error();
    }
  }
  const std::string name = mode == Mode::read_file_only ? unchanging(path) : path;
  sqlite3* connection = nullptr;
  const int code = sqlite3_open_v2(name.c_str(), &connection, flags_of(mode), nullptr);
  Database database(connection);
  if (code != SQLITE_OK) {
    return schemas::Error{.code = schemas::ErrorCode::server,
                          .message = path + ": " + sqlite3_errstr(code) + "." + advice(code)};
  }
  sqlite3_busy_timeout(connection, busy_ms);
  if (writes) {
    // A log that is not there was taken away by somebody: `inspect` relies on it.
    int keep = 1;
    sqlite3_file_control(connection, "main", SQLITE_FCNTL_PERSIST_WAL, &keep);
  }
  return database;
}

schemas::Result<Statement> Database::prepare(const std::string& sql) const {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(connection_.get(), sql.c_str(), -1, SQLITE_PREPARE_PERSISTENT,
                                      &statement, nullptr);
  if (code != SQLITE_OK) {
    return error_of(connection_.get());
  }
  return Statement(statement);
}

schemas::Outcome Database::execute(const std::string& sql) const {
  const int code = sqlite3_exec(connection_.get(), sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) {
    return error_of(connection_.get());
  }
  return schemas::Done{};
}

schemas::Result<std::int64_t> Database::integer(const std::string& sql) const {
  schemas::Result<Statement> statement = prepare(sql);
  if (!statement.ok()) {
    return statement.error();
  }
  const schemas::Result<Statement::Step> step = statement.value().step();
  if (!step.ok()) {
    return step.error();
  }
  return step.value() == Statement::Step::row ? statement.value().integer(0) : std::int64_t{0};
}

schemas::Result<std::string> Database::text(const std::string& sql) const {
  schemas::Result<Statement> statement = prepare(sql);
  if (!statement.ok()) {
    return statement.error();
  }
  const schemas::Result<Statement::Step> step = statement.value().step();
  if (!step.ok()) {
    return step.error();
  }
  return step.value() == Statement::Step::row ? statement.value().text(0) : std::string();
}

schemas::Result<bool> Database::checkpoint() const {
  // A connection that has read nothing does not know of the log and checkpoints nothing, silently.
  const schemas::Result<std::int64_t> looked = integer("SELECT count(*) FROM sqlite_schema");
  if (!looked.ok()) {
    return looked.error();
  }
  // First without holding anybody up; then the rest, for which commits wait.
  sqlite3_wal_checkpoint_v2(connection_.get(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr,
                            nullptr);
  const int code = sqlite3_wal_checkpoint_v2(connection_.get(), nullptr, SQLITE_CHECKPOINT_TRUNCATE,
                                             nullptr, nullptr);
  if (code == SQLITE_OK) {
    return true;
  }
  if ((code & 0xff) == SQLITE_BUSY) {
    return false;
  }
  return error_of(connection_.get());
}

StopWatch::StopWatch(const Database& database, const std::atomic<bool>& stop)
    : database_(database), stop_(stop) {
  constexpr int steps = 10'000;  // of SQLite's machine: a millisecond or so
  const auto stopped = [](void* watch) {
    return static_cast<StopWatch*>(watch)->stop_.load() ? 1 : 0;
  };
  sqlite3_progress_handler(database_.connection_.get(), steps, stopped, this);
}

StopWatch::~StopWatch() {
  sqlite3_progress_handler(database_.connection_.get(), 0, nullptr, nullptr);
}

std::int64_t size_of(const std::string& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0 ? info.st_size : 0;
}

void sync_folder_of(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  const int directory =
      ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory >= 0) {
    ::fsync(directory);
    ::close(directory);
  }
}

}  // namespace control::store::sqlite

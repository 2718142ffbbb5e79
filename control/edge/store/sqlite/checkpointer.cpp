#include "control/edge/store/sqlite/checkpointer.h"

#include <chrono>
#include <utility>

#include "spdlog/spdlog.h"

namespace control::store::sqlite {

namespace {

/// Pause between looks at the log's size; at 70,000 rows a second a log grows by some 20 MB in it.
constexpr std::chrono::milliseconds pause{200};

}  // namespace

schemas::Result<std::unique_ptr<Checkpointer>> Checkpointer::start(const std::string& path,
                                                                   std::int64_t log_bytes,
                                                                   std::shared_ptr<LogGate> gate) {
  schemas::Result<Database> database = Database::open(path, Database::Mode::read_write);
  if (!database.ok()) {
    return database.error();
  }
  return std::unique_ptr<Checkpointer>(
      new Checkpointer(std::move(database).value(), path, log_bytes, std::move(gate)));
}

Checkpointer::Checkpointer(Database database, std::string path, std::int64_t log_bytes,
                           std::shared_ptr<LogGate> gate)
    : database_(std::move(database)),
      log_path_(std::move(path) + "-wal"),
      log_bytes_(log_bytes),
      gate_(std::move(gate)),
      thread_([this] { work(); }) {}

Checkpointer::~Checkpointer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stop_wanted_.notify_all();
  thread_.join();
}

void Checkpointer::work() {
  std::unique_lock lock(mutex_);
  while (!stop_wanted_.wait_for(lock, pause, [this] { return stopping_; })) {
    lock.unlock();
    check();
    lock.lock();
  }
}

void Checkpointer::check() {
  const std::int64_t before = size_of(log_path_);
  if (before <= log_bytes_) {
    return;
  }
  const std::unique_lock log(gate_->log, std::try_to_lock);
  if (!log.owns_lock()) {
    return;  // a backup reads it
  }
  const schemas::Result<bool> emptied = database_.checkpoint();
  if (!emptied.ok()) {
    // The log still holds everything; only its length is at stake. A failing disk ends the process
    // at the next commit.
    spdlog::error("checkpoint: {}", emptied.error().message);
  } else if (!emptied.value() && before > 16 * log_bytes_) {
    spdlog::warn("the write-ahead log is {} bytes long and cannot be emptied: a reader holds it",
                 before);
  }
}

}  // namespace control::store::sqlite

#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "control/edge/store/sqlite/log_gate.h"
#include "control/edge/store/store.h"
#include "schemas/base/result.h"
#include "schemas/base/time.h"

namespace control::store::sqlite {

/// Copies the open database at `path`, whose log `gate` guards.
schemas::Result<std::unique_ptr<BackupSource>> open_backup_source(const std::string& path,
                                                                  std::shared_ptr<LogGate> gate);

/// A backup, made ready to be a database again.
struct Staged {
  std::string path;
  schemas::Instant taken_at{};  ///< zero of a file that is no backup but was closed and copied
};

/// Copies the backup at `from` to `to`, replacing what a call that was cut short left there: every
/// page of it read, of today's schema, closed. `from` is not changed. Refuses, saying what was
/// found and what to do, what is missing, damaged, newer, or no database of ours.
schemas::Result<Staged> stage_backup(const std::string& from, const std::string& to);

/// Gives every event a number that is `by` higher, but for those from `from` on.
schemas::Outcome move_events(const Staged& staged, std::int64_t from, std::int64_t by);

/// Removes what was staged.
void discard(const Staged& staged);

/// Puts the database `staged` into the place of the one at `path`, at one blow: what was there,
/// with its log, has `aside` behind its names afterwards. Where it is now, empty if there was none.
/// A process that ends half-way leaves what was there before, or what `inspect` refuses by name.
schemas::Result<std::string> put_in_place(const std::string& staged, const std::string& path,
                                          const std::string& aside);

}  // namespace control::store::sqlite

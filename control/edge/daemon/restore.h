#pragma once

#include <cstdint>
#include <string>

#include "schemas/base/result.h"
#include "schemas/base/time.h"

namespace control::edge {

struct RestoreOptions {
  std::string backup;  ///< the file
  std::string data;    ///< control's directory; made if need be
  std::string store;   ///< the database file; empty = control.db in `data`
  std::string region;  ///< with `account`: whose event log tells of it
  std::string account;
};

struct Restored {
  std::string path;             ///< the database that is in place now
  std::string aside;            ///< where the one before it is; empty if there was none
  schemas::Instant taken_at{};  ///< zero when the file does not say
  std::int64_t clusters = 0;
  std::int64_t services = 0;
  std::int64_t tasks = 0;
  std::int64_t hosts = 0;
};

/// Puts a backup in the place of control's database. Everything is read and checked before anything
/// is replaced: the file's pages, its schema (an older one is brought up to date), World, the
/// secrets under DATA/key. Refused with what to do: a control that runs, a file that cannot be
/// trusted, a key that is missing or another's, a clock that is behind the backup.
schemas::Result<Restored> restore(const RestoreOptions& options, schemas::Instant now);

}  // namespace control::edge

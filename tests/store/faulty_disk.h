#pragma once

#include <cstdint>
#include <string>

namespace store_test {

/// What goes wrong at the operation that was chosen, and which operations are counted.
enum class Fault : std::uint8_t {
  io_error,   ///< that one operation fails
  disk_full,  ///< of those that need room: that one and every later one that does
  power_cut,  ///< of those that change something: that one does not happen, and nothing after it
  lost_sync,  ///< as io_error; a sync that fails forgets what it should have written, as Linux
              ///< does: the next sync does not bring it back
};

/// What a power cut leaves of what was written and not synced.
enum class Unsynced : std::uint8_t {
  lost,
  some_of_it,  ///< each sector came to the disk or did not
};

/// The disk as SQLite sees it, in one process: counts every operation that can fail (open, read,
/// write, truncate, sync, size, lock, each step on shared memory, delete, access) and fails the one
/// that was chosen. It knows what a power cut would leave. One at a time; SQLite uses it while it
/// exists.
class FaultyDisk {
 public:
  FaultyDisk();
  FaultyDisk(const FaultyDisk&) = delete;
  FaultyDisk& operator=(const FaultyDisk&) = delete;
  ~FaultyDisk();

  /// Counts anew: operation number `at` (from 1) fails.
  void arm(Fault fault, std::int64_t at);
  void disarm();
  /// Whether the chosen operation was reached.
  [[nodiscard]] bool struck() const;
  /// What it was: "sync control.db-wal".
  [[nodiscard]] std::string struck_at() const;

  /// Forgets what was written: all of it counts as synced.
  void settle();
  /// Makes every file in `folder` what a power cut would have left. Nothing may be open.
  void cut_power(const std::string& folder, Unsynced unsynced, std::uint64_t seed);
};

}  // namespace store_test

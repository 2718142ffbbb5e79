#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "control/core/world/rows.h"

namespace store_test {

/// A directory of the test's own, removed with everything in it.
class Workplace {
 public:
  /// `memory`: for tests that make thousands of them.
  enum class Where : std::uint8_t { disk, memory };
  explicit Workplace(Where where = Where::disk);
  Workplace(const Workplace&) = delete;
  Workplace& operator=(const Workplace&) = delete;
  ~Workplace();
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string file(std::string_view name) const {
    return path_ + "/" + std::string(name);
  }

 private:
  std::string path_;
};

/// A filesystem of `bytes` in memory, unmounted afterwards. Needs root.
class SmallDisk {
 public:
  SmallDisk(std::string path, std::int64_t bytes);
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;
  ~SmallDisk();
  [[nodiscard]] bool mounted() const { return mounted_; }
  void grow(std::int64_t bytes) const;

 private:
  std::string path_;
  bool mounted_ = false;
};

/// A row of the cluster table; `name` tells it from others of the same key.
control::Row cluster_row(std::int64_t key, const std::string& name);
control::Row event_row(std::int64_t key, std::int64_t at_ms);
control::Row erased(control::Table table, std::int64_t key);

/// Runs SQL on a file as any other program could.
void run_sql(const std::string& path, const std::string& sql);
std::string golden_path(const std::string& name);
/// A file of tests/store/golden.
std::string golden(const std::string& name);

std::string read_file(const std::string& path);
void write_file(const std::string& path, std::string_view content);

/// The first line in which two texts differ, for a message; empty when they are the same.
std::string difference(const std::string& was, const std::string& is);

}  // namespace store_test

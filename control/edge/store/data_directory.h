#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "schemas/base/result.h"

namespace control::store {

/// Control's own directory: mode 0700, and one process at a time. The lock is the kernel's, so it
/// goes with its process however that ends.
class DataDirectory {
 public:
  /// Makes the directory (and its parents) if need be. Refuses one that another process holds,
  /// naming that process.
  static schemas::Result<std::unique_ptr<DataDirectory>> open(const std::string& path);
  DataDirectory(const DataDirectory&) = delete;
  DataDirectory& operator=(const DataDirectory&) = delete;
  ~DataDirectory();

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string file(std::string_view name) const;

  /// Writes a file whole or not at all, durable when it returns; mode 0600.
  [[nodiscard]] schemas::Outcome write_file(std::string_view name, std::string_view content) const;

 private:
  DataDirectory(std::string path, int lock) : path_(std::move(path)), lock_(lock) {}
  std::string path_;
  int lock_ = -1;
};

}  // namespace control::store

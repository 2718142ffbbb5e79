#pragma once

#include <filesystem>
#include <string>

#include "schemas/base/result.h"

namespace agent {

/// Where the logs of Docker's containers are found: <logs>/<task>/<container>.log, a link to the
/// daemon's own file while the container is there, and the lines themselves afterwards.
class KeptLogs {
 public:
  explicit KeptLogs(std::filesystem::path directory) : directory_(std::move(directory)) {}

  [[nodiscard]] std::filesystem::path path(const std::string& task,
                                           const std::string& container) const;
  /// Makes the link, or sets it anew.
  schemas::Outcome follow(const std::string& task, const std::string& container,
                          const std::filesystem::path& daemons) const;
  /// Puts what the link leads to in its place, before the daemon removes it. Repeatable.
  schemas::Outcome keep(const std::string& task, const std::string& container) const;
  schemas::Outcome remove(const std::string& task) const;

 private:
  std::filesystem::path directory_;
};

}  // namespace agent

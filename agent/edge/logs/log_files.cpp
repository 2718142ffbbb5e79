#include "agent/edge/logs/log_files.h"

#include <algorithm>
#include <string>
#include <system_error>

namespace agent {

namespace {

std::filesystem::path numbered(const std::filesystem::path& log, std::int64_t number) {
  return number == 0 ? log : std::filesystem::path(log.string() + "." + std::to_string(number));
}

}  // namespace

Rotated rotate_log(const std::filesystem::path& log, std::int64_t bytes_max,
                   std::int64_t files_max) {
  std::error_code failure;
  const auto size = std::filesystem::file_size(log, failure);
  if (failure || static_cast<std::int64_t>(size) < bytes_max) {
    return Rotated::no;
  }
  std::filesystem::remove(numbered(log, files_max - 1), failure);
  for (std::int64_t number = files_max - 2; number >= 0; --number) {
    std::filesystem::rename(numbered(log, number), numbered(log, number + 1), failure);
  }
  return Rotated::yes;
}

std::vector<std::filesystem::path> log_files(const std::filesystem::path& link) {
  std::vector<std::filesystem::path> files;
  std::error_code failure;
  // Older files lie beside the live one, wherever that is.
  const std::filesystem::path log = std::filesystem::is_symlink(link, failure)
                                        ? std::filesystem::read_symlink(link, failure)
                                        : link;
  for (std::int64_t number = 0;; ++number) {
    std::filesystem::path file = numbered(log, number);
    if (!std::filesystem::exists(file, failure)) {
      // Between the renaming and the writer's new file there is no live one for a moment.
      if (number > 0) {
        break;
      }
      continue;
    }
    files.push_back(std::move(file));
  }
  std::reverse(files.begin(), files.end());
  return files;
}

}  // namespace agent

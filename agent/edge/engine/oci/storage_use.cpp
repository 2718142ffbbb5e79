#include "agent/edge/engine/oci/storage_use.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>

#include <memory>
#include <set>
#include <string>
#include <system_error>
#include <utility>

namespace agent {

namespace {

constexpr std::int64_t bytes_per_block = 512;  // of st_blocks, whatever the file system's own are
constexpr auto overlay_magic = 0x794c7630;

std::int64_t bytes_of(const struct stat& status) {
  return std::int64_t{status.st_blocks} * bytes_per_block;
}

bool on_overlay(const std::string& path) {
  struct statfs system {};
  return statfs(path.c_str(), &system) == 0 && system.f_type == overlay_magic;
}

}  // namespace

std::int64_t bytes_below(const std::filesystem::path& directory) {
  std::int64_t bytes = 0;
  std::error_code failure;
  std::filesystem::recursive_directory_iterator at(directory, failure);
  while (!failure && at != std::filesystem::end(at)) {
    struct stat status {};
    if (lstat(at->path().c_str(), &status) == 0) {
      bytes += bytes_of(status);
    }
    at.increment(failure);
  }
  return bytes;
}

std::int64_t bytes_without_name(std::span<const pid_t> processes,
                                const std::filesystem::path& directory) {
  struct stat disk {};
  if (stat(directory.c_str(), &disk) != 0) {
    return 0;
  }
  std::int64_t bytes = 0;
  std::set<std::pair<dev_t, ino_t>> seen;
  for (const pid_t process : processes) {
    const std::string folder = "/proc/" + std::to_string(process) + "/fd";
    const std::unique_ptr<DIR, int (*)(DIR*)> files(opendir(folder.c_str()), closedir);
    while (files != nullptr) {
      const dirent* entry = readdir(files.get());
      if (entry == nullptr) {
        break;
      }
      struct stat status {};
      const bool removed = fstatat(dirfd(files.get()), entry->d_name, &status, 0) == 0 &&
                           S_ISREG(status.st_mode) && status.st_nlink == 0;
      if (removed && (status.st_dev == disk.st_dev || on_overlay(folder + "/" + entry->d_name)) &&
          seen.emplace(status.st_dev, status.st_ino).second) {
        bytes += bytes_of(status);
      }
    }
  }
  return bytes;
}

std::optional<DiskState> disk_of(const std::filesystem::path& directory) {
  struct statvfs system {};
  if (statvfs(directory.c_str(), &system) != 0) {
    return std::nullopt;
  }
  const auto block = static_cast<std::int64_t>(system.f_frsize);
  return DiskState{.bytes = static_cast<std::int64_t>(system.f_blocks) * block,
                   .free_bytes = static_cast<std::int64_t>(system.f_bavail) * block};
}

}  // namespace agent

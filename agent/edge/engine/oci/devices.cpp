#include "agent/edge/engine/oci/devices.h"

#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <optional>
#include <system_error>

namespace agent {

namespace {

constexpr std::size_t devices_max = 1'000;

std::optional<HostDevice> device_at(const std::string& source, const std::string& path) {
  struct stat status {};
  if (stat(source.c_str(), &status) != 0 ||
      (!S_ISCHR(status.st_mode) && !S_ISBLK(status.st_mode))) {
    return std::nullopt;
  }
  return HostDevice{.source = source,
                    .path = path,
                    .kind = S_ISCHR(status.st_mode) ? 'c' : 'b',
                    .major = static_cast<std::int64_t>(major(status.st_rdev)),
                    .minor = static_cast<std::int64_t>(minor(status.st_rdev)),
                    .mode = static_cast<std::int64_t>(status.st_mode & 0777U),
                    .uid = status.st_uid,
                    .gid = status.st_gid,
                    .access = "rwm"};
}

/// What every container has of its own below /dev, or what is a directory of something else.
bool is_the_containers_own(const std::string& name) {
  constexpr std::array own{"pts", "shm", "fd", "mqueue", "console", "ptmx", ".udev", "hugepages"};
  return std::find(own.begin(), own.end(), name) != own.end();
}

void collect(const std::string& source, const std::string& path, std::vector<HostDevice>& found) {
  std::error_code failure;
  for (const auto& entry : std::filesystem::directory_iterator(source, failure)) {
    const std::string name = entry.path().filename().string();
    std::error_code gone;
    if (found.size() >= devices_max || is_the_containers_own(name) || entry.is_symlink(gone)) {
      continue;
    }
    if (entry.is_directory(gone)) {
      collect(entry.path().string(), path + "/" + name, found);
    } else if (auto device = device_at(entry.path().string(), path + "/" + name)) {
      found.push_back(*std::move(device));
    }
  }
}

std::string access_of(const schemas::Device& device) {
  std::string access;
  for (const std::string& permission : device.permissions) {
    access += permission == "read" ? 'r' : permission == "write" ? 'w' : 'm';
  }
  return access.empty() ? "rwm" : access;
}

}  // namespace

std::string HostDevice::rule() const {
  return std::string(1, kind) + " " + std::to_string(major) + ":" + std::to_string(minor) + " " +
         access;
}

schemas::Result<std::vector<HostDevice>> host_devices(std::span<const schemas::Device> wanted) {
  std::vector<HostDevice> found;
  for (const schemas::Device& device : wanted) {
    const std::string path =
        device.container_path.empty() ? device.host_path : device.container_path;
    const std::size_t before = found.size();
    std::error_code failure;
    if (std::filesystem::is_directory(device.host_path, failure)) {
      collect(device.host_path, path, found);
    } else if (auto one = device_at(device.host_path, path)) {
      found.push_back(*std::move(one));
    }
    if (found.size() == before) {
      return schemas::Error{
          .code = schemas::ErrorCode::client,
          .message =
              "CannotCreateContainerError: error gathering device information while adding "
              "custom device \"" +
              device.host_path + "\": there is no such device on this host"};
    }
    for (std::size_t at = before; at < found.size(); ++at) {
      found[at].access = access_of(device);
    }
  }
  return found;
}

std::vector<HostDevice> all_host_devices() {
  std::vector<HostDevice> found;
  collect("/dev", "/dev", found);
  return found;
}

}  // namespace agent

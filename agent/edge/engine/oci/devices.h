#pragma once

// Device nodes of the host that a container is to see.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "schemas/base/result.h"
#include "schemas/model/task_definition.h"

namespace agent {

/// One device node, found on this host.
struct HostDevice {
  std::string source;  ///< its path on the host
  std::string path;    ///< its path in the container
  char kind = 'c';     ///< 'c' or 'b'
  std::int64_t major = 0;
  std::int64_t minor = 0;
  std::int64_t mode = 0;  ///< permission bits
  std::int64_t uid = 0;
  std::int64_t gid = 0;
  std::string access = "rwm";

  /// "c 10:200 rwm", as a device cgroup takes it.
  [[nodiscard]] std::string rule() const;
  /// Whether it is to be seen below /dev, which is the container's own and may hold devices.
  [[nodiscard]] bool below_dev() const { return path.starts_with("/dev/"); }
};

/// The devices asked for; a directory of the host means all devices in it, at most 1,000.
/// CannotCreateContainerError when there is no such device.
schemas::Result<std::vector<HostDevice>> host_devices(std::span<const schemas::Device> wanted);

/// Every device of the host's /dev, terminals and what is mounted there left out.
std::vector<HostDevice> all_host_devices();

}  // namespace agent

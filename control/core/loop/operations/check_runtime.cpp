#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <string_view>

#include "control/core/loop/operations/definition_rules.h"
#include "control/core/loop/operations/refusals.h"

namespace control {

using schemas::ContainerDefinition;
using schemas::Done;
using schemas::Error;
using schemas::ErrorCode;
using schemas::Outcome;
using schemas::TaskDefinition;

namespace {

constexpr std::array<std::string_view, 39> capabilities{
    "ALL",        "AUDIT_CONTROL",   "AUDIT_WRITE",      "BLOCK_SUSPEND",
    "CHOWN",      "DAC_OVERRIDE",    "DAC_READ_SEARCH",  "FOWNER",
    "FSETID",     "IPC_LOCK",        "IPC_OWNER",        "KILL",
    "LEASE",      "LINUX_IMMUTABLE", "MAC_ADMIN",        "MAC_OVERRIDE",
    "MKNOD",      "NET_ADMIN",       "NET_BIND_SERVICE", "NET_BROADCAST",
    "NET_RAW",    "SETFCAP",         "SETGID",           "SETPCAP",
    "SETUID",     "SYS_ADMIN",       "SYS_BOOT",         "SYS_CHROOT",
    "SYS_MODULE", "SYS_NICE",        "SYS_PACCT",        "SYS_PTRACE",
    "SYS_RAWIO",  "SYS_RESOURCE",    "SYS_TIME",         "SYS_TTY_CONFIG",
    "SYSLOG",     "WAKE_ALARM",      "AUDIT_READ"};

/// Of a file system in memory. What ECS takes beyond them (bind, remount, propagation) would do
/// nothing there.
constexpr std::array<std::string_view, 24> tmpfs_options{
    "defaults", "ro",         "rw",          "suid",          "nosuid",   "dev",
    "nodev",    "exec",       "noexec",      "sync",          "async",    "dirsync",
    "mand",     "nomand",     "atime",       "noatime",       "diratime", "nodiratime",
    "relatime", "norelatime", "strictatime", "nostrictatime", "private",  "rprivate"};
constexpr std::array<std::string_view, 6> tmpfs_settings{
    "mode=", "uid=", "gid=", "nr_inodes=", "nr_blocks=", "mpol="};

/// Paths of a container that something is mounted on; the root is not among them.
bool is_mount_path(const std::string& path) {
  return path.starts_with('/') && path.find_first_not_of('/') != std::string::npos &&
         std::all_of(path.begin(), path.end(), [](char letter) { return letter >= ' '; }) &&
         path.find("/../") == std::string::npos && !path.ends_with("/..");
}

Outcome check_health(const TaskDefinition& /*definition*/, const ContainerDefinition& container) {
  if (!container.health_check) {
    return Done{};
  }
  const std::vector<std::string>& command = container.health_check->command;
  const bool known = command.front() == "CMD" || command.front() == "CMD-SHELL";
  if (!known || command.size() < 2) {
    return invalid(container,
                   "'healthCheck.command' must start with CMD or CMD-SHELL, followed by what to "
                   "run. A check of the image's own is never run, so NONE is not needed.");
  }
  return Done{};
}

Outcome check_mounts(const TaskDefinition& definition, const ContainerDefinition& container) {
  std::set<std::string> taken;
  const auto take = [&](const std::string& path, const std::string& setting) -> Outcome {
    if (!is_mount_path(path)) {
      return invalid(container,
                     "'" + setting + "' must be an absolute path below '/', not '" + path + "'.");
    }
    if (!taken.insert(path).second) {
      return invalid(container, "The path '" + path + "' is mounted on twice.");
    }
    return Done{};
  };
  for (const schemas::MountPoint& point : container.mount_points) {
    const bool known = std::any_of(
        definition.volumes.begin(), definition.volumes.end(),
        [&](const schemas::Volume& volume) { return volume.name == point.source_volume; });
    if (!known) {
      return Error{ErrorCode::client, "Unknown volume '" + point.source_volume +
                                          "' in a mount point of container '" + container.name +
                                          "'."};
    }
    if (auto valid = take(point.container_path, "mountPoints.containerPath"); !valid.ok()) {
      return valid;
    }
  }
  if (container.linux_parameters) {
    for (const schemas::Tmpfs& tmpfs : container.linux_parameters->tmpfs) {
      if (auto valid = take(tmpfs.container_path, "linuxParameters.tmpfs.containerPath");
          !valid.ok()) {
        return valid;
      }
    }
  }
  return Done{};
}

Outcome check_volumes_from(const TaskDefinition& definition, const ContainerDefinition& container) {
  std::set<std::string> sources;
  for (const schemas::VolumeFrom& from : container.volumes_from) {
    const bool known = std::any_of(
        definition.containers.begin(), definition.containers.end(),
        [&](const ContainerDefinition& other) { return other.name == from.source_container; });
    if (!known || from.source_container == container.name) {
      return invalid(container,
                     "'volumesFrom.sourceContainer' must be another container of the "
                     "task definition, not '" +
                         from.source_container + "'.");
    }
    if (!sources.insert(from.source_container).second) {
      return invalid(container,
                     "'volumesFrom' names container '" + from.source_container + "' twice.");
    }
  }
  return Done{};
}

/// -1 is no limit: more than any number.
bool is_above(std::int64_t soft, std::int64_t hard) {
  return hard >= 0 && (soft < 0 || soft > hard);
}

Outcome check_ulimits(const TaskDefinition& /*definition*/, const ContainerDefinition& container) {
  std::set<std::string> names;
  for (const schemas::Ulimit& limit : container.ulimits) {
    if (!names.insert(limit.name).second) {
      return invalid(container, "The ulimit '" + limit.name + "' is stated twice.");
    }
    if (is_above(limit.soft, limit.hard)) {
      return invalid(container, "The soft limit of ulimit '" + limit.name + "' (" +
                                    std::to_string(limit.soft) +
                                    ") must not be above its hard limit (" +
                                    std::to_string(limit.hard) + ").");
    }
  }
  return Done{};
}

bool is_tmpfs_option(const std::string& option) {
  const bool setting =
      std::any_of(tmpfs_settings.begin(), tmpfs_settings.end(), [&](std::string_view name) {
        return option.starts_with(name) && option.size() > name.size() &&
               option.find(',') == std::string::npos;
      });
  return setting ||
         std::find(tmpfs_options.begin(), tmpfs_options.end(), option) != tmpfs_options.end();
}

Outcome check_tmpfs(const ContainerDefinition& container) {
  for (const schemas::Tmpfs& tmpfs : container.linux_parameters->tmpfs) {
    for (const std::string& option : tmpfs.mount_options) {
      if (!is_tmpfs_option(option)) {
        return invalid(container, "'" + option +
                                      "' is not a mount option that a tmpfs has here; use one "
                                      "like noexec, ro or mode=1777.");
      }
    }
  }
  return Done{};
}

Outcome check_capabilities(const ContainerDefinition& container) {
  for (const auto* names : {&container.linux_parameters->capabilities_add,
                            &container.linux_parameters->capabilities_drop}) {
    for (const std::string& name : *names) {
      if (std::find(capabilities.begin(), capabilities.end(), name) == capabilities.end()) {
        return invalid(container, "'" + name +
                                      "' is not a Linux capability; use a name like NET_ADMIN, "
                                      "or ALL.");
      }
    }
  }
  return Done{};
}

Outcome check_devices(const ContainerDefinition& container) {
  std::set<std::string> paths;
  for (const schemas::Device& device : container.linux_parameters->devices) {
    const std::string& seen =
        device.container_path.empty() ? device.host_path : device.container_path;
    for (const std::string& path : {device.host_path, seen}) {
      if (!is_mount_path(path)) {
        return invalid(container, "A device's path must be absolute, not '" + path + "'.");
      }
    }
    if (!paths.insert(seen).second) {
      return invalid(container, "Two devices are to be seen at '" + seen + "'.");
    }
  }
  return Done{};
}

Outcome check_linux(const TaskDefinition& /*definition*/, const ContainerDefinition& container) {
  if (!container.linux_parameters) {
    return Done{};
  }
  const schemas::LinuxParameters& parameters = *container.linux_parameters;
  if (parameters.max_swap && parameters.max_swap->count > 0 && !container.memory) {
    return invalid(container,
                   "'linuxParameters.maxSwap' counts beyond the container's 'memory', which must "
                   "be stated with it.");
  }
  if (parameters.swappiness && !parameters.max_swap) {
    return invalid(container,
                   "'linuxParameters.swappiness' acts only with 'maxSwap': state that too, or "
                   "leave it out.");
  }
  for (const auto check : {check_capabilities, check_devices, check_tmpfs}) {
    if (Outcome valid = check(container); !valid.ok()) {
      return valid;
    }
  }
  return Done{};
}

Outcome check_volumes(const TaskDefinition& definition) {
  std::set<std::string> names;
  for (const schemas::Volume& volume : definition.volumes) {
    if (volume.name.empty()) {
      return Error{ErrorCode::client, "Each volume must have a name."};
    }
    if (!names.insert(volume.name).second) {
      return Error{ErrorCode::client,
                   "Volume names must be unique: '" + volume.name + "' is used twice."};
    }
    if (!volume.source_path.empty() && !volume.source_path.starts_with('/')) {
      return Error{ErrorCode::client, "The sourcePath of volume '" + volume.name +
                                          "' must be an absolute path, not '" + volume.source_path +
                                          "'."};
    }
  }
  return Done{};
}

}  // namespace

Outcome check_runtime(const TaskDefinition& definition) {
  if (Outcome valid = check_volumes(definition); !valid.ok()) {
    return valid;
  }
  for (const ContainerDefinition& container : definition.containers) {
    for (const auto check :
         {check_health, check_mounts, check_volumes_from, check_ulimits, check_linux}) {
      if (Outcome valid = check(definition, container); !valid.ok()) {
        return valid;
      }
    }
  }
  return Done{};
}

}  // namespace control

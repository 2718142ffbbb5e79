#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "agent/edge/engine/engine.h"
#include "agent/edge/engine/oci/capabilities.h"
#include "agent/edge/engine/oci/devices.h"

namespace agent {

/// Who a container's process is, in numbers.
struct ProcessIdentity {
  std::int64_t uid = 0;
  std::int64_t gid = 0;
  std::vector<std::int64_t> groups;  ///< beyond `gid`
  bool operator==(const ProcessIdentity&) const = default;
};

/// What the runtime is told beyond the container's specification: found out on this host.
struct RuntimeChoices {
  std::string root;  ///< absolute path where the root file system is mounted
  ProcessIdentity identity;
  CapabilitySet capabilities = default_capabilities();
  std::vector<HostDevice> devices;
  /// The host's path of ecs-init, where the container is to begin with it; else empty.
  std::string init_program;
  /// Empty: the runtime is kept from cgroups, the process is in its own already.
  std::string cgroup_path;
  /// Host directories to show below /sys/fs/cgroup when the runtime cannot: (name, source). With a
  /// `cgroup_path` the runtime mounts them itself.
  std::vector<std::pair<std::string, std::string>> cgroup_directories;
  /// Base64 of a compiled system call filter, for a runtime that takes one; else it compiles.
  std::string seccomp_program;
  std::int64_t open_files_max = 65'536;
  std::int64_t oom_score_adj = 0;
  /// crun mounts the root file system anew without the `nodev` it was given; then it must be told
  /// again, as the last of its mounts, and read-only with it, for that too would undo it.
  enum class RootFlags : std::uint8_t { kept, stated_again } root_flags = RootFlags::kept;
};

/// The OCI runtime configuration (config.json): the capabilities chosen, no new privileges, the
/// system call filter, masked and read-only kernel files, no device but the harmless ones and those
/// chosen, private mounts and namespaces. A privileged container has none of these bounds but the
/// last.
std::string runtime_config_json(const ContainerSpec& spec, const RuntimeChoices& choices);

/// The process of a container as its configuration states it, without what it runs: a JSON object
/// that lacks its "args" and its end.
std::string process_json_head(const ContainerSpec& spec, const RuntimeChoices& choices);
/// Such an object made whole: another process beside the container's, alike in everything else.
std::string process_json(const std::string& head, std::span<const std::string> arguments);

}  // namespace agent

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/base/result.h"

namespace agent {

enum class CgroupVersion : std::uint8_t { v1, v2 };

/// What a controller hierarchy is to us. On v1 several controllers may share one mount.
struct CgroupMount {
  std::string path;                      ///< "/sys/fs/cgroup/cpu,cpuacct"
  std::vector<std::string> controllers;  ///< v1: those that we use, "cpu", "name=systemd"; v2: none
  [[nodiscard]] bool has(std::string_view controller) const;
  bool operator==(const CgroupMount&) const = default;
};

/// How this machine's cgroups are mounted. Found out, never assumed.
struct CgroupHierarchy {
  CgroupVersion version = CgroupVersion::v2;
  /// v2: the one. v1: all, for a runtime may have made directories in those that we do not use.
  std::vector<CgroupMount> mounts;
  /// v1 beside which a v2 tree is mounted ("hybrid"): its path. Else empty.
  std::string unified;

  /// The mount that has this controller, or null. On v2 the only mount has them all.
  [[nodiscard]] const CgroupMount* with(std::string_view controller) const;
  bool operator==(const CgroupHierarchy&) const = default;
};

/// Reads the hierarchy out of the text of /proc/self/mountinfo. v1 wins where both are mounted:
/// then it has the memory controller. Fails when there is no memory, cpu or pids controller to be
/// seen, as after `ip netns exec`, which hides /sys/fs/cgroup.
schemas::Result<CgroupHierarchy> find_hierarchy(std::string_view mountinfo);

}  // namespace agent

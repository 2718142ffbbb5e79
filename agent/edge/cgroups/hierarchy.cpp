#include "agent/edge/cgroups/hierarchy.h"

#include <algorithm>
#include <array>
#include <utility>

namespace agent {

namespace {

/// Limits, meters, and where systemd looks for what belongs to a unit that it stops.
constexpr std::array<std::string_view, 6> used_controllers{"cpu",  "cpuacct", "memory",
                                                           "pids", "devices", "name=systemd"};

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(separator), text.size());
    parts.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

struct Mounted {
  std::string type;
  std::string path;
  std::vector<std::string> options;
};

/// "36 25 0:31 / /sys/fs/cgroup/cpu rw,relatime shared:9 - cgroup cgroup rw,cpu": fields before
/// the dash vary in number, those after it do not.
Mounted parse_mount(std::string_view line) {
  const std::size_t dash = line.find(" - ");
  if (dash == std::string_view::npos) {
    return {};
  }
  const std::vector<std::string> before = split(line.substr(0, dash), ' ');
  const std::vector<std::string> after = split(line.substr(dash + 3), ' ');
  if (before.size() < 5 || after.size() < 3) {
    return {};
  }
  return {.type = after[0], .path = before[4], .options = split(after[2], ',')};
}

}  // namespace

bool CgroupMount::has(std::string_view controller) const {
  return std::find(controllers.begin(), controllers.end(), controller) != controllers.end();
}

const CgroupMount* CgroupHierarchy::with(std::string_view controller) const {
  if (version == CgroupVersion::v2) {
    return &mounts.front();
  }
  const auto found = std::find_if(mounts.begin(), mounts.end(),
                                  [&](const CgroupMount& mount) { return mount.has(controller); });
  return found == mounts.end() ? nullptr : &*found;
}

schemas::Result<CgroupHierarchy> find_hierarchy(std::string_view mountinfo) {
  CgroupHierarchy hierarchy{.version = CgroupVersion::v1, .mounts = {}, .unified = {}};
  for (const std::string& line : split(mountinfo, '\n')) {
    const Mounted mounted = parse_mount(line);
    if (mounted.type == "cgroup2" && hierarchy.unified.empty()) {
      hierarchy.unified = mounted.path;
    }
    if (mounted.type != "cgroup") {
      continue;
    }
    CgroupMount mount{.path = mounted.path, .controllers = {}};
    for (const std::string_view controller : used_controllers) {
      const bool here = std::find(mounted.options.begin(), mounted.options.end(), controller) !=
                        mounted.options.end();
      // Mounted twice (a bind mount): the first is enough.
      if (here && hierarchy.with(controller) == nullptr) {
        mount.controllers.emplace_back(controller);
      }
    }
    hierarchy.mounts.push_back(std::move(mount));
  }
  if (hierarchy.with("memory") != nullptr && hierarchy.with("cpu") != nullptr &&
      hierarchy.with("pids") != nullptr) {
    return hierarchy;
  }
  if (hierarchy.with("memory") == nullptr && !hierarchy.unified.empty()) {
    return CgroupHierarchy{
        .version = CgroupVersion::v2,
        .mounts = {{.path = std::exchange(hierarchy.unified, {}), .controllers = {}}},
        .unified = {}};
  }
  return schemas::Error{
      .code = schemas::ErrorCode::server,
      .message =
          "the cgroup controllers cpu, memory and pids cannot be seen in this mount "
          "namespace; mount them below /sys/fs/cgroup, and enter a network namespace with "
          "'nsenter --net' rather than 'ip netns exec', which hides them"};
}

}  // namespace agent

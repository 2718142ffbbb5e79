#include "agent/edge/runner/container_wishes.h"

#include <algorithm>
#include <set>
#include <utility>

namespace agent {

namespace {

using schemas::ContainerDefinition;

/// The source that a volume's name stands for: the host's path, or a directory of the task's own,
/// which begins as what the image has where it is mounted, as with Docker.
BindMount mount_of(const schemas::TaskAssignment& task, const schemas::MountPoint& point,
                   const std::filesystem::path& scratch) {
  BindMount mount;
  mount.target = point.container_path;
  mount.access = point.read_only ? Access::read_only : Access::read_write;
  const auto volume = std::find_if(
      task.volumes.begin(), task.volumes.end(),
      [&](const schemas::Volume& candidate) { return candidate.name == point.source_volume; });
  if (volume != task.volumes.end() && !volume->source_path.empty()) {
    mount.source = volume->source_path;
  } else {
    mount.source = (scratch / point.source_volume).string();
    mount.begin = BindMount::Begin::as_the_image;
  }
  return mount;
}

/// Follows `volumesFrom` from container to container; `seen` ends a circle.
void collect(const schemas::TaskAssignment& task, const ContainerDefinition& definition,
             Access most, const std::filesystem::path& scratch, std::set<std::string>& seen,
             std::vector<BindMount>& mounts) {
  if (!seen.insert(definition.name).second) {
    return;
  }
  for (const schemas::MountPoint& point : definition.mount_points) {
    BindMount mount = mount_of(task, point, scratch);
    mount.access = most == Access::read_only ? Access::read_only : mount.access;
    const bool taken = std::any_of(mounts.begin(), mounts.end(), [&](const BindMount& one) {
      return one.target == mount.target;
    });
    if (!taken) {
      mounts.push_back(std::move(mount));
    }
  }
  for (const schemas::VolumeFrom& from : definition.volumes_from) {
    for (const schemas::ContainerAssignment& other : task.containers) {
      if (other.definition.name == from.source_container) {
        collect(task, other.definition, from.read_only ? Access::read_only : most, scratch, seen,
                mounts);
      }
    }
  }
}

}  // namespace

std::vector<BindMount> volume_mounts(const schemas::TaskAssignment& task, std::int64_t container,
                                     const std::filesystem::path& scratch) {
  std::vector<BindMount> mounts;
  std::set<std::string> seen;
  collect(task, task.containers.at(static_cast<std::size_t>(container)).definition,
          Access::read_write, scratch, seen, mounts);
  return mounts;
}

void add_wishes(ContainerSpec& spec, const ContainerDefinition& definition) {
  spec.root = definition.readonly_root_filesystem ? Access::read_only : Access::read_write;
  spec.limits.cpu = definition.cpu;
  spec.limits.memory = definition.memory;
  spec.limits.memory_reservation = definition.memory_reservation;
  spec.ulimits = definition.ulimits;
  spec.privileged = definition.privileged;
  spec.labels = definition.docker_labels;
  if (!definition.linux_parameters) {
    return;
  }
  const schemas::LinuxParameters& wishes = *definition.linux_parameters;
  spec.limits.swap = wishes.max_swap;
  spec.limits.swappiness = wishes.swappiness;
  spec.capabilities_add = wishes.capabilities_add;
  spec.capabilities_drop = wishes.capabilities_drop;
  spec.devices = wishes.devices;
  spec.shared_memory = wishes.shared_memory_size;
  spec.tmpfs = wishes.tmpfs;
  spec.init = wishes.init_process_enabled;
}

ExecRequest health_request(const schemas::HealthCheck& check) {
  ExecRequest request;
  request.timeout = check.timeout;
  if (check.command.empty()) {
    return request;
  }
  if (check.command.front() == "CMD-SHELL") {
    request.arguments = {"/bin/sh", "-c"};
  }
  request.arguments.insert(request.arguments.end(), check.command.begin() + 1, check.command.end());
  return request;
}

}  // namespace agent

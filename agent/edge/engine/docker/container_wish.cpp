#include "agent/edge/engine/docker/container_wish.h"

#include <algorithm>

namespace agent {

namespace {

constexpr std::int64_t bytes_per_mib = 1'048'576;
constexpr std::int64_t cpu_shares_min = 2;
constexpr std::int64_t cpu_shares_max = 262'144;

std::optional<std::int64_t> bytes(const std::optional<schemas::MemoryMib>& memory) {
  return memory ? std::optional(memory->count * bytes_per_mib) : std::nullopt;
}

std::string network_mode(const ContainerSpec& spec, const DockerChoices& choices) {
  switch (spec.network) {
    case NetworkKind::host:
      return "host";
    case NetworkKind::joined:
      return "container:" + choices.network_holder;
    case NetworkKind::isolated:
      return "none";
  }
  return "none";
}

docker::Mount mount_of(const BindMount& wanted) {
  docker::Mount mount;
  mount.target = wanted.target;
  mount.read_only = wanted.access == Access::read_only;
  if (wanted.begin == BindMount::Begin::as_the_image) {
    // A nameless volume that lies in our directory: only volumes begin as the image has them. It
    // goes with the container; what lies in the directory does not.
    mount.type = "volume";
    mount.volume = docker::VolumeOptions{
        .driver = {.name = "local",
                   .options = {{"type", "none"}, {"o", "bind"}, {"device", wanted.source}}}};
  } else {
    mount.type = "bind";
    mount.source = wanted.source;
    mount.bind = docker::BindOptions{.propagation = "rprivate"};
  }
  return mount;
}

void set_limits(docker::HostWish& host, const ContainerSpec& spec) {
  const ContainerLimits& limits = spec.limits;
  host.cpu_shares = std::clamp(limits.cpu.count, cpu_shares_min, cpu_shares_max);
  host.memory = bytes(limits.memory);
  if (limits.memory) {
    // Docker counts memory and swap together here; the same number is no swap.
    host.memory_swap =
        (limits.memory->count + limits.swap.value_or(schemas::MemoryMib{}).count) * bytes_per_mib;
  }
  if (limits.swap) {
    host.memory_swappiness = limits.swappiness;
  }
  host.memory_reservation = bytes(limits.memory_reservation);
  host.pids = limits.pids;
  for (const schemas::Ulimit& limit : spec.ulimits) {
    host.ulimits.push_back({.name = limit.name, .soft = limit.soft, .hard = limit.hard});
  }
}

void set_rights(docker::HostWish& host, const ContainerSpec& spec) {
  host.privileged = spec.privileged;
  if (!spec.privileged) {
    host.security_options = {"no-new-privileges"};
  }
  host.capabilities_add = spec.capabilities_add;
  host.capabilities_drop = spec.capabilities_drop;
}

std::string tmpfs_options(const schemas::Tmpfs& tmpfs) {
  std::string options = "size=" + std::to_string(tmpfs.size.count * bytes_per_mib);
  for (const std::string& option : tmpfs.mount_options) {
    options += "," + option;
  }
  return options;
}

}  // namespace

docker::ContainerWish container_wish(const ContainerSpec& spec, const DockerChoices& choices) {
  docker::ContainerWish wish;
  wish.image = choices.image;
  if (spec.network == NetworkKind::isolated) {
    wish.hostname = spec.hostname;  // in a joined namespace it is the holder's
  }
  wish.user = spec.process.user;
  wish.working_directory = spec.process.working_directory;
  wish.stop_signal = spec.process.stop_signal;
  wish.entry_point = spec.process.arguments;  // whole: a command beside it is the image's to give
  wish.environment = spec.process.environment;
  wish.labels = spec.labels;
  wish.labels.insert_or_assign(owner_label, choices.owner);
  wish.labels.insert_or_assign(task_label, spec.task.text());
  wish.labels.insert_or_assign(container_label, spec.id.text());
  wish.labels.insert_or_assign(name_label, spec.name);
  wish.labels.insert_or_assign(digest_label, spec.image_digest);
  wish.labels.erase(holder_label);
  wish.health_check.test = {"NONE"};  // the definition's is the agent's to run
  docker::HostWish& host = wish.host;
  for (const BindMount& mount : spec.mounts) {
    host.mounts.push_back(mount_of(mount));
  }
  host.network_mode = network_mode(spec, choices);
  host.cgroup_parent = choices.cgroup_parent;
  host.cgroup_namespace = "private";
  host.ipc_mode = "private";
  set_limits(host, spec);
  set_rights(host, spec);
  host.read_only_root = spec.root == Access::read_only;
  if (spec.init) {
    host.init = true;
  }
  host.shared_memory = bytes(spec.shared_memory);
  for (const schemas::Tmpfs& tmpfs : spec.tmpfs) {
    host.tmpfs.insert_or_assign(tmpfs.container_path, tmpfs_options(tmpfs));
  }
  host.log = {.type = "json-file",
              .config = {{"max-size", std::to_string(choices.log_bytes_max)},
                         {"max-file", std::to_string(choices.log_files_max)}}};
  return wish;
}

}  // namespace agent

#include "agent/edge/engine/oci/runtime_config.h"

#include <sys/resource.h>

#include <algorithm>
#include <cctype>
#include <span>
#include <string_view>

#include "agent/edge/engine/oci/seccomp_profile.h"
#include "schemas/codec/json_text.h"

namespace agent {

namespace {

/// Where the agent's init is seen: on a file system of the container's own, whatever its root is.
constexpr const char* init_path = "/dev/ecs-init";

constexpr std::string_view kernel_mounts_head =
    R"({"destination":"/proc","type":"proc","source":"proc",)"
    R"("options":["nosuid","noexec","nodev"]},)"
    R"({"destination":"/dev","type":"tmpfs","source":"tmpfs",)"
    R"("options":["nosuid","strictatime","mode=755","size=65536k"]},)"
    R"({"destination":"/dev/pts","type":"devpts","source":"devpts",)"
    R"("options":["nosuid","noexec","newinstance","ptmxmode=0666","mode=0620","gid=5"]},)"
    R"({"destination":"/dev/mqueue","type":"mqueue","source":"mqueue",)"
    R"("options":["nosuid","noexec","nodev"]},)"
    R"({"destination":"/dev/shm","type":"tmpfs","source":"shm",)"
    R"("options":["nosuid","noexec","nodev","mode=1777","size=)";
constexpr std::int64_t shared_memory_kib = 65'536;
constexpr std::int64_t kib_per_mib = 1'024;

/// Kernel files that tell a container about the host, or let it harm it.
constexpr std::string_view masked_paths =
    R"(["/proc/acpi","/proc/asound","/proc/interrupts","/proc/kcore","/proc/keys",)"
    R"("/proc/latency_stats","/proc/sched_debug","/proc/scsi","/proc/timer_list",)"
    R"("/proc/timer_stats","/sys/devices/virtual/powercap","/sys/firmware"])";
constexpr std::string_view read_only_paths =
    R"(["/proc/bus","/proc/fs","/proc/irq","/proc/sys","/proc/sysrq-trigger"])";

/// As Docker has it since 20.10: a container's own network has no privileged ports, and ping needs
/// no privilege.
constexpr std::string_view network_settings =
    R"({"net.ipv4.ip_unprivileged_port_start":"0","net.ipv4.ping_group_range":"0 2147483647"})";

void append_texts(std::string& json, std::span<const std::string> texts) {
  json += '[';
  for (const std::string& text : texts) {
    if (json.back() != '[') {
      json += ',';
    }
    codec::append_json_text(json, text);
  }
  json += ']';
}

void append_limits(std::string& json, const ContainerSpec& spec, const RuntimeChoices& choices) {
  json += R"("rlimits":[)";
  const auto number = [](std::int64_t value) {
    return value < 0 ? std::to_string(RLIM_INFINITY) : std::to_string(value);
  };
  const auto append = [&](const std::string& name, std::int64_t soft, std::int64_t hard) {
    json += std::string(json.back() == '[' ? "" : ",") + R"({"type":"RLIMIT_)";
    for (const char letter : name) {
      json += static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
    }
    json += R"(","hard":)" + number(hard) + R"(,"soft":)" + number(soft) + "}";
  };
  bool files_stated = false;
  for (const schemas::Ulimit& limit : spec.ulimits) {
    files_stated = files_stated || limit.name == "nofile";
    append(limit.name, limit.soft, limit.hard);
  }
  if (!files_stated) {
    append("nofile", choices.open_files_max, choices.open_files_max);
  }
  json += ']';
}

void append_mount(std::string& json, std::string_view target, std::string_view source,
                  std::string_view options) {
  json += R"(,{"destination":)";
  codec::append_json_text(json, target);
  json += R"(,"type":"bind","source":)";
  codec::append_json_text(json, source);
  json += R"(,"options":)" + std::string(options) + "}";
}

void append_tmpfs(std::string& json, const schemas::Tmpfs& wanted) {
  json += R"(,{"destination":)";
  codec::append_json_text(json, wanted.container_path);
  json += R"(,"type":"tmpfs","source":"tmpfs","options":["nosuid","noexec","nodev","mode=1777")";
  for (const std::string& option : wanted.mount_options) {
    if (option != "defaults") {
      json += ',';
      codec::append_json_text(json, option);
    }
  }
  json += R"(,"size=)" + std::to_string(wanted.size.count * kib_per_mib) + R"(k"]})";
}

std::int64_t depth_of(const std::string& path) {
  return std::count(path.begin(), path.end(), '/') - (path.ends_with('/') ? 1 : 0);
}

/// What is mounted deeper comes later, or the other would lie over it.
void append_wanted_mounts(std::string& json, const ContainerSpec& spec) {
  struct Wanted {
    std::int64_t depth = 0;
    const schemas::Tmpfs* tmpfs = nullptr;
    const BindMount* bind = nullptr;
  };
  std::vector<Wanted> all;
  for (const schemas::Tmpfs& tmpfs : spec.tmpfs) {
    all.push_back({.depth = depth_of(tmpfs.container_path), .tmpfs = &tmpfs});
  }
  for (const BindMount& mount : spec.mounts) {
    all.push_back({.depth = depth_of(mount.target), .bind = &mount});
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const Wanted& one, const Wanted& other) { return one.depth < other.depth; });
  for (const Wanted& wanted : all) {
    if (wanted.tmpfs != nullptr) {
      append_tmpfs(json, *wanted.tmpfs);
      continue;
    }
    const bool read_only = wanted.bind->access == Access::read_only;
    std::string options = R"(["rbind","rprivate",)";
    options += spec.privileged ? "" : R"("nodev","nosuid",)";
    append_mount(json, wanted.bind->target, wanted.bind->source,
                 options + (read_only ? R"("ro"])" : R"("rw"])"));
  }
}

/// A device node outside /dev would lie on a file system where nodes open nothing.
void append_device_mounts(std::string& json, const RuntimeChoices& choices) {
  for (const HostDevice& device : choices.devices) {
    if (!device.below_dev()) {
      append_mount(json, device.path, device.source, R"(["bind","rprivate","nosuid","noexec"])");
    }
  }
}

void append_mounts(std::string& json, const ContainerSpec& spec, const RuntimeChoices& choices) {
  const std::int64_t shared_memory =
      spec.shared_memory ? spec.shared_memory->count * kib_per_mib : shared_memory_kib;
  const std::string access = spec.privileged ? "rw" : "ro";
  json += R"("mounts":[)" + std::string(kernel_mounts_head) + std::to_string(shared_memory) +
          R"(k"]},{"destination":"/sys","type":"sysfs","source":"sysfs",)"
          R"("options":["nosuid","noexec","nodev",")" +
          access + R"("]})";
  if (!choices.cgroup_path.empty()) {
    json += R"(,{"destination":"/sys/fs/cgroup","type":"cgroup","source":"cgroup",)"
            R"("options":["nosuid","noexec","nodev","relatime",")" +
            access + R"("]})";
  } else if (!choices.cgroup_directories.empty()) {
    json += R"(,{"destination":"/sys/fs/cgroup","type":"tmpfs","source":"tmpfs",)"
            R"("options":["nosuid","noexec","nodev","mode=755","size=64k"]})";
    for (const auto& [name, source] : choices.cgroup_directories) {
      append_mount(json, "/sys/fs/cgroup/" + name, source,
                   R"(["bind",")" + access + R"(","nosuid","noexec","nodev"])");
    }
  }
  append_wanted_mounts(json, spec);
  append_device_mounts(json, choices);
  if (!choices.init_program.empty()) {
    append_mount(json, init_path, choices.init_program, R"(["bind","rprivate","ro","nosuid"])");
  }
  if (choices.root_flags == RuntimeChoices::RootFlags::stated_again) {
    // "/." because crun takes the empty rest of "/" for a file of its own.
    append_mount(json, "/.", "/",
                 spec.root == Access::read_only ? R"(["bind","remount","nodev","ro"])"
                                                : R"(["bind","remount","nodev"])");
  }
  json += ']';
}

void append_namespaces(std::string& json, const ContainerSpec& spec) {
  json += R"("namespaces":[{"type":"pid"},{"type":"ipc"},{"type":"uts"},{"type":"mount"},)"
          R"({"type":"cgroup"})";
  if (spec.network == NetworkKind::isolated) {
    json += R"(,{"type":"network"})";
  } else if (spec.network == NetworkKind::joined) {
    json += R"(,{"type":"network","path":)";
    codec::append_json_text(json, spec.network_namespace);
    json += '}';
  }
  json += ']';
}

void append_devices(std::string& json, const RuntimeChoices& choices) {
  json += R"(,"devices":[)";
  for (const HostDevice& device : choices.devices) {
    if (!device.below_dev()) {
      continue;
    }
    json += json.back() == '[' ? R"({"path":)" : R"(,{"path":)";
    codec::append_json_text(json, device.path);
    json += R"(,"type":")" + std::string(1, device.kind) + R"(","major":)" +
            std::to_string(device.major) + R"(,"minor":)" + std::to_string(device.minor) +
            R"(,"fileMode":)" + std::to_string(device.mode) + R"(,"uid":)" +
            std::to_string(device.uid) + R"(,"gid":)" + std::to_string(device.gid) + "}";
  }
  json += ']';
}

void append_linux(std::string& json, const ContainerSpec& spec, const RuntimeChoices& choices) {
  json += R"("linux":{)";
  append_namespaces(json, spec);
  if (!choices.cgroup_path.empty()) {
    json += R"(,"cgroupsPath":)";
    codec::append_json_text(json, choices.cgroup_path);
    json += spec.privileged ? R"(,"resources":{"devices":[{"allow":true,"access":"rwm"})"
                            : R"(,"resources":{"devices":[{"allow":false,"access":"rwm"})";
    for (const HostDevice& device : choices.devices) {
      json += R"(,{"allow":true,"type":")" + std::string(1, device.kind) + R"(","major":)" +
              std::to_string(device.major) + R"(,"minor":)" + std::to_string(device.minor) +
              R"(,"access":")" + device.access + R"("})";
    }
    json += "]}";
  }
  append_devices(json, choices);
  if (choices.seccomp_program.empty() && !spec.privileged) {
    json += R"(,"seccomp":)" + seccomp_json(choices.capabilities);
  }
  if (spec.network != NetworkKind::host) {
    json += R"(,"sysctl":)" + std::string(network_settings);
  }
  json += R"(,"rootfsPropagation":"private")";
  if (!spec.privileged) {
    json += R"(,"maskedPaths":)" + std::string(masked_paths) + R"(,"readonlyPaths":)" +
            std::string(read_only_paths);
  }
  json += '}';
}

void append_annotations(std::string& json, const ContainerSpec& spec,
                        const RuntimeChoices& choices) {
  json += R"("annotations":{)";
  if (!choices.seccomp_program.empty() && !spec.privileged) {
    json += R"("run.oci.seccomp_bpf_data":")" + choices.seccomp_program + '"';
  }
  for (const auto& [name, value] : spec.labels) {
    if (name.starts_with("run.oci.")) {
      continue;  // the runtime's own switches are not for a task definition to throw
    }
    if (json.back() != '{') {
      json += ',';
    }
    codec::append_json_text(json, name);
    json += ':';
    codec::append_json_text(json, value);
  }
  json += '}';
}

}  // namespace

std::string process_json_head(const ContainerSpec& spec, const RuntimeChoices& choices) {
  std::string json = R"({"terminal":false,"user":{"uid":)" + std::to_string(choices.identity.uid) +
                     R"(,"gid":)" + std::to_string(choices.identity.gid) + R"(,"additionalGids":[)";
  for (const std::int64_t group : choices.identity.groups) {
    json += (json.back() == '[' ? "" : ",") + std::to_string(group);
  }
  json += R"(]},"env":)";
  append_texts(json, spec.process.environment);
  json += R"(,"cwd":)";
  codec::append_json_text(
      json, spec.process.working_directory.empty() ? "/" : spec.process.working_directory);
  const std::string capabilities = capabilities_json(choices.capabilities);
  json += R"(,"oomScoreAdj":)" + std::to_string(choices.oom_score_adj) + R"(,"noNewPrivileges":)" +
          (spec.privileged ? "false" : "true") + R"(,"capabilities":{"bounding":)" + capabilities;
  // Another user than root starts with none; the bounding set is for programs root made setuid,
  // which the line above makes harmless too.
  if (choices.identity.uid == 0) {
    json += R"(,"effective":)" + capabilities + R"(,"permitted":)" + capabilities;
  }
  json += "},";
  append_limits(json, spec, choices);
  return json + ",";
}

std::string process_json(const std::string& head, std::span<const std::string> arguments) {
  std::string json = head + R"("args":)";
  append_texts(json, arguments);
  return json + "}";
}

std::string runtime_config_json(const ContainerSpec& spec, const RuntimeChoices& choices) {
  std::vector<std::string> arguments = spec.process.arguments;
  if (!choices.init_program.empty()) {
    arguments.insert(arguments.begin(), init_path);
  }
  std::string json = R"({"ociVersion":"1.0.2","process":)" +
                     process_json(process_json_head(spec, choices), arguments);
  json += R"(,"root":{"path":)";
  codec::append_json_text(json, choices.root);
  const bool read_only =
      spec.root == Access::read_only && choices.root_flags == RuntimeChoices::RootFlags::kept;
  json += std::string(R"(,"readonly":)") + (read_only ? "true" : "false") + "}";
  if (!spec.hostname.empty() && spec.network != NetworkKind::host) {
    json += R"(,"hostname":)";
    codec::append_json_text(json, spec.hostname);
  }
  json += ',';
  append_mounts(json, spec, choices);
  json += ',';
  append_linux(json, spec, choices);
  json += ',';
  append_annotations(json, spec, choices);
  return json + "}";
}

}  // namespace agent

#include "agent/edge/engine/oci/runtime_config.h"

#include <span>
#include <string_view>

#include "agent/edge/engine/oci/seccomp_profile.h"
#include "schemas/codec/json_text.h"

namespace agent {

namespace {

/// What root in a container may do beyond any other user; everything else of root's is taken.
constexpr std::string_view capabilities =
    R"(["CAP_CHOWN","CAP_DAC_OVERRIDE","CAP_FSETID","CAP_FOWNER","CAP_MKNOD","CAP_NET_RAW",)"
    R"("CAP_SETGID","CAP_SETUID","CAP_SETFCAP","CAP_SETPCAP","CAP_NET_BIND_SERVICE",)"
    R"("CAP_SYS_CHROOT","CAP_KILL","CAP_AUDIT_WRITE"])";

constexpr std::string_view kernel_mounts =
    R"({"destination":"/proc","type":"proc","source":"proc",)"
    R"("options":["nosuid","noexec","nodev"]},)"
    R"({"destination":"/dev","type":"tmpfs","source":"tmpfs",)"
    R"("options":["nosuid","strictatime","mode=755","size=65536k"]},)"
    R"({"destination":"/dev/pts","type":"devpts","source":"devpts",)"
    R"("options":["nosuid","noexec","newinstance","ptmxmode=0666","mode=0620","gid=5"]},)"
    R"({"destination":"/dev/shm","type":"tmpfs","source":"shm",)"
    R"("options":["nosuid","noexec","nodev","mode=1777","size=65536k"]},)"
    R"({"destination":"/dev/mqueue","type":"mqueue","source":"mqueue",)"
    R"("options":["nosuid","noexec","nodev"]},)"
    R"({"destination":"/sys","type":"sysfs","source":"sysfs",)"
    R"("options":["nosuid","noexec","nodev","ro"]})";

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

void append_process(std::string& json, const ContainerSpec& spec, const RuntimeChoices& choices) {
  json += R"("process":{"terminal":false,"user":{"uid":)" + std::to_string(choices.identity.uid) +
          R"(,"gid":)" + std::to_string(choices.identity.gid) + R"(,"additionalGids":[)";
  for (const std::int64_t group : choices.identity.groups) {
    json += (json.back() == '[' ? "" : ",") + std::to_string(group);
  }
  json += R"(]},"args":)";
  append_texts(json, spec.process.arguments);
  json += R"(,"env":)";
  append_texts(json, spec.process.environment);
  json += R"(,"cwd":)";
  codec::append_json_text(
      json, spec.process.working_directory.empty() ? "/" : spec.process.working_directory);
  json += R"(,"oomScoreAdj":)" + std::to_string(choices.oom_score_adj) +
          R"(,"noNewPrivileges":true,"capabilities":{"bounding":)" + std::string(capabilities);
  // Another user than root starts with none; the bounding set is for programs root made setuid,
  // which the line above makes harmless too.
  if (choices.identity.uid == 0) {
    json += R"(,"effective":)" + std::string(capabilities) + R"(,"permitted":)" +
            std::string(capabilities);
  }
  const std::string files = std::to_string(choices.open_files_max);
  json += R"(},"rlimits":[{"type":"RLIMIT_NOFILE","hard":)" + files + R"(,"soft":)" + files + "}]}";
}

void append_mount(std::string& json, std::string_view target, std::string_view source,
                  std::string_view options) {
  json += R"(,{"destination":)";
  codec::append_json_text(json, target);
  json += R"(,"type":"bind","source":)";
  codec::append_json_text(json, source);
  json += R"(,"options":)" + std::string(options) + "}";
}

void append_mounts(std::string& json, const ContainerSpec& spec, const RuntimeChoices& choices) {
  json += R"("mounts":[)" + std::string(kernel_mounts);
  if (!choices.cgroup_path.empty()) {
    json += R"(,{"destination":"/sys/fs/cgroup","type":"cgroup","source":"cgroup",)"
            R"("options":["nosuid","noexec","nodev","relatime","ro"]})";
  } else if (!choices.cgroup_directories.empty()) {
    json += R"(,{"destination":"/sys/fs/cgroup","type":"tmpfs","source":"tmpfs",)"
            R"("options":["nosuid","noexec","nodev","mode=755","size=64k"]})";
    for (const auto& [name, source] : choices.cgroup_directories) {
      append_mount(json, "/sys/fs/cgroup/" + name, source,
                   R"(["bind","ro","nosuid","noexec","nodev"])");
    }
  }
  for (const BindMount& mount : spec.mounts) {
    append_mount(json, mount.target, mount.source,
                 mount.access == Access::read_only
                     ? R"(["rbind","rprivate","nodev","nosuid","ro"])"
                     : R"(["rbind","rprivate","nodev","nosuid","rw"])");
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

void append_linux(std::string& json, const ContainerSpec& spec, const RuntimeChoices& choices) {
  json += R"("linux":{)";
  append_namespaces(json, spec);
  if (!choices.cgroup_path.empty()) {
    json += R"(,"cgroupsPath":)";
    codec::append_json_text(json, choices.cgroup_path);
    json += R"(,"resources":{"devices":[{"allow":false,"access":"rwm"}]})";
  }
  if (choices.seccomp_program.empty()) {
    json += R"(,"seccomp":)" + seccomp_json();
  }
  if (spec.network != NetworkKind::host) {
    json += R"(,"sysctl":)" + std::string(network_settings);
  }
  json += R"(,"rootfsPropagation":"private","maskedPaths":)" + std::string(masked_paths) +
          R"(,"readonlyPaths":)" + std::string(read_only_paths) + "}";
}

void append_annotations(std::string& json, const ContainerSpec& spec,
                        const RuntimeChoices& choices) {
  json += R"("annotations":{)";
  if (!choices.seccomp_program.empty()) {
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

std::string runtime_config_json(const ContainerSpec& spec, const RuntimeChoices& choices) {
  std::string json = R"({"ociVersion":"1.0.2",)";
  append_process(json, spec, choices);
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

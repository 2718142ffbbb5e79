#include "agent/edge/engine/oci/runtime_class.h"

#include <openssl/evp.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>
#include <utility>

#include "agent/edge/engine/oci/seccomp_profile.h"

namespace agent {

namespace {

constexpr std::chrono::seconds version_limit{10};
/// What a program that counts its processors, threads and memory looks for.
constexpr std::array<std::string_view, 4> shown_controllers{"cpu", "cpuacct", "memory", "pids"};

/// A container is no more precious to the kernel than this agent, and never more than a process
/// that nobody spoke for. Lowering the score takes a privilege that a guest may lack; this raises
/// it or leaves it.
std::int64_t oom_score_to_state() {
  return std::max<std::int64_t>(0, number_in_file("/proc/self/oom_score_adj").value_or(0));
}

std::string base64(const std::string& bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                   reinterpret_cast<const unsigned char*>(bytes.data()),
                                   static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  return text;
}

/// Beside this program, where the build and an installation put it.
std::string own_program(const std::string& name) {
  std::error_code failure;
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", failure);
  const std::string beside = (self.parent_path() / name).string();
  return access(beside.c_str(), X_OK) == 0 ? beside : find_program(name).value_or("");
}

schemas::Error missing(const std::string& program, const std::string& package) {
  return {.code = schemas::ErrorCode::server,
          .message = "the program " + program + " is not on this host; install " + package};
}

}  // namespace

std::vector<std::string> RuntimeClass::options(const EngineHome& engine) const {
  std::vector<std::string> options{"--root=" + engine.runtime().string()};
  if (cgroups == CgroupDuty::ours) {
    options.emplace_back("--cgroup-manager=disabled");
  } else if (name == "crun") {
    options.emplace_back("--cgroup-manager=cgroupfs");
  }
  return options;
}

void RuntimeClass::call_by(Supervision& supervision, const EngineHome& engine,
                           const TaskCgroups& groups, const std::string& task,
                           const std::string& container) const {
  supervision.runtime = program;
  if (cgroups == CgroupDuty::ours) {
    supervision.runtime = enter_program;
    supervision.options = groups.entrances(task, container);
    supervision.options.emplace_back("--");
    supervision.options.push_back(program);
  }
  for (std::string& option : options(engine)) {
    supervision.options.push_back(std::move(option));
  }
}

schemas::Outcome RuntimeClass::choose_rights(RuntimeChoices& choices,
                                             const ContainerSpec& spec) const {
  const CapabilitySet host = host_capabilities();
  std::vector<std::string> added = spec.capabilities_add;
  if (spec.privileged) {
    added.emplace_back("ALL");
  }
  const auto capabilities = capabilities_of(added, spec.capabilities_drop, host);
  if (!capabilities.ok()) {
    return capabilities.error();
  }
  choices.capabilities = capabilities.value();
  auto devices = host_devices(spec.devices);
  if (!devices.ok()) {
    return devices.error();
  }
  choices.devices = std::move(devices).value();
  if (spec.privileged) {
    std::set<std::string> stated;
    for (const HostDevice& device : choices.devices) {
      stated.insert(device.path);
    }
    for (HostDevice& device : all_host_devices()) {
      if (!stated.contains(device.path)) {
        choices.devices.push_back(std::move(device));
      }
    }
  }
  const CapabilitySet relevant = filter_relevant(choices.capabilities);
  if (name != "crun" || spec.privileged || relevant == 0) {
    choices.seccomp_program = seccomp_program;
    return schemas::Done{};
  }
  const auto filter = agent::seccomp_program(relevant);
  if (!filter.ok()) {
    return filter.error();
  }
  choices.seccomp_program = base64(filter.value());
  return schemas::Done{};
}

schemas::Outcome RuntimeClass::choose(RuntimeChoices& choices, const ContainerSpec& spec,
                                      const TaskCgroups& groups,
                                      const std::string& container) const {
  if (auto chosen = choose_rights(choices, spec); !chosen.ok()) {
    return chosen;
  }
  const std::string task = spec.task.text();
  choices.oom_score_adj = oom_score_to_state();
  choices.root_flags = name == "crun" && !spec.privileged ? RuntimeChoices::RootFlags::stated_again
                                                          : RuntimeChoices::RootFlags::kept;
  if (spec.init) {
    if (init_program.empty()) {
      return missing("ecs-init", "it beside ecs-agent, where the build puts it");
    }
    choices.init_program = init_program;
  }
  if (cgroups == CgroupDuty::the_runtimes) {
    choices.cgroup_path = groups.path(task, container);
    return schemas::Done{};
  }
  for (const CgroupMount& mount : groups.hierarchy().mounts) {
    for (const std::string_view controller : shown_controllers) {
      if (mount.has(controller)) {
        choices.cgroup_directories.emplace_back(
            std::filesystem::path(mount.path).filename().string(),
            mount.path + groups.path(task, container));
        break;
      }
    }
  }
  return schemas::Done{};
}

schemas::Result<RuntimeClass> find_runtime(const std::string& name,
                                           const CgroupHierarchy& hierarchy) {
  if (name != "crun" && name != "runc") {
    return schemas::Error{
        .code = schemas::ErrorCode::invalid_parameter,
        .message = "the runtime '" + name + "' is not built into this agent yet; use crun or runc"};
  }
  const auto program = find_program(name);
  if (!program) {
    return missing(name, "the package " + name);
  }
  RuntimeClass runtime{.name = name,
                       .program = *program,
                       .version = {},
                       .cgroups = CgroupDuty::the_runtimes,
                       .start_by = name == "crun" ? StartBy::pipe : StartBy::verb,
                       .enter_program = {},
                       .init_program = own_program("ecs-init"),
                       .seccomp_program = {}};
  Program ask;
  ask.arguments = {*program, "--version"};
  ask.environment = program_environment();
  const auto answer = run_program(std::move(ask), version_limit);
  if (!answer.ok()) {
    return answer.error();
  }
  // "crun version 1.8.1", then lines that matter less.
  std::string words = answer.value().output.substr(0, answer.value().output.find('\n'));
  const std::size_t word = words.find(" version ");
  runtime.version = word == std::string::npos ? words : words.erase(word, 8);
  if (name == "crun") {
    auto filter = seccomp_program();
    if (!filter.ok()) {
      return filter.error();
    }
    runtime.seccomp_program = base64(filter.value());
    if (hierarchy.version == CgroupVersion::v1) {
      runtime.cgroups = CgroupDuty::ours;
      runtime.enter_program = own_program("ecs-enter");
      if (runtime.enter_program.empty()) {
        return missing("ecs-enter", "it beside ecs-agent, where the build puts it");
      }
    }
  }
  return runtime;
}

std::vector<PrivateMount> hidden_mounts(const CgroupHierarchy& hierarchy) {
  if (hierarchy.version == CgroupVersion::v2 || hierarchy.unified.empty()) {
    return {};
  }
  return {{.type = "tmpfs", .target = hierarchy.unified, .options = "size=64k", .flags = 0}};
}

}  // namespace agent

#pragma once

#include <string>
#include <vector>

#include "agent/edge/cgroups/task_cgroups.h"
#include "agent/edge/engine/oci/conmon.h"
#include "agent/edge/engine/oci/container_home.h"
#include "agent/edge/engine/oci/runtime_config.h"
#include "schemas/base/result.h"

namespace agent {

/// Who puts a container's process into its cgroup.
enum class CgroupDuty : std::uint8_t {
  /// We, before the runtime starts, through ecs-enter. crun on cgroup v1: it would refuse a hybrid
  /// hierarchy, and our way costs no wait for an RCU grace period.
  ours,
  /// The runtime: everything on v2, where only it can guard devices, and runc, which insists.
  the_runtimes,
};

/// How a created container is let go.
enum class StartBy : std::uint8_t {
  verb,  ///< the runtime's `start`
  /// Writing a byte to the pipe that a created container of crun waits at, which is all that its
  /// `start` comes to after it has copied itself, and read and parsed its state: 5 ms of CPU time.
  pipe,
};

/// How to call one OCI runtime on this host.
struct RuntimeClass {
  std::string name;     ///< "crun"
  std::string program;  ///< absolute path
  std::string version;  ///< "crun 1.8.1"
  CgroupDuty cgroups = CgroupDuty::the_runtimes;
  StartBy start_by = StartBy::verb;
  std::string enter_program;    ///< ecs-enter
  std::string init_program;     ///< ecs-init; empty = not found
  std::string seccomp_program;  ///< base64, for crun; empty = the runtime compiles the profile

  /// The runtime's own arguments before its verb.
  [[nodiscard]] std::vector<std::string> options(const EngineHome& engine) const;
  /// Fills in how conmon calls it for this container.
  void call_by(Supervision& supervision, const EngineHome& engine, const TaskCgroups& cgroups,
               const std::string& task, const std::string& container) const;
  /// Fills in what the configuration says about rights, devices, system calls and cgroups.
  schemas::Outcome choose(RuntimeChoices& choices, const ContainerSpec& spec,
                          const TaskCgroups& cgroups, const std::string& container) const;

 private:
  schemas::Outcome choose_rights(RuntimeChoices& choices, const ContainerSpec& spec) const;
};

/// Looks at this host and decides. Fails when a program is missing, naming its package.
schemas::Result<RuntimeClass> find_runtime(const std::string& name,
                                           const CgroupHierarchy& hierarchy);

/// The mounts that a runtime must not see as they are. crun refuses to work while a controller is
/// left in the v2 tree beside v1; behind an empty directory, in its private mount namespace, it
/// sees plain v1. The host's mounts are not changed.
std::vector<PrivateMount> hidden_mounts(const CgroupHierarchy& hierarchy);

}  // namespace agent

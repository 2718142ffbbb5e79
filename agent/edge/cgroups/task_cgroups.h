#pragma once

// The cgroups of this agent's tasks: <base>/<task>/<container>, the task's limits and meters on
// the task's, a container's own limits below. What supervises containers lies in
// <base>/supervisor, so that neither a limit nor a restart of the agent's unit reaches it.

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "agent/edge/cgroups/hierarchy.h"
#include "agent/edge/engine/engine.h"
#include "schemas/base/result.h"

namespace agent {

/// Which device nodes a container may use: Docker's harmless ones, and these.
struct DeviceRules {
  std::vector<std::string> allowed;  ///< "c 10:200 rwm"
  enum class Reach : std::uint8_t { listed, all } reach = Reach::listed;
};

class TaskCgroups {
 public:
  /// `base` is relative to every mount, for example "stowage-0a1b2c3d".
  TaskCgroups(CgroupHierarchy hierarchy, std::string base);

  /// Makes the base and the supervisor's cgroup; on v2 also hands the controllers down.
  schemas::Outcome prepare();

  /// Makes the task's cgroup or sets its limits again.
  schemas::Outcome create_task(const std::string& task, const TaskLimits& limits);
  /// Makes a container's cgroup with its limits and, on v1, its list of devices. On v2 devices are
  /// guarded by a program that the runtime attaches, so there the runtime must be told.
  schemas::Outcome create_container(const std::string& task, const std::string& container,
                                    const ContainerLimits& limits, const DeviceRules& devices = {});
  /// Makes a cgroup below a container's, wherever the container has one, for what runs beside its
  /// program. `name` begins with "exec-".
  schemas::Outcome create_exec(const std::string& task, const std::string& container,
                               const std::string& name);
  /// Kills what still runs in it and removes it, waiting like `remove`. `name` empty: every one.
  schemas::Outcome remove_exec(const std::string& task, const std::string& container,
                               const std::string& name);
  schemas::Result<TaskUse> use(const std::string& task) const;
  /// How many processes of a container the kernel has killed for want of memory; 0 when unknown.
  [[nodiscard]] std::int64_t memory_kills(const std::string& task,
                                          const std::string& container) const;

  /// The processes of a task, at this moment.
  [[nodiscard]] std::vector<pid_t> members(const std::string& task) const;

  /// Kills what still runs in it and removes it from every hierarchy, waiting for the kernel to let
  /// go of it for up to 5 s. `container` empty: the task's and all below. Repeatable.
  schemas::Outcome remove(const std::string& task, const std::string& container);
  /// Removes the base too, and whoever is left in the supervisor's cgroup, if no task is left.
  schemas::Outcome remove_base();
  /// The tasks that have a cgroup, in any hierarchy.
  [[nodiscard]] std::vector<std::string> tasks() const;

  /// Files into which a single-threaded process writes "0" to enter. On v1 these are `tasks`
  /// files: moving one thread needs no lock of the whole machine, where `cgroup.procs` waits for
  /// an RCU grace period (measured: 0.25 ms against 10 ms for seven hierarchies).
  [[nodiscard]] std::vector<std::string> entrances(const std::string& task,
                                                   const std::string& container) const;
  [[nodiscard]] std::vector<std::string> supervisor_entrances() const;

  /// Where a container lies, as an OCI configuration names it: "/base/task/container".
  [[nodiscard]] std::string path(const std::string& task, const std::string& container) const;
  [[nodiscard]] const CgroupHierarchy& hierarchy() const { return hierarchy_; }

 private:
  [[nodiscard]] std::string directory(const CgroupMount& mount, const std::string& relative) const;
  [[nodiscard]] std::string file(std::string_view controller, const std::string& relative,
                                 const std::string& name) const;
  schemas::Outcome make(const std::string& relative);
  schemas::Outcome hand_down(const std::string& relative);
  schemas::Outcome limit(const std::string& relative, const ContainerLimits& limits);
  schemas::Outcome limit_devices(const std::string& relative, const DeviceRules& devices);
  /// Every directory of this relative path, in whatever hierarchy.
  [[nodiscard]] std::vector<std::string> directories(const std::string& relative) const;

  CgroupHierarchy hierarchy_;
  std::string base_;
};

}  // namespace agent

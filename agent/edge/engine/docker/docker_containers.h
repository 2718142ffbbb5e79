#pragma once

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "agent/edge/cgroups/task_cgroups.h"
#include "agent/edge/engine/docker/container_wish.h"
#include "agent/edge/engine/docker/daemon.h"
#include "agent/edge/engine/docker/death_watch.h"
#include "agent/edge/engine/docker/kept_logs.h"
#include "agent/edge/engine/docker/namespace_holders.h"
#include "agent/edge/engine/engine.h"

namespace agent {

struct DockerLimits {
  std::int64_t log_bytes_max = 0;
  std::int64_t log_files_max = 0;
};

/// This agent's containers in the daemon. The daemon holds the truth, labels say whose it is; what
/// is in memory is a copy of the labels, and how far each has come.
class DockerContainers {
 public:
  DockerContainers(Daemon& daemon, std::string owner, TaskCgroups& cgroups, KeptLogs logs,
                   const DockerLimits& limits, ExitListener on_exit);

  /// Reads which containers there are and begins to watch for their ends.
  schemas::Outcome load();

  schemas::Result<CreatedContainer> create(const ContainerSpec& spec, const std::string& image);
  schemas::Result<std::chrono::microseconds> start(schemas::ContainerId id);
  schemas::Result<std::chrono::microseconds> restart(schemas::ContainerId id);
  schemas::Result<ExecResult> exec(schemas::ContainerId id, const ExecRequest& request);
  schemas::Outcome signal(schemas::ContainerId id, const std::string& signal);
  schemas::Outcome kill(schemas::ContainerId id);
  schemas::Outcome remove(schemas::ContainerId id);
  schemas::Result<ContainerState> state(schemas::ContainerId id);
  schemas::Result<std::vector<ContainerState>> recover();
  /// Removes all containers of the tasks that are `chosen`, those of their namespaces last.
  schemas::Outcome remove_where(const std::function<bool(schemas::TaskId)>& chosen);

 private:
  /// How far a container has come, as this process knows it.
  enum class Phase : std::uint8_t { created, starting, running, ended, doomed };
  struct Held {
    schemas::TaskId task;
    std::string name;      ///< in the task definition
    std::string digest;    ///< of its image
    std::string docker;    ///< its name there
    HeldNamespace joined;  ///< no path: it joins none
    Phase phase = Phase::created;
    bool died = false;     ///< while it was `starting`
    bool telling = false;  ///< its end is being told
  };
  enum class Begin : std::uint8_t { first, again };

  void adopt(const docker::Inspection& seen);
  schemas::Result<std::chrono::microseconds> run(schemas::ContainerId id, Begin begin);
  schemas::Outcome ask_to_start(const Held& held);
  [[nodiscard]] schemas::Result<Held> held(schemas::ContainerId id) const;
  schemas::Result<docker::Inspection> inspect(const std::string& docker) const;
  schemas::Result<std::vector<docker::Listed>> list() const;
  schemas::Outcome erase(const std::string& docker) const;
  schemas::Outcome create_in_daemon(const std::string& name, const docker::ContainerWish& wish,
                                    CreatedContainer& created) const;
  schemas::Result<std::string> make_exec(const Held& held, const ExecRequest& request,
                                         const std::string& mark) const;
  schemas::Result<std::int64_t> end_exec(const Held& held, const std::string& exec,
                                         const std::string& mark) const;
  [[nodiscard]] bool kill_marked(const Held& held, const std::string& mark) const;
  void await_end(schemas::ContainerId id);
  void heard(schemas::ContainerId id);
  void look_at_all();
  [[nodiscard]] ContainerExit exit_of(schemas::ContainerId id, const Held& held,
                                      const docker::Inspection& seen) const;

  Daemon& daemon_;
  std::string owner_;
  TaskCgroups& cgroups_;
  KeptLogs logs_;
  DockerLimits limits_;
  ExitListener on_exit_;
  NamespaceHolders holders_;
  mutable std::mutex mutex_;
  std::condition_variable told_;
  std::map<schemas::ContainerId, Held> held_;
  std::int64_t execs_made_ = 0;
  std::unique_ptr<DeathWatch> watch_;  ///< last: it calls into all of the above
};

}  // namespace agent

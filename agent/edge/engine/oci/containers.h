#pragma once

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "agent/edge/cgroups/task_cgroups.h"
#include "agent/edge/engine/engine.h"
#include "agent/edge/engine/oci/conmon.h"
#include "agent/edge/engine/oci/container_home.h"
#include "agent/edge/engine/oci/exit_watch.h"
#include "agent/edge/engine/oci/runtime_class.h"
#include "agent/edge/engine/oci/storage_rules.h"
#include "agent/edge/images/image_store.h"

namespace agent {

struct LogLimits {
  std::int64_t bytes_max = 0;  ///< of one file
  std::int64_t files_max = 0;
};

/// The containers of one engine, from their making to their removal. The disk holds the truth
/// (records, conmon's exit files, the kernel's processes); what is in memory is what was read
/// there.
class Containers {
 public:
  Containers(EngineHome home, RuntimeClass runtime, std::string conmon, TaskCgroups& cgroups,
             LogLimits logs, ExitListener on_exit);

  /// Finds what an earlier agent left: containers that run or have exited. What never came to have
  /// a conmon is removed, for nothing of it has run.
  schemas::Outcome load();

  schemas::Result<CreatedContainer> create(const ContainerSpec& spec,
                                           const std::filesystem::path& image_root);
  schemas::Result<std::chrono::microseconds> start(schemas::ContainerId id);
  schemas::Result<std::chrono::microseconds> restart(schemas::ContainerId id,
                                                     const std::filesystem::path& image_root);
  schemas::Result<ExecResult> exec(schemas::ContainerId id, const ExecRequest& request);
  schemas::Outcome signal(schemas::ContainerId id, const std::string& signal);
  schemas::Outcome kill(schemas::ContainerId id);
  /// Kills it, for it will be removed: its end is no longer reported.
  void doom(schemas::ContainerId id);
  schemas::Outcome remove(schemas::ContainerId id);
  schemas::Result<ContainerState> state(schemas::ContainerId id);
  /// What each task has on the disk: written by its containers, in its volumes, and removed but
  /// open.
  [[nodiscard]] std::vector<TaskStorage> storage();
  /// Kills the containers of a task; the verdict is the reason of their ends.
  void end(const StorageVerdict& verdict);
  /// All there are; those that run are watched from now on.
  std::vector<ContainerState> recover();

  /// Removes files that bear the name of a container that is no more: a conmon that was cut off
  /// from its agent may have made them after its home had been removed.
  void drop_strays() const;

  [[nodiscard]] std::vector<ContainerRecord> records();
  [[nodiscard]] std::set<std::string> images_in_use();
  [[nodiscard]] std::filesystem::path log_path(schemas::TaskId task, const std::string& name) const;

 private:
  struct Held {
    ContainerRecord record;
    ContainerPhase phase = ContainerPhase::created;
    std::int64_t pid = 0;
    Descriptor process;
    std::optional<ContainerExit> exit;
    enum class End : std::uint8_t { natural, killed, removed } end = End::natural;
    std::string end_reason;  ///< why it was killed, if there is more to say
    enum class Watch : std::uint8_t { no, yes } watch = Watch::no;
    std::int64_t execs = 0;  ///< that run now
  };

  std::optional<Held> look(const ContainerHome& home, const ContainerRecord& record);
  schemas::Result<Supervised> make(const ContainerSpec& spec, const ContainerHome& home,
                                   const std::filesystem::path& image_root, PhaseTimes& phases);
  schemas::Result<Supervised> supervised(const ContainerHome& home, const ContainerRecord& record,
                                         const std::filesystem::path& image_root);
  schemas::Outcome clean(const ContainerHome& home, const ContainerRecord& record);
  /// `exit_file`: of this run, or of the last one.
  ContainerExit exit_of(const ContainerHome& home, const ContainerRecord& record, Held::End end,
                        const std::filesystem::path& exit_file);
  schemas::Outcome make_again(const ContainerHome& home, const ContainerRecord& record,
                              const std::filesystem::path& image_root);
  schemas::Result<ExecResult> exec_in(const ContainerHome& home, const std::string& task,
                                      const std::string& name, const ExecRequest& request);
  ContainerState state_of(const Held& held) const;
  void supervisor_ended(schemas::ContainerId id);
  void rotate_logs();

  EngineHome home_;
  RuntimeClass runtime_;
  std::string conmon_;
  TaskCgroups& cgroups_;
  LogLimits log_limits_;
  ExitListener on_exit_;
  std::mutex volumes_mutex_;
  std::mutex mutex_;
  std::condition_variable exec_over_;
  std::int64_t execs_made_ = 0;
  std::map<schemas::ContainerId, Held> held_;
  ExitWatch watch_;  ///< last: its thread uses all of the above
};

}  // namespace agent

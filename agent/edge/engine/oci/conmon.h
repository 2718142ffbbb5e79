#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "agent/edge/engine/oci/container_home.h"
#include "agent/edge/engine/oci/program.h"
#include "schemas/base/result.h"

namespace agent {

/// How to start the process that owns a container: it outlives the agent, holds the container's
/// output and writes down how it ended.
struct Supervision {
  std::string conmon;                ///< absolute path
  std::string runtime;               ///< the program conmon starts as the runtime
  std::vector<std::string> options;  ///< the runtime's arguments before `create`
  std::vector<std::string> groups;   ///< cgroup files conmon enters itself
  std::vector<PrivateMount> mounts;  ///< seen by conmon, the runtime and the container only
  std::string name;                  ///< for people reading process lists
  std::filesystem::path log;
};

/// A container that is created and waits to be started.
struct Supervised {
  pid_t process = 0;
  Descriptor process_handle;
  Descriptor supervisor_handle;
};

/// Starts conmon, which has the runtime create the container, and waits for it. The error is what
/// the runtime said.
schemas::Result<Supervised> supervise(const EngineHome& engine, const ContainerHome& home,
                                      const Supervision& supervision,
                                      std::chrono::milliseconds limit);

/// The conmon of a container, if it still runs; found again after a restart of the agent.
Descriptor find_supervisor(const ContainerHome& home);

/// The first process of a container, if it still runs. `cgroup` is a part of its cgroup's path,
/// for a number alone may by now be another process.
Descriptor find_process(const ContainerHome& home, const std::string& cgroup);

/// How long a conmon may take to end once its container has.
constexpr std::chrono::milliseconds supervisor_end_limit{5'000};

/// Waits for a process to end; kills it when it has not by then.
void await_end(const Descriptor& process, std::chrono::milliseconds limit);

/// Sends a signal; false when the process is gone, or was never known.
bool send_signal(const Descriptor& process, int number);

/// Lets a created container of crun go. False when the pipe is not there or nobody waits at it.
bool open_gate(const ContainerHome& home);

/// Tells conmon to open its log file anew, after the old one was renamed.
void reopen_log(const ContainerHome& home);

}  // namespace agent

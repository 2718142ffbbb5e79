#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "agent/core/moment.h"
#include "schemas/base/id.h"
#include "schemas/model/task.h"

namespace agent {

/// What the core can ask of the edges. Each is safe to ask twice except `start_container` and
/// `restart_container`, which are asked at most once for a run of a container: the intent is saved
/// before it is asked.
enum class Action : std::uint8_t {
  make_task,         ///< the task's cgroup, with its limits
  make_sandbox,      ///< a network namespace: of the task, or of one container
  attach_network,    ///< the interface, routes, ports and the metadata listener of a sandbox
  pull_image,        ///< have the container's image here, unpacked
  create_container,  ///< root file system, cgroup, runtime `create`; no user code runs yet
  start_container,
  restart_container,  ///< another run of one that has ended, with what it wrote in its file system
  check_health,       ///< the container's health check, run inside it
  stop_container,     ///< the image's stop signal, or SIGTERM
  kill_container,     ///< SIGKILL
  remove_container,   ///< runtime state and root file system, whatever state it is in; logs stay
  read_meter,         ///< counters of the task's cgroup
  release_sandbox,    ///< undo `attach_network` and `make_sandbox`
  remove_task,        ///< the task's cgroup and files, except its logs
  drop_logs,
  apply_network,  ///< of the host, not of a task; `index` counts the network's changes
};

/// One request to the edges: data, so that a test can compare it and a simulator can lose it.
struct Effect {
  Action action = Action::make_task;
  schemas::TaskId task;
  std::int64_t index = 0;  ///< which container or sandbox of the task; 0 for the others
  auto operator<=>(const Effect&) const = default;
};

/// Counters of a task's cgroup since it was made.
struct MeterReading {
  Moment at;
  std::int64_t cpu_ns = 0;
  std::int64_t memory_bytes = 0;
  std::int64_t memory_peak_bytes = 0;
  bool operator==(const MeterReading&) const = default;
};

/// An effect is over. `error` is empty when it worked, else the sentence a user should see, with
/// ECS's prefix where it has one ("CannotPullContainerError: …").
struct Finished {
  Effect effect;
  std::string error;
  std::string image_digest;           ///< of `pull_image`
  std::string runtime_id;             ///< of `create_container`
  std::string stop_signal;            ///< of `create_container`
  std::optional<MeterReading> meter;  ///< of `read_meter`; none = there is no cgroup
  std::int64_t log_bytes = 0;         ///< of `remove_task`: what its logs take on disk
  std::vector<schemas::NetworkBinding> network_bindings;  ///< of `make_sandbox`, bridge mode
  std::int64_t exit_code = 0;  ///< of `check_health`, when there is no error
  std::string output;          ///< of `check_health`: the beginning of what it wrote
  bool operator==(const Finished&) const = default;
};

}  // namespace agent

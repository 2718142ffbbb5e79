#pragma once

// What runs containers on this host. Everything blocks and may be called from any thread; calls
// about one container must not overlap (`exec` may), calls about different ones may.

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "schemas/base/id.h"
#include "schemas/base/result.h"
#include "schemas/base/time.h"
#include "schemas/base/units.h"
#include "schemas/model/task_definition.h"

namespace agent {

/// What an image says about how to run it. Empty members: the image does not say.
struct ImageConfig {
  std::vector<std::string> entry_point;
  std::vector<std::string> command;
  std::vector<std::string> environment;  ///< "NAME=value"
  std::string user;
  std::string working_directory;
  std::string stop_signal;  ///< "SIGQUIT" or "3"; empty = SIGTERM
  bool operator==(const ImageConfig&) const = default;
};

/// An image on this host, ready to run.
struct Image {
  std::string digest;  ///< "sha256:…" of the manifest (or index) the registry gave
  ImageConfig config;
  bool operator==(const Image&) const = default;
};

struct PullRequest {
  std::string reference;  ///< as in a task definition: "nginx:1.25", "host:5000/name@sha256:…"
  std::string digest;     ///< "sha256:…" when pinned: the tag is then not asked about
};

/// The process of a container: image and task definition put together (see `process_of`).
struct ContainerProcess {
  std::vector<std::string> arguments;
  std::vector<std::string> environment;  ///< "NAME=value", each name once
  std::string user;                      ///< "", "name", "uid", "user:group"
  std::string working_directory;         ///< absolute; empty = "/"
  std::string stop_signal;               ///< never empty
  bool operator==(const ContainerProcess&) const = default;
};

/// Docker's rules, which are ECS's: an entry point in the definition replaces the image's and
/// drops the image's command; a command replaces the image's command. Environment: the image's,
/// then `added` (what the agent injects), then the definition's; the later one of a name wins.
/// Refused (CannotCreateContainerError) when nothing says what to run.
schemas::Result<ContainerProcess> process_of(const ImageConfig& image,
                                             const schemas::ContainerDefinition& definition,
                                             std::span<const schemas::KeyValue> added);

enum class NetworkKind : std::uint8_t {
  isolated,  ///< a namespace of its own with nothing but loopback
  joined,    ///< the namespace at `network_namespace`
  host,      ///< the host's
};

enum class Access : std::uint8_t { read_write, read_only };

/// A file or directory of the host, seen in the container. A source that is not there is made, as
/// a directory of root's.
struct BindMount {
  std::string source;
  std::string target;
  Access access = Access::read_write;
  /// A volume that begins as what the image has at `target`: when the source is an empty directory,
  /// the image's files are copied into it, with the owner and mode of the directory they lie in.
  enum class Begin : std::uint8_t { as_it_is, as_the_image } begin = Begin::as_it_is;
};

/// Limits of one container inside its task. Absent: the task's are the only ones.
struct ContainerLimits {
  schemas::CpuUnits cpu;                     ///< share among the task's containers; 0 = least
  std::optional<schemas::MemoryMib> memory;  ///< killed beyond it
  std::optional<schemas::MemoryMib> memory_reservation;  ///< kept when the host is short
  std::optional<schemas::MemoryMib> swap;  ///< beyond `memory`, which must be stated; absent = none
  std::optional<std::int64_t> swappiness;  ///< 0 to 100; acts where `swap` is stated
  std::int64_t pids = 4096;
};

/// Limits of a whole task. `cpu` is a hard limit: 1024 units are one CPU's time.
struct TaskLimits {
  std::optional<schemas::CpuUnits> cpu;
  std::optional<schemas::MemoryMib> memory;
};

struct ContainerSpec {
  schemas::ContainerId id;
  schemas::TaskId task;
  std::string name;
  std::string image_digest;  ///< of an Image that `pull` returned
  ContainerProcess process;
  NetworkKind network = NetworkKind::isolated;
  std::string network_namespace;  ///< path, for `joined`
  std::string hostname;
  std::vector<BindMount> mounts;  ///< /etc/hosts, /etc/resolv.conf, /etc/hostname, volumes
  Access root = Access::read_write;
  ContainerLimits limits;
  /// By name; "nofile" has a limit of the engine's where it is not stated.
  std::vector<schemas::Ulimit> ulimits;
  std::vector<std::string> capabilities_add;        ///< "NET_ADMIN", or "ALL"
  std::vector<std::string> capabilities_drop;       ///< "CHOWN", or "ALL"; ADD is stronger
  std::vector<schemas::Device> devices;             ///< beyond the harmless ones
  std::optional<schemas::MemoryMib> shared_memory;  ///< of /dev/shm; 64 MiB when absent
  std::vector<schemas::Tmpfs> tmpfs;
  bool init = false;        ///< process 1 is an init, which reaps, forwards signals, ends alike
  bool privileged = false;  ///< all that root on the host may, but in its cgroups and namespaces
  std::map<std::string, std::string> labels;  ///< annotations of the runtime, for people
};

/// Where the time of a start went, for the log and the benchmark.
struct PhaseTimes {
  std::chrono::microseconds rootfs{};  ///< directories, cgroups, configuration
  std::chrono::microseconds create{};  ///< conmon, overlay mount, runtime create
  std::chrono::microseconds start{};   ///< runtime start
};

struct CreatedContainer {
  std::string runtime_id;
  PhaseTimes phases;
};

/// What a process exits with that was ended by SIGKILL, as shells and Docker say it.
inline constexpr std::int64_t killed_exit_code = 137;

/// The end of a container, or of one run of it if it is restarted.
struct ContainerExit {
  schemas::ContainerId id;
  schemas::TaskId task;
  std::optional<std::int64_t> exit_code;  ///< absent when it is lost; 128 + n for signal n
  bool out_of_memory = false;
  std::string
      reason;  ///< "" or ECS's words: "OutOfMemoryError: Container killed due to memory usage"
  schemas::Instant finished_at{};
};

enum class ContainerPhase : std::uint8_t { created, running, exited };

/// A container that this engine's data directory knows.
struct ContainerState {
  schemas::ContainerId id;
  schemas::TaskId task;
  std::string name;
  std::string image_digest;
  std::string runtime_id;
  ContainerPhase phase = ContainerPhase::created;
  std::int64_t pid = 0;               ///< first process, on the host; 0 when exited
  std::optional<ContainerExit> exit;  ///< set when exited
};

/// A command to run in a container that runs, beside its program: as its user, with its
/// environment, directory and rights, within its limits.
struct ExecRequest {
  std::vector<std::string> arguments;
  std::chrono::milliseconds timeout{60'000};
};

struct ExecResult {
  std::int64_t exit_code = 0;  ///< 128 + n for signal n; 137 when it was killed for time
  std::string output;          ///< standard output and error, the first 4 KiB
  bool timed_out = false;
};
constexpr std::size_t exec_output_max = 4'096;

/// What a task has used since its cgroup was made. Counters only grow; read at any time until
/// `remove_task`, also after its containers are gone.
struct TaskUse {
  std::int64_t cpu_time_ns = 0;
  std::int64_t memory_bytes = 0;  ///< now, page cache that can be dropped not counted
  std::int64_t memory_peak_bytes = 0;
};

/// Called on a thread of the engine's own, once per run of a container that was started by this
/// process or found running by `recover`. Must not call back into the engine.
using ExitListener = std::function<void(const ContainerExit&)>;

/// Errors carry the text a user reads in a container's `reason`, ECS's prefix first
/// ("CannotPullContainerError: …").
class Engine {
 public:
  Engine() = default;
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;
  virtual ~Engine() = default;

  /// For the host's inventory, for example "crun 1.8.1".
  [[nodiscard]] virtual std::string version() const = 0;

  /// Makes an image ready to run; quick when it is already here. Concurrent pulls of one image are
  /// one pull. CannotPullContainerError with what the registry said.
  virtual schemas::Result<Image> pull(const PullRequest& request) = 0;

  /// Makes the task's cgroup; its containers' lie below it. Repeating it sets the limits again.
  virtual schemas::Outcome create_task(schemas::TaskId task, const TaskLimits& limits) = 0;
  virtual schemas::Result<TaskUse> task_use(schemas::TaskId task) = 0;
  /// Removes the task's containers, if any are left, and its cgroup; its logs stay. Repeatable.
  virtual schemas::Outcome remove_task(schemas::TaskId task) = 0;

  /// Prepares a container up to the point before its program runs. On failure nothing is left.
  virtual schemas::Result<CreatedContainer> create(const ContainerSpec& spec) = 0;
  /// Runs the program. Returns the time it took.
  virtual schemas::Result<std::chrono::microseconds> start(schemas::ContainerId id) = 0;
  /// Runs the program of a container that has ended once more: same id, name, cgroup and log, the
  /// root file system as it was left. Also goes on with a restart that an earlier agent began and
  /// did not live to finish (`state` is then `exited`, with the same `finished_at` as before, or
  /// `created`). Refused (conflict) while it runs. When it fails the container stays as it was.
  virtual schemas::Result<std::chrono::microseconds> restart(schemas::ContainerId id) = 0;
  /// Runs a command in a running container and waits for it. Nothing that it started is there when
  /// this returns, in time or not. May overlap with every other call about the container; `kill`
  /// and `remove` end it. An error means that there was no running container, or that the engine
  /// failed; a command that cannot be run is a result, not 0.
  virtual schemas::Result<ExecResult> exec(schemas::ContainerId id, const ExecRequest& request) = 0;
  /// Sends a signal ("SIGTERM", "TERM" or "15") to the first process. No error if it has exited.
  virtual schemas::Outcome signal(schemas::ContainerId id, const std::string& signal) = 0;
  /// Kills every process of the container; the exit is reported as any other.
  virtual schemas::Outcome kill(schemas::ContainerId id) = 0;
  /// Kills it if it runs, then leaves no mount, cgroup, process or directory; its log stays.
  /// Repeatable; no exit is reported for a container removed while it runs.
  virtual schemas::Outcome remove(schemas::ContainerId id) = 0;
  virtual schemas::Result<ContainerState> state(schemas::ContainerId id) = 0;

  /// Every container that the data directory knows, once, after a start of the agent: those that
  /// run are watched from now on, those that exited meanwhile carry their exit.
  virtual schemas::Result<std::vector<ContainerState>> recover() = 0;
  /// Removes every container and task cgroup whose task is not among `known`. With none known it
  /// leaves nothing but images and logs.
  virtual schemas::Outcome sweep(std::span<const schemas::TaskId> known) = 0;

  /// The newest log file of a container; see logs/log_reader.h. Outlives the container.
  [[nodiscard]] virtual std::filesystem::path log_path(schemas::TaskId task,
                                                       const std::string& container) const = 0;
  /// Removes the logs of a task. Repeatable.
  virtual schemas::Outcome remove_logs(schemas::TaskId task) = 0;
};

}  // namespace agent

#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/core/effect.h"
#include "agent/core/moment.h"
#include "schemas/model/agent_channel.h"
#include "schemas/model/meter.h"

namespace agent {

/// Where a container is on its way; forward only.
enum class ContainerProgress : std::uint8_t {
  waiting,
  pulling,
  pulled,
  creating,
  created,
  starting,  ///< saved before a run is asked for: after a crash it is looked for, never repeated
  running,
  stopped,
};

/// What is saved of a container.
struct SavedContainer {
  ContainerProgress progress = ContainerProgress::waiting;
  std::optional<std::int64_t> exit_code;
  std::string reason;
  std::string runtime_id;
  std::string image_digest;
  std::string stop_signal;  ///< the image's; empty = SIGTERM
  std::int64_t started_boot_ns = 0;
  std::optional<schemas::Instant> started_at;
  std::optional<schemas::Instant> finished_at;
  /// Bridge mode: its ports on this host, known before it is started.
  std::vector<schemas::NetworkBinding> network_bindings;
  std::int64_t restarts = 0;  ///< runs begun beyond the first
  /// When the run before this one ended: so a later process tells that end from this run's.
  std::optional<schemas::Instant> last_end;
  schemas::HealthStatus health = schemas::HealthStatus::unknown;
  std::optional<schemas::Instant> health_since;
  std::int64_t health_exit_code = 0;  ///< of the check that last changed `health`
  std::string health_output;
  bool operator==(const SavedContainer&) const = default;
};

/// What is saved of a task's meter. The open interval runs from `start`; the counters at its
/// start make it possible to go on with the same interval after a crash of the agent.
struct MeterRecordState {
  enum class Phase : std::uint8_t { off, open, closed };
  Phase phase = Phase::off;
  std::int64_t next_sequence = 1;
  Moment start;
  std::int64_t cpu_ns_at_start = 0;
  std::int64_t memory_bytes_at_start = 0;
  std::int64_t memory_peak_at_start = 0;
  bool operator==(const MeterRecordState&) const = default;
};

/// Everything of a task that a crash of the agent must not lose. Names of namespaces, links,
/// cgroups and directories derive from the ids in here, so a row of this, written before the
/// first effect, is all that clean-up ever needs.
struct TaskRecord {
  std::shared_ptr<const schemas::TaskAssignment> assignment;
  std::optional<schemas::EniAssignment> eni;
  std::vector<SavedContainer> containers;  ///< in the order of the assignment's
  schemas::TaskStatus status = schemas::TaskStatus::pending;
  schemas::StopCode stop_code = schemas::StopCode::none;
  std::string stopped_reason;
  std::optional<schemas::Instant> pull_started_at;
  std::optional<schemas::Instant> pull_stopped_at;
  std::optional<schemas::Instant> started_at;
  std::optional<schemas::Instant> execution_stopped_at;
  std::optional<schemas::Instant> stopped_at;
  MeterRecordState meter;
  bool eni_attached = false;
  bool stopping = false;  ///< it must end, whoever decided so; never taken back
  bool gone = false;      ///< control has forgotten it: so may this host, once it is over
  bool cleaned = false;   ///< nothing of it is left but its logs
  bool logs_dropped = false;
  std::int64_t log_bytes = 0;
  bool operator==(const TaskRecord& other) const;
};

/// An effect that is asked again until it worked, less and less often.
struct Attempt {
  enum class Phase : std::uint8_t { idle, asked, done };
  Phase phase = Phase::idle;
  std::int64_t failures = 0;
  std::int64_t not_before_ns = 0;
  bool operator==(const Attempt&) const = default;
};

enum class SandboxPhase : std::uint8_t { absent, making, made, attaching, ready };

/// One network namespace: of the task (awsvpc) or of one container (bridge, none).
struct SandboxState {
  SandboxPhase phase = SandboxPhase::absent;
  bool touched = false;  ///< something of it may exist on the host
  Attempt again;         ///< making it anew under running containers, after a restart of the agent
  Attempt release;
  bool operator==(const SandboxState&) const = default;
};

/// What only this process knows of a container's health checks. A later process begins to count
/// failures anew.
struct HealthActivity {
  bool asked = false;            ///< one is under way
  std::int64_t last_end_ns = 0;  ///< 0 = none in this run yet
  std::int64_t begun_ns = 0;     ///< of the one under way
  std::int64_t failures = 0;     ///< in a row, those that count
  std::int64_t run = 0;          ///< the run that all this is about: 0 = the first
  bool operator==(const HealthActivity&) const = default;
};

/// What only this process knows of a container.
struct ContainerActivity {
  std::int64_t stop_sent_ns = 0;  ///< 0 = not yet
  std::int64_t kill_sent_ns = 0;
  bool touched = false;  ///< something of it may exist on the host
  Attempt removal;
  bool restart_asked = false;  ///< of the run that is `starting`
  HealthActivity health;
  bool operator==(const ContainerActivity&) const = default;
};

/// What only this process knows of a meter: memory use integrated since the interval's start.
struct MeterActivity {
  /// KiB times milliseconds: a busy host's use over years of an absent agent still fits.
  std::int64_t kib_ms = 0;
  std::int64_t sampled_ns = 0;
  std::int64_t sampled_bytes = 0;
  std::int64_t peak_bytes = 0;
  std::int64_t cpu_ns = 0;
  bool closing = false;  ///< the reading that was asked for is the task's last
  Attempt reading;
  bool operator==(const MeterActivity&) const = default;
};

/// A task as this host knows it: the saved part and the process's own.
struct TaskState {
  TaskRecord record;
  std::vector<SandboxState> sandboxes;
  std::vector<ContainerActivity> activity;  ///< in the order of `record.containers`
  MeterActivity meter;
  Attempt making;  ///< of the task's cgroup
  Attempt removal;
  Attempt log_removal;
  /// Control has named it to this process. What a disk remembers may be older than what control
  /// knows (a loss of power takes the last writes along): until then no container of it is begun.
  bool confirmed = true;
  bool eni_ready = false;  ///< the kernel has what the interface stands on: it may be attached
  std::int64_t first_seen_ns = 0;
  std::int64_t changed = 0;  ///< the host's change count when its report last changed
  bool operator==(const TaskState&) const = default;

  [[nodiscard]] const schemas::TaskAssignment& assignment() const { return *record.assignment; }
  [[nodiscard]] const schemas::ContainerDefinition& definition(std::int64_t container) const;
};

/// A task as it is when control has just assigned it.
TaskState fresh_task(const schemas::TaskAssignment& assignment);

/// How many network namespaces a task has here: one (awsvpc), one a container (bridge, and none:
/// there with nothing but loopback in it), none (host).
std::int64_t sandbox_count(const schemas::TaskAssignment& assignment);
/// Which of the task's sandboxes a container lives in, if the task has any.
std::optional<std::int64_t> sandbox_of(const schemas::TaskAssignment& assignment,
                                       std::int64_t container);

/// The part of a task that is saved, with what need not survive a crash smoothed out: everything
/// before `starting` counts as `waiting`, since it can be done again.
TaskRecord durable_part(const TaskState& task);

}  // namespace agent

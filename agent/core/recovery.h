#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "agent/core/host.h"

namespace agent {

/// A container that the engine still knows when the agent starts.
struct FoundContainer {
  enum class Condition : std::uint8_t { created, running, exited };
  schemas::TaskId task;
  schemas::ContainerId container;
  Condition condition = Condition::created;
  std::string runtime_id;
  std::string image_digest;
  std::optional<std::int64_t> exit_code;  ///< of an exited one, unless it is lost
  std::string reason;
  schemas::Instant finished_at{};
};

enum class Boot : std::uint8_t {
  same,    ///< the agent restarted: what ran may still run
  changed  ///< the host restarted: nothing runs, counters and boot clock began anew
};

/// Reconciles what was saved with what is there, before the first event. `saved` are the records
/// of the checkpoint. A container whose start was asked for and that is not there any more has
/// ended: it is never started again. Everything else that was under way is asked for anew, which
/// also opens the metadata sockets of running tasks again. What the result must save is in the
/// returned step; its effects are to be carried out like any other's.
Step recover(HostState& state, const std::vector<TaskRecord>& saved,
             const std::vector<FoundContainer>& found, Boot boot, const Moment& now);

}  // namespace agent

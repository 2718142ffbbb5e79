#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <variant>
#include <vector>

#include "agent/core/effect.h"
#include "agent/core/moment.h"
#include "agent/core/task_engine.h"
#include "agent/core/task_state.h"
#include "netif/core/host_network.h"
#include "schemas/model/agent_channel.h"

namespace agent {

/// A meter record that control has not acknowledged yet.
struct PendingMeter {
  schemas::MeterRecord record;
  std::int64_t change = 0;  ///< the host's change count when it was made
  bool operator==(const PendingMeter&) const = default;
};

/// Everything an agent knows, as a value.
struct HostState {
  TaskPolicy policy;
  std::map<schemas::TaskId, TaskState> tasks;
  netif::HostNetwork network;
  std::int64_t network_change = 0;   ///< counts changes of `network` …
  std::int64_t network_applied = 0;  ///< … and how far the kernel follows
  Attempt network_attempt;
  std::vector<PendingMeter> meters;  ///< oldest first
  /// The version of control's assignment that this host holds; none = everything must be sent.
  std::optional<std::int64_t> held_version;
  /// Grows with everything control should hear of. Its upper half counts the agent's starts, so
  /// that a number of an earlier process is never mistaken for one of this.
  std::int64_t change = 0;
  std::int64_t acknowledged = 0;
};

/// Control has answered a sync.
struct Answered {
  schemas::SyncAnswer answer;
  std::optional<std::int64_t> asked_version;  ///< the `have_version` of the question
};

/// Time has passed.
struct Woken {};

using Event = std::variant<Answered, Finished, Exited, Woken>;

/// What a step has led to. To be done in this order: write what is to be saved, in one
/// transaction; then carry out the effects. So what is done is always known to a later process.
struct Step {
  std::set<schemas::TaskId> save;
  std::set<schemas::TaskId> forget;
  std::vector<schemas::MeterRecord> meters_made;
  std::vector<std::pair<schemas::TaskId, std::int64_t>> meters_acknowledged;
  enum class Network : std::uint8_t { same, changed };
  Network network = Network::same;  ///< `changed`: the answer's network part is to be saved
  std::vector<Effect> effects;
  bool operator==(const Step&) const = default;
};

/// Moves the host on by one event. Effects are data; nothing here waits, reads a clock or fails.
Step step(HostState& state, const Event& event, const Moment& now);

/// When the host wants to be woken though nothing happens.
std::optional<std::int64_t> next_wake_ns(const HostState& state, const Moment& now);

/// What control should hear next: everything since its last acknowledgement, oldest first, up to
/// a size that an answer to a long absence stays below the server's limit. `agent`, `boot_id`,
/// `inventory` and `hold_ms` are the caller's to fill in.
schemas::SyncRequest sync_request(const HostState& state);

}  // namespace agent

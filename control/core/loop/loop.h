#pragma once

// One turn of the control loop: a pure function from World and what came in to what goes out.
// The edge runs it on one thread, commits `rows` in one transaction, and only then delivers the
// replies. A turn whose commit fails must end the process: World has already moved.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "control/core/loop/settings.h"
#include "control/core/world/audit.h"
#include "control/core/world/rows.h"
#include "control/core/world/world.h"
#include "schemas/base/random.h"
#include "schemas/base/result.h"
#include "schemas/base/time.h"
#include "schemas/codec/api.h"
#include "schemas/model/access.h"
#include "schemas/model/agent_channel.h"

namespace control {

/// What the edge drew for an operation that makes a secret, or knows of the one that was shown.
/// World is told only what gives nobody away.
struct DrawnSecret {
  std::string id;    ///< the public half of an access key
  std::string kept;  ///< the sealed secret of an access key, the hash of a token
};

/// A decoded request of the public API. `input` is the operation's generated input struct
/// (`api::RunTaskRequest` for "RunTask"), which the edge has decoded and checked against its
/// shape. `request` is the edge's own number; the reply carries it back.
struct ApiCall {
  std::int64_t request = 0;
  schemas::Scope scope;
  std::string principal;  ///< ARN of who asks, for `createdBy` and `registeredBy`
  std::string operation;  ///< wire name, for example "RunTask"
  api::Value input;
  DrawnSecret drawn{};
  CallRecord record{};  ///< for the audit trail, where the operation is one that it tells of
};

/// The edge knew a caller but not how to read the call, or refused it by itself. It has answered;
/// the audit trail tells of it too.
struct CallRefused {
  schemas::Scope scope;
  std::string principal;
  std::string operation;
  CallRecord record;
  schemas::Error error;
};

/// POST /agent/v1/join. The agent has drawn its secret before it asked; only the hash comes here.
/// A repeated join with the same hash answers the same instance, so that an answer may be lost.
struct AgentJoin {
  std::int64_t waiter = 0;
  schemas::Scope scope;       ///< where hosts belong that join without a token
  std::string identity_hash;  ///< SHA-256 of the secret, hex
  std::string token_hash{};   ///< the same of the join token; empty when none was shown
  schemas::JoinRequest request;
};

/// POST /agent/v1/sync. Who asks is decided by the secret that was shown, never by what the
/// message says; an unknown secret is answered `access_denied` (the agent joins anew).
struct AgentSync {
  std::int64_t waiter = 0;
  std::string identity_hash;
  schemas::SyncRequest request;
};

/// A first start wants somebody who may call. Made unless there are users already.
struct FirstUserWanted {
  schemas::Scope scope;
  std::string name;
  schemas::AccessKey access_key;  ///< id and sealed secret; the rest is filled in
};

/// The connection of a parked waiter is gone: forget it.
struct WaiterGone {
  std::int64_t waiter = 0;
};

/// A caller wants a container's log. Answered at once with the ask to expect, or an error; the
/// host's agent hears of the ask in its next sync answer and opens /agent/v1/streams/{ask}.
struct StreamWanted {
  std::int64_t request = 0;
  schemas::Scope scope;
  std::string principal{};  ///< ARN of who asks
  std::string cluster;      ///< name or ARN; empty = "default"
  std::string task;         ///< id or ARN
  std::string container;    ///< empty = the only one, else all of them
  schemas::AskPurpose purpose = schemas::AskPurpose::read_log;
  std::int64_t tail_lines = -1;
};

/// The agent opened the stream, or the caller went away: stop asking.
struct StreamSettled {
  schemas::AskId ask;
};

/// Nothing came in, but `next_wake` has passed.
struct Tick {};

using Input = std::variant<ApiCall, CallRefused, AgentJoin, AgentSync, FirstUserWanted, WaiterGone,
                           StreamWanted, StreamSettled, Tick>;

/// The answer to an ApiCall: the operation's generated output struct, or its error.
struct Reply {
  std::int64_t request = 0;
  schemas::Result<api::Value> result;
};

/// The answer to an AgentJoin (its `secret` left empty: only the edge knows it) or an AgentSync.
struct AgentReply {
  std::int64_t waiter = 0;
  std::variant<schemas::JoinAnswer, schemas::SyncAnswer, schemas::Error> answer;
};

struct StreamOpened {
  schemas::AskId ask;
  schemas::InstanceId instance;
  std::string identity_hash;  ///< only the agent with this identity may open the stream
};

struct StreamReply {
  std::int64_t request = 0;
  schemas::Result<StreamOpened> result;
};

/// What waits: long polls of agents, asks on their way to them, services that time or a host must
/// wake. It lives as long as the process and follows from World anew after a restart, so it is no
/// part of World.
struct Parked {
  struct Poll {
    std::int64_t waiter = 0;
    std::optional<std::int64_t> have_version;
    std::int64_t acknowledge = 0;  ///< the report that came with it
    schemas::Instant until{};
  };
  struct PendingAsk {
    schemas::Ask ask;
    schemas::InstanceId instance;
    schemas::Instant asked_at{};
    std::optional<schemas::Instant> sent_at;
  };
  /// The newest report of a host that was taken, by the number its agent gave it.
  struct NewestReport {
    std::string boot_id;  ///< a loss of power may take the count back
    std::int64_t sequence = 0;
  };
  std::map<schemas::InstanceId, NewestReport> newest_reports;
  std::map<schemas::InstanceId, Poll> polls;  ///< one per host: a newer poll answers the older
  std::set<std::pair<schemas::Instant, schemas::InstanceId>> poll_deadlines;
  std::map<schemas::AskId, PendingAsk> asks;
  std::map<std::int64_t, schemas::Instant> wake_of_service;
  std::set<std::pair<schemas::Instant, std::int64_t>> wakes;
  /// A service with a task that found no host of a fleet, and the fleet's generation then: tried
  /// again when it has grown room.
  std::map<std::pair<std::int64_t, std::int64_t>, std::int64_t> starved;
  /// When the credentials of a task's roles are due to be sent anew.
  std::map<schemas::TaskId, schemas::Instant> renewal_of_task;
  std::set<std::pair<schemas::Instant, schemas::TaskId>> renewals;
  schemas::Instant next_sweep{};
};

/// What a turn decided. Deliver nothing before `rows` are committed.
struct Turn {
  std::vector<Row> rows;      ///< one transaction
  std::vector<Event> events;  ///< the same as the event rows in `rows`, for live streams
  std::vector<Reply> replies;
  std::vector<AgentReply> agents;
  std::vector<StreamReply> streams;
  /// The loop must run again then at the latest, if nothing comes in earlier.
  schemas::Instant next_wake{};
};

/// The parts of a turn, in their order.
enum class TurnPart : std::uint8_t { inputs, sweep, services, polls, rows };
constexpr std::size_t turn_part_count = 5;

/// `passed` is called at the end of each part, for whoever has a clock and asks where time goes.
Turn step(World& world, Parked& parked, std::span<const Input> inputs, const Settings& settings,
          schemas::Instant now, schemas::Random& random,
          const std::function<void(TurnPart)>& passed = {});

/// Rebuilds World from what a store holds; nothing else than `step` ever changes it afterwards.
/// Fails with a message that names the row that cannot be read.
schemas::Result<World> load(const Snapshot& snapshot, const Settings& settings,
                            schemas::Instant now);

/// Whether `operation` (wire name) can change anything, so that the audit trail tells of it: all
/// but those that describe, list, get, explain or plan.
bool changes_things(std::string_view operation);

}  // namespace control

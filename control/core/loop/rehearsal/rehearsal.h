#pragma once

// What a call or a loss would do, found by letting it happen to a part of World that is thrown away
// afterwards: with the very turns that would do it, and hosts that do at once what they are told.

#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "control/core/loop/loop.h"

namespace control {

/// What is rehearsed: a call, or hosts that are never heard of again.
struct RehearsalSubject {
  std::optional<ApiCall> call;  ///< absent: hosts are lost
  std::set<schemas::InstanceId> lost{};
  schemas::Scope scope;      ///< whose it is
  std::int64_t cluster = 0;  ///< in which it happens; 0 = none, so a call is refused
  std::int64_t service = 0;  ///< that it changes; 0 = none, or none yet
  std::string token{};       ///< the call's clientToken
};

/// How far a rehearsal goes. It runs on the loop's thread: everybody waits for it.
struct RehearsalLimits {
  /// Turns. A rolling update takes about five for each batch of tasks.
  std::int64_t turns_max = 1'000;
  /// Tasks that start or stop, before no further turn begins: about 50 µs each.
  std::int64_t moves_max = 2'000;
  /// How far ahead. What waits for longer than that waits for somebody.
  schemas::Duration ahead{std::chrono::hours{24}};
};

/// A turn in which tasks start or stop, or a service says something.
struct RehearsalStep {
  schemas::Instant at{};
  std::vector<std::int64_t> started;  ///< keys of tasks
  std::vector<std::int64_t> stopped;  ///< of those that are told to stop, or are lost
  std::vector<Event> said;            ///< service events
};

/// Why a rehearsal ended.
enum class RehearsalEnd : std::uint8_t {
  rest,   ///< nothing more happens, or not for as long as it looks ahead
  held,   ///< the service's deployment waits for somebody to answer its hooks
  turns,  ///< `turns_max`
  moves,  ///< `moves_max`
};

struct Rehearsal {
  std::optional<schemas::Result<api::Value>> answer;  ///< the call's
  std::vector<RehearsalStep> steps;  ///< the first is the first turn, even if nothing moves in it
  RehearsalEnd end = RehearsalEnd::rest;
  World world;    ///< as it would be in the end, as far as it is concerned
  Parked parked;  ///< the same
};

/// Lets the subject happen to an excerpt of World, and then time pass until nothing more comes of
/// it. The first turn is the one that `step` would make of the call at this instant: the same tasks
/// on the same hosts, down to their ids. Afterwards hosts in touch stay so and do at once what they
/// are told, tasks run and their checks say HEALTHY; hosts out of touch stay that; of other
/// services only those move that wait for room, or lose tasks with a host.
///
/// A lost host's lease ends when it ends, and after it the grace, as if it had fallen silent just
/// now. When more tasks would be lost than `moves_max`, nothing is rehearsed.
Rehearsal rehearse(const World& world, const Parked& parked, const RehearsalSubject& subject,
                   const Settings& settings, schemas::Instant now, const schemas::Random& random,
                   const RehearsalLimits& limits = {});

}  // namespace control

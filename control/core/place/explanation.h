#pragma once

// Why a task goes where it goes, or nowhere: what every host answers to every question, and the
// smallest changes that would make room.

#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "control/core/place/fleet.h"
#include "control/core/place/refusal.h"
#include "control/core/place/request.h"
#include "schemas/base/id.h"

namespace control {

struct HostExplanation {
  schemas::InstanceId instance;
  std::string zone;
  std::vector<Verdict> verdicts;
  std::int64_t failed = 0;  ///< how many of them
  std::string keeps_for{};  ///< daemons that it keeps room for: "service:a, service:b"
};

/// One thing that somebody could do. Which verdict it mends is its `question` and `which`.
struct Step {
  RefusalReason question = RefusalReason::agent;
  std::size_t which = 0;
  /// What is to be freed on the host: CPU units, MiB, slots. 0 where something else is to be done.
  std::int64_t amount = 0;
  auto operator<=>(const Step&) const = default;
};

/// Steps after which hosts could take the task that cannot now.
struct Remedy {
  std::vector<Step> steps;
  /// The host that they are about; empty when all of them change the request alone.
  schemas::InstanceId instance;
  std::int64_t hosts = 0;  ///< how many can take the task then
  bool operator==(const Remedy&) const = default;
};

struct Explanation {
  std::int64_t fitting = 0;            ///< hosts that can take the task now
  std::vector<HostExplanation> hosts;  ///< those that come closest first; ties by id
  /// None while a host can take the task. Each has as few steps as any has; those that help most
  /// hosts first, then those that free least.
  std::vector<Remedy> remedies;
};

/// More would not be read.
constexpr std::size_t remedies_max = 10;

/// Whether a step changes the request (a constraint dropped, an attribute, another zone), not a
/// host.
bool is_of_request(RefusalReason question);

Explanation explain(const TaskRequest& request, const Fleet& fleet);

}  // namespace control

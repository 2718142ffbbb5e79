#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/base/units.h"
#include "schemas/model/task.h"
#include "schemas/model/task_definition.h"

namespace control {

/// A port of a host that a task takes for itself.
struct HostPort {
  std::int64_t port = 0;
  schemas::TransportProtocol protocol = schemas::TransportProtocol::tcp;
  auto operator<=>(const HostPort&) const = default;
};

/// What a task takes from its host, and gives back when it has stopped.
struct Claim {
  schemas::CpuUnits cpu;
  schemas::MemoryMib memory;
  std::int64_t eni_slots = 0;
  std::vector<HostPort> ports;  ///< sorted, each once
  /// Tasks of one group are spread against each other: "service:NAME" or the task's own group.
  std::string group;
  bool operator==(const Claim&) const = default;
};

/// A task that wants a host. Made once per specification: all its tasks ask for the same.
struct TaskRequest {
  Claim claim;
  std::vector<std::string> required_attributes;  ///< "name", or "name=value"
  std::vector<std::string> zones;  ///< where it may go (its subnets' zones); empty = anywhere
  std::vector<schemas::PlacementConstraint> constraints;
  std::vector<schemas::PlacementStrategy> strategy;  ///< never empty, see `request_for`
  bool daemon = false;  ///< a daemon's: what hosts keep free for daemons is open to it
  bool operator==(const TaskRequest&) const = default;
};

/// What the tasks of a specification ask of a host. With no strategy stated, those of a service
/// spread over zones, then over hosts; a standalone task goes to the least loaded host.
/// awsvpc tasks take an ENI slot and no port; host mode takes the container's ports; bridge mode
/// the stated host ports (dynamic ones are picked on the host).
TaskRequest request_for(const schemas::TaskSpecification& specification);

/// The same for a task of a DAEMON service. There is one on a host, so that distinctInstance says
/// nothing of it: while it is replaced, its successor may come first.
TaskRequest daemon_request(TaskRequest request);

/// What such a task takes, without the rest: for `Fleet::take` and `give_back`.
Claim claim_of(const schemas::TaskSpecification& specification);

/// The strategy of a standalone task that states none: a word of our own beside ECS's.
inline constexpr const char* least_loaded = "load";

/// A group of tasks as hosts know it: groups are a cluster's own, and hosts of the pool have tasks
/// of many clusters.
std::string group_of_cluster(std::int64_t cluster, std::string_view group);

}  // namespace control

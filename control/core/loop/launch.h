#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "control/core/loop/context.h"
#include "control/core/place/refusal.h"
#include "control/core/place/request.h"

namespace control {

/// A task to be made and placed at once: a task exists only with a host.
struct LaunchOrder {
  std::int64_t cluster = 0;
  std::int64_t service = 0;  ///< 0 = standalone
  schemas::DeploymentId deployment;
  std::optional<schemas::InstanceId> host;  ///< where it must go; absent = placement chooses
  std::string zone{};                       ///< where it must go; empty = any
  std::string capacity_provider{};          ///< whose hosts; empty = any that its launch type has
  schemas::TaskSpecificationRef specification;
};

/// Why there is no task.
struct LaunchRefusal {
  std::string reason;  ///< ECS's word, for example "RESOURCE:CPU"
  std::string detail;  ///< a sentence with numbers
  std::string arn;     ///< the host that came closest; empty when there is none or it is the pool
  std::string event;   ///< the sentence of a service's event
};

using Launch = std::variant<schemas::TaskId, LaunchRefusal>;

/// What the task of an order asks of hosts. An awsvpc task without a zone to go to finds none: its
/// subnets have no address left.
TaskRequest request_of(const World& world, const LaunchOrder& order);

/// Why the order would make no task now; nothing when it would.
std::optional<LaunchRefusal> refusal_to(const World& world, const LaunchOrder& order);

/// Chooses a host, gives the task its interface and makes it.
Launch launch(Context& context, const LaunchOrder& order);

}  // namespace control

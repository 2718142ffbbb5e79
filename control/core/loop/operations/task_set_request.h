#pragma once

// What the operations on task sets have in common: which service, which set, and how large.

#include "api/services.h"
#include "control/core/loop/context.h"
#include "control/core/world/world.h"
#include "schemas/base/result.h"

namespace control {

/// Whether the service must be ACTIVE, or may be on its way to its end.
enum class ServiceState : std::uint8_t { active, any };

/// A service with the EXTERNAL deployment controller. ServiceNotActiveException for one that has
/// ended, InvalidParameterException for one that ECS rolls out.
schemas::Result<const schemas::Service*> external_service(const World& world,
                                                          const schemas::Scope& scope,
                                                          const std::string& cluster,
                                                          const std::string& service,
                                                          ServiceState state);

/// Its set of that id or ARN; null when it has none.
const schemas::Deployment* task_set_in(const World& world, const schemas::Service& service,
                                       const std::string& text);

/// The service as it is, to be changed, and where in it the set is that a request names.
struct TaskSetChange {
  schemas::Service service;
  std::size_t at = 0;
  [[nodiscard]] schemas::Deployment& set() { return service.deployments[at]; }
};
/// The same for a request that changes a set of an ACTIVE service. TaskSetNotFoundException when it
/// has no such set.
schemas::Result<TaskSetChange> task_set_to_change(const World& world, const schemas::Scope& scope,
                                                  const std::string& cluster,
                                                  const std::string& service,
                                                  const std::string& text);

/// In millionths of a percent; 0 when nothing is said. InvalidParameterException outside of 0 to
/// 100.
schemas::Result<std::int64_t> read_scale(const std::optional<api::Scale>& wanted);

/// Makes the changed service World's, and says so of the set in the event log.
void put_task_set(Context& context, const schemas::Scope& scope, schemas::Service service,
                  schemas::DeploymentId set, const std::string& kind);

}  // namespace control

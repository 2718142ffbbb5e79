#pragma once

// What happens to a deployment: its beginning, and the account it keeps of tasks that fail.

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "control/core/deploy/service_plan.h"
#include "schemas/base/id.h"
#include "schemas/base/time.h"
#include "schemas/model/service.h"
#include "schemas/model/task.h"

namespace control {

/// Makes a new primary deployment, which meets the hooks that the service's configuration has now;
/// the one before it becomes `active` until its tasks are gone.
void begin_deployment(schemas::Service& service, schemas::DeploymentId id,
                      schemas::TaskSpecificationRef specification, schemas::Instant now);

/// Gives the service's primary deployment up: no more of its tasks are started.
void abandon(schemas::Service& service, std::string reason, schemas::Instant now);

/// Takes the service back to `target`, whose tasks are made from `specification`: it is primary
/// again, with the tasks that it still has, and no hook holds it; what was primary becomes
/// `active`.
void return_to(schemas::Service& service, schemas::DeploymentId target,
               schemas::TaskSpecificationRef specification, std::string reason,
               schemas::Instant now);

/// Forgets the failures of the service's primary deployment, or of all its task sets, so that its
/// next tasks are not held back: an update of a service is taken as the attempt to mend it.
void forgive(schemas::Service& service, schemas::Instant now);
/// The same for one task set.
void forgive(schemas::Deployment& deployment, schemas::Instant now);

/// What the step of a task from `before` to `after` means for its deployment: a task that stopped
/// without ever running adds a failure and delays the next attempt, one that runs ends the count.
/// To be called once for each change of a service's task (created: `before` = `after`). Stops that
/// someone asked for and hosts that were lost are not the deployment's failure. A task that runs
/// but ends by itself before it was healthy adds none, yet its replacement waits too.
///
/// The circuit breaker's count goes by its own rules, from the deployment's beginning until it is
/// completed: a task adds one that never ran, that ended by itself before it was healthy (a start
/// takes us milliseconds, where ECS would not have seen such a task run at all), or that was
/// replaced because its health checks failed. One whose checks say healthy ends the count, if
/// `breaker` wants it so; one without checks does when its time has come, which `plan_service`
/// sees.
std::optional<schemas::Deployment> account(const schemas::Deployment& deployment,
                                           const schemas::Task& before, const schemas::Task& after,
                                           const DeploySettings& settings, schemas::Instant now,
                                           const schemas::CircuitBreaker& breaker = {});

/// What DescribeServices shows: tasks on their way up, and tasks that run (told to stop or not).
struct TaskCounts {
  std::int64_t pending = 0;
  std::int64_t running = 0;
  bool operator==(const TaskCounts&) const = default;
};

/// What the deployment still wants: the primary its service's count, an older one what it has left,
/// a task set its share.
std::int64_t wanted_tasks(const schemas::Service& service, const schemas::Deployment& deployment,
                          std::span<const ServiceTask> tasks);

/// Counts the tasks of one deployment, or of the whole service when `deployment` is empty.
TaskCounts count_tasks(std::span<const ServiceTask> tasks, schemas::DeploymentId deployment);

}  // namespace control

#include "tests/sim/checkers/credentials_watch.h"

#include "control/core/loop/roles.h"
#include "control/core/world/lookups.h"

namespace sim {

using schemas::RoleUse;
using schemas::TaskId;
using schemas::TaskStatus;

void CredentialsWatch::told(const control::World& world, const schemas::SyncAnswer& answer,
                            Duration life) {
  for (const schemas::RoleCredentials& told : answer.credentials) {
    const schemas::Task* task = control::find_task(world, told.task);
    if (task == nullptr) {
      simulation_.fail("Credentials were told of a task that is not there.");
      continue;
    }
    const schemas::TaskSpecification& specification = *task->specification;
    const std::string& role = told.use == RoleUse::task
                                  ? control::task_role_arn(specification)
                                  : control::execution_role_arn(specification);
    if (told.role_arn != role) {
      simulation_.fail("Task " + brief(told.task) + " was given another role's credentials.");
    }
    if (told.expires_at <= now_ || told.expires_at > now_ + life) {
      simulation_.fail("Credentials of task " + brief(told.task) +
                       " were told that are expired, or good for longer than they may be.");
    }
  }
}

void CredentialsWatch::up_to_date(const schemas::InstanceId& host, const agent::HostState& state,
                                  const HeldCredentials& held) {
  for (const auto& [key, one] : held) {
    const SeenTask* seen = tasks_.seen(key.first);
    if (seen == nullptr || seen->instance != host) {
      simulation_.fail("A host holds credentials of task " + brief(key.first) +
                       ", which is not its own.");
    }
  }
  for (const auto& [id, task] : state.tasks) {
    const bool wanted = !task.record.stopping && !task.record.gone && task.confirmed &&
                        task.assignment().desired_status != TaskStatus::stopped;
    if (!wanted || task.assignment().task_role_arn.empty()) {
      continue;
    }
    const auto one = held.find({id, RoleUse::task});
    if (one == held.end()) {
      simulation_.fail("Task " + brief(id) + " has a role, and its host holds no credentials.");
    } else if (one->second.expires_at <= now_) {
      simulation_.fail("Task " + brief(id) + " would be served credentials that have expired.");
    }
  }
}

}  // namespace sim

#include "control/core/loop/credentials.h"

#include "control/core/loop/roles.h"
#include "control/core/world/lookups.h"

namespace control {

using schemas::RoleCredentials;
using schemas::RoleUse;
using schemas::TaskId;

namespace {

void forget_renewal(Parked& parked, TaskId task) {
  const auto at = parked.renewal_of_task.find(task);
  if (at != parked.renewal_of_task.end()) {
    parked.renewals.erase({at->second, task});
    parked.renewal_of_task.erase(at);
  }
}

}  // namespace

void add_credentials(Context& context, schemas::SyncAnswer& answer) {
  for (const schemas::TaskAssignment& task : answer.tasks_set) {
    if (task.task_role_arn.empty() && task.execution_role_arn.empty()) {
      continue;
    }
    const schemas::Instant expires_at = context.now + context.settings.credentials_life;
    const auto add = [&](RoleUse use, const std::string& arn) {
      if (!arn.empty()) {
        RoleCredentials credentials;
        credentials.task = task.id;
        credentials.use = use;
        credentials.role_arn = arn;
        credentials.expires_at = expires_at;
        answer.credentials.push_back(std::move(credentials));
      }
    };
    add(RoleUse::task, task.task_role_arn);
    add(RoleUse::execution, task.execution_role_arn);
    forget_renewal(context.parked, task.id);
    const schemas::Instant due = context.now + context.settings.credentials_life / 2;
    context.parked.renewal_of_task[task.id] = due;
    context.parked.renewals.insert({due, task.id});
  }
}

void renew_credentials(Context& context) {
  auto& renewals = context.parked.renewals;
  while (!renewals.empty() && renewals.begin()->first <= context.now) {
    const TaskId id = renewals.begin()->second;
    forget_renewal(context.parked, id);
    const schemas::Task* task = find_task(context.world, id);
    if (task != nullptr && task->last_status != schemas::TaskStatus::stopped) {
      apply(context.world, CredentialsRenewalDue{id});
    }
  }
}

}  // namespace control

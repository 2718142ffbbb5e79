#include "control/core/deploy/task_set.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "control/core/deploy/deployment.h"
#include "control/core/lifecycle/lifecycle.h"
#include "schemas/base/require.h"

namespace control {

using schemas::Deployment;
using schemas::Instant;
using schemas::Service;
using schemas::ServiceStatus;
using schemas::TaskStatus;

namespace {

constexpr std::int64_t whole_micro_percent = 100'000'000;

std::vector<ServiceTask> tasks_of(const Deployment& set, std::span<const ServiceTask> tasks) {
  std::vector<ServiceTask> own;
  std::copy_if(
      tasks.begin(), tasks.end(), std::back_inserter(own), [&set](const ServiceTask& each) {
        return each.task->deployment == set.id && each.task->last_status != TaskStatus::stopped;
      });
  return own;
}

}  // namespace

std::int64_t computed_count(const Service& service, const Deployment& set) {
  schemas::require(set.task_set.has_value(), "a deployment is counted as a task set");
  if (set.task_set->draining || service.status != ServiceStatus::active) {
    return 0;
  }
  return (service.desired_count * set.task_set->scale_micro_percent + whole_micro_percent - 1) /
         whole_micro_percent;
}

std::string teller_of(const Service& service, const Deployment& deployment) {
  return deployment.task_set ? service.name + ", taskSet " + deployment.id.text() : service.name;
}

Service alone(const Service& service, const Deployment& set) {
  Service single;
  single.key = service.key;
  single.cluster = service.cluster;
  single.name = teller_of(service, set);
  single.status = set.task_set->forced ? ServiceStatus::draining : ServiceStatus::active;
  single.desired_count = computed_count(service, set);
  single.health_check_grace_period_s = service.health_check_grace_period_s;
  single.deployments = {set};
  // What other sets say is no answer to what this one said last.
  const std::string own = "(service " + single.name + ") ";
  std::copy_if(service.events.begin(), service.events.end(), std::back_inserter(single.events),
               [&own](const schemas::ServiceEvent& each) { return each.message.starts_with(own); });
  return single;
}

ServicePlan plan_task_set(const Service& service, const Deployment& set,
                          std::span<const ServiceTask> tasks, const DeploySettings& settings,
                          Instant now) {
  const std::vector<ServiceTask> own = tasks_of(set, tasks);
  if (set.task_set->draining && own.empty()) {
    ServicePlan gone;
    gone.deployments.push_back({set.id, DeploymentChange::Kind::removed});
    return gone;
  }
  return plan_service(alone(service, set), own, settings, now);
}

bool is_stable(const Service& service, const Deployment& set, std::span<const ServiceTask> tasks) {
  const TaskCounts counts = count_tasks(tasks, set.id);
  const std::vector<ServiceTask> own = tasks_of(set, tasks);
  return counts.pending == 0 && counts.running == computed_count(service, set) &&
         std::all_of(own.begin(), own.end(), [](const ServiceTask& each) {
           return each.host == HostCondition::in_service &&
                  healthy_from(*each.task, schemas::Duration{}).has_value();
         });
}

}  // namespace control

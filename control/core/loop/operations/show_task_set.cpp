#include "control/core/loop/operations/show_task_set.h"

#include <algorithm>

#include "control/core/deploy/deployment.h"
#include "control/core/deploy/task_set.h"
#include "control/core/loop/operations/show_specification.h"
#include "control/core/loop/services.h"
#include "control/core/world/lookups.h"

namespace control {

using schemas::Deployment;
using schemas::Service;

namespace {

constexpr double micro_a_percent = 1'000'000.0;

std::string status_of(const Service& service, const Deployment& set) {
  if (set.task_set->draining || service.status != schemas::ServiceStatus::active) {
    return "DRAINING";
  }
  return set.status == schemas::DeploymentStatus::primary ? "PRIMARY" : "ACTIVE";
}

}  // namespace

api::TaskSet show_task_set(const World& world, const Service& service, const Deployment& set,
                           const std::vector<ServiceTask>& tasks, TagView tags,
                           schemas::Instant now) {
  const schemas::Cluster& cluster = *cluster_of(world, service.cluster);
  const TaskCounts counts = count_tasks(tasks, set.id);
  api::TaskSet shown;
  shown.id = set.id.text();
  shown.task_set_arn = task_set_arn(world, service, set.id);
  shown.service_arn = service_arn(world, service);
  shown.cluster_arn = cluster_arn(cluster);
  shown.external_id = unless_empty(set.task_set->external_id);
  shown.status = status_of(service, set);
  show_specification(*set.specification, cluster.scope, shown);
  shown.computed_desired_count = computed_count(service, set);
  shown.pending_count = counts.pending;
  shown.running_count = counts.running;
  shown.created_at = set.created_at;
  shown.updated_at = set.updated_at;
  shown.load_balancers.emplace();
  shown.service_registries.emplace();
  shown.scale = {.value = static_cast<double>(set.task_set->scale_micro_percent) / micro_a_percent,
                 .unit = api::ScaleUnit::percent};
  shown.stability_status = is_stable(service, set, tasks) ? api::StabilityStatus::steady_state
                                                          : api::StabilityStatus::stabilizing;
  shown.stability_status_at = now;
  if (tags == TagView::shown) {
    shown.tags = show_tags(set.task_set->tags);
  }
  return shown;
}

api::TaskSet show_task_set(const World& world, std::int64_t key, schemas::DeploymentId id,
                           schemas::Instant now) {
  const Service& service = *service_of(world, key);
  const auto set = std::find_if(service.deployments.begin(), service.deployments.end(),
                                [id](const Deployment& each) { return each.id == id; });
  schemas::require(set != service.deployments.end(), "a task set that does not exist is shown");
  return show_task_set(world, service, *set, service_tasks(world, key), TagView::shown, now);
}

}  // namespace control

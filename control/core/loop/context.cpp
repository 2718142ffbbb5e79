#include "control/core/loop/context.h"

#include <algorithm>

#include "control/core/deploy/deployment.h"
#include "control/core/deploy/image_pins.h"
#include "control/core/lifecycle/lifecycle.h"
#include "control/core/loop/details.h"
#include "control/core/world/lookups.h"
#include "schemas/wire/wire.h"

namespace control {

using schemas::Cluster;
using schemas::Service;
using schemas::Task;

namespace {

void log_task(Context& context, const Task& task) {
  const World& world = context.world;
  const Cluster& cluster = *cluster_of(world, task.cluster);
  TaskDetail detail;
  detail.cluster = cluster.name;
  detail.group = task.specification->group;
  detail.definition = task.specification->definition->family + ":" +
                      std::to_string(task.specification->definition->revision);
  // Hosts of the pool are the operator's; the log of a task is its account's.
  detail.instance = task.instance && fleet_of(task) != 0 ? task.instance->text() : "";
  detail.last_status = task.last_status;
  detail.desired_status = task.desired_status;
  detail.health = task.health;
  detail.stop_code = task.stop_code;
  detail.stopped_reason = task.stopped_reason;
  detail.version = task.version;
  for (const schemas::Container& container : task.containers) {
    if (container.last_status != schemas::ContainerStatus::pending || !container.reason.empty()) {
      detail.containers.push_back({.name = container.name,
                                   .last_status = container.last_status,
                                   .exit_code = container.exit_code,
                                   .reason = container.reason,
                                   .health = container.health});
    }
  }
  detail.pull_started_at = task.pull_started_at;
  detail.pull_stopped_at = task.pull_stopped_at;
  detail.connectivity_at = task.connectivity_at;
  detail.started_at = task.started_at;
  detail.stopping_at = task.stopping_at;
  detail.execution_stopped_at = task.execution_stopped_at;
  detail.stopped_at = task.stopped_at;
  log_event(context, cluster.scope, "task", task_arn(world, task), wire::encode(detail));
}

/// What the step from `before` to `after` means for the account of the task's deployment.
std::optional<schemas::Deployment> accounted(const Context& context, const Task& before,
                                             const Task& after) {
  const Service* service = service_of(context.world, after.service);
  if (service == nullptr) {
    return std::nullopt;
  }
  for (const schemas::Deployment& deployment : service->deployments) {
    if (deployment.id == after.deployment) {
      return account(deployment, before, after, context.settings.deploy, context.now,
                     service->deployment_configuration.circuit_breaker);
    }
  }
  return std::nullopt;
}

/// What the task has found behind the tags of its images, if its deployment did not know it.
void pin(Context& context, const Task& task) {
  const schemas::ImageDigests* known = image_digests_of(context.world, task);
  std::optional<schemas::ImageDigests> digests =
      known == nullptr ? std::nullopt : pin_images(*known, task);
  if (!digests) {
    return;
  }
  if (const auto* record = find_service_deployment(context.world, task.deployment)) {
    schemas::ServiceDeployment pinned = *record;
    pinned.image_digests = *std::move(digests);
    apply(context.world, ServiceDeploymentChanged{std::move(pinned)});
  } else {
    schemas::Deployment pinned = *find_task_set(context.world, task);
    pinned.task_set->image_digests = *std::move(digests);
    apply(context.world, DeploymentAccounted{task.service, std::move(pinned)});
  }
}

}  // namespace

void log_event(Context& context, const schemas::Scope& scope, std::string kind, std::string subject,
               std::string detail) {
  apply(context.world, Logged{Event{.sequence = 0,
                                    .at = context.now,
                                    .scope = scope,
                                    .kind = std::move(kind),
                                    .subject = std::move(subject),
                                    .detail = std::move(detail)}});
}

void create_task(Context& context, Task task) {
  const std::int64_t key = task.key;
  const std::int64_t service = task.service;
  std::optional<schemas::Deployment> changed = accounted(context, task, task);
  apply(context.world, TaskCreated{std::move(task)});
  log_task(context, context.world->tasks.at(key));
  if (changed) {
    apply(context.world, DeploymentAccounted{service, std::move(*changed)});
  }
}

void change_task(Context& context, const Task& before, Task after) {
  const std::int64_t key = after.key;
  const std::int64_t service = after.service;
  std::optional<schemas::Deployment> changed = accounted(context, before, after);
  apply(context.world, TaskChanged{std::move(after)});
  log_task(context, context.world->tasks.at(key));
  if (changed) {
    apply(context.world, DeploymentAccounted{service, std::move(*changed)});
  }
  pin(context, context.world->tasks.at(key));
}

void add_service_event(Context& context, std::int64_t key, std::string message,
                       std::string reason) {
  const Service* service = service_of(context.world, key);
  schemas::require(service != nullptr, "an event of a service that does not exist");
  ServiceEventAdded change;
  change.key = context.world.next_key(Table::service_event);
  change.service = key;
  change.event = {
      .id = schemas::EventId::draw(context.random), .created_at = context.now, .message = message};
  apply(context.world, change);
  log_event(
      context, cluster_of(context.world, service->cluster)->scope, "service",
      service_arn(context.world, *service),
      wire::encode(MessageDetail{.message = std::move(message), .reason = std::move(reason)}));
}

void stop_task(Context& context, const Task& task, schemas::StopCode code, std::string reason) {
  if (std::optional<Task> stopped = request_stop(task, code, std::move(reason), context.now)) {
    change_task(context, task, std::move(*stopped));
  }
}

}  // namespace control

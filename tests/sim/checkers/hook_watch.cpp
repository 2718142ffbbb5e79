#include "tests/sim/checkers/hook_watch.h"

#include <algorithm>

#include "control/core/world/lookups.h"

namespace sim {

using schemas::Deployment;
using schemas::DeploymentHook;
using schemas::HookStatus;
using schemas::Service;
using schemas::Task;

namespace {

bool open(const DeploymentHook& hook) {
  const bool let_go =
      hook.status == HookStatus::timed_out && hook.timeout_action == schemas::HookAction::proceed;
  return hook.status != HookStatus::succeeded && !let_go;
}

bool holds(const Deployment& deployment, bool start) {
  return deployment.rollout_state != schemas::RolloutState::failed &&
         std::any_of(deployment.hooks.begin(), deployment.hooks.end(), [start](const auto& hook) {
           return open(hook) && (!start || hook.stage != schemas::LifecycleStage::post_scale_up);
         });
}

bool wanted(const Task& task) { return task.desired_status != schemas::TaskStatus::stopped; }

/// Of another deployment than the service's newest.
bool is_old(const control::World& world, const Task& task) {
  const Service* service = control::service_of(world, task.service);
  return service != nullptr && !service->deployments.empty() &&
         service->deployments.front().id != task.deployment;
}

bool on_leaving_host(const control::World& world, const Task& task) {
  const schemas::ContainerInstance* host =
      task.instance ? control::find_instance(world, *task.instance) : nullptr;
  return host != nullptr && host->status != schemas::InstanceStatus::active;
}

bool rolls_out(const Service& service) {
  return service.status == schemas::ServiceStatus::active && !service.external;
}

}  // namespace

void HookWatch::turn_ends(const control::World& world, const control::Turn& turn, Instant now) {
  std::map<std::int64_t, Stopped> stopped;  // by service
  for (const control::Row& row : turn.rows) {
    if (row.table != control::Table::task_state) {
      continue;
    }
    const Task* task = control::task_of(world, row.key);
    if (task == nullptr || task->service == 0) {
      continue;
    }
    look_at_task(world, *task);
    const bool ends = !wanted(*task) && stopped_.insert(row.key).second;
    if (ends && on_leaving_host(world, *task)) {
      ++stopped[task->service].leaving;
    } else if (ends && task->stopped_reason.starts_with("Scaling activity") &&
               is_old(world, *task)) {
      ++stopped[task->service].old;
    }
  }
  for (const control::Row& row : turn.rows) {
    const Service* service =
        row.table == control::Table::service ? control::service_of(world, row.key) : nullptr;
    if (service != nullptr && rolls_out(*service)) {
      look_at_service(world, *service);
    }
  }
  // Whatever the turn was about.
  for (const auto& [key, service] : world->services) {
    if (rolls_out(service)) {
      look_at_time(service, now);
    }
  }
  for (const auto& [key, count] : stopped) {
    const Service* service = control::service_of(world, key);
    if (count.old > 0 && service != nullptr && rolls_out(*service)) {
      check_room(world, *service, count.leaving);
    }
  }
}

void HookWatch::look_at_time(const Service& service, Instant now) {
  for (const DeploymentHook& hook : service.deployments.front().hooks) {
    if (hook.status == HookStatus::awaiting_action && hook.expires_at && *hook.expires_at <= now) {
      simulation_.fail("Hook " + hook.id + " of service " + service.name +
                       " is out of time, and still waits.");
    }
  }
}

void HookWatch::look_at_task(const control::World& world, const Task& task) {
  if (!known_.insert(task.key).second) {
    return;
  }
  const Service* service = control::service_of(world, task.service);
  if (service == nullptr) {
    return;
  }
  for (const Deployment& deployment : service->deployments) {
    if (deployment.id == task.deployment && holds(deployment, true)) {
      simulation_.fail("Task " + brief(task.id) + " of deployment " + deployment.id.text() +
                       " was started, and a hook holds it before its start.");
    }
  }
}

void HookWatch::look_at_service(const control::World& world, const Service& service) {
  const Deployment& primary = service.deployments.front();
  for (const DeploymentHook& hook : primary.hooks) {
    if (hook.status == HookStatus::awaiting_action) {
      simulation_.probe("a deployment was paused");
    } else if (hook.status == HookStatus::timed_out) {
      simulation_.probe("a hook ran out of time");
    }
  }
  if (primary.rollout_state == schemas::RolloutState::completed && holds(primary, false)) {
    simulation_.fail("Deployment " + primary.id.text() + " is completed, and a hook holds it.");
  }
  const schemas::ServiceDeployment* record = control::find_service_deployment(world, primary.id);
  if (record != nullptr && record->id == service.current && record->hooks != primary.hooks) {
    simulation_.fail("The record of deployment " + primary.id.text() +
                     " tells of other hooks than the deployment has.");
  }
}

void HookWatch::check_room(const control::World& world, const Service& service, std::int64_t left) {
  const Deployment& primary = service.deployments.front();
  if (service.scheduling_strategy != schemas::SchedulingStrategy::replica || holds(primary, true) ||
      !holds(primary, false)) {
    return;
  }
  std::int64_t alive = 0;
  std::int64_t newest = 0;
  for (const std::int64_t key :
       control::entry_or_empty(world.index().live_tasks_of_service, service.key)) {
    const Task& task = world->tasks.at(key);
    if (wanted(task)) {
      alive += 1;
      newest += task.deployment == primary.id && !on_leaving_host(world, task) &&
                        task.health != schemas::HealthStatus::unhealthy
                    ? 1
                    : 0;
    }
  }
  const std::int64_t hundred = 100;
  const std::int64_t ceiling =
      service.desired_count * service.deployment_configuration.maximum_percent / hundred;
  const std::int64_t missing = std::max<std::int64_t>(0, service.desired_count - newest);
  if (alive + left + missing < ceiling && newest <= service.desired_count) {
    simulation_.fail("Service " + service.name +
                     " stopped a task before its deployment's hook let "
                     "it, and has " +
                     std::to_string(alive) + " tasks, " + std::to_string(missing) +
                     " to come and room for " + std::to_string(ceiling) + ".");
  }
}

void HookWatch::loaded(const control::World& world) {
  known_.clear();
  stopped_.clear();
  for (const auto& [key, task] : world->tasks) {
    known_.insert(key);
    if (!wanted(task)) {
      stopped_.insert(key);
    }
  }
}

}  // namespace sim

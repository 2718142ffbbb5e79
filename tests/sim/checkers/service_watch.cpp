#include "tests/sim/checkers/service_watch.h"

#include <algorithm>
#include <map>

#include "control/core/world/lookups.h"

namespace sim {

using schemas::Service;
using schemas::Task;
using schemas::TaskStatus;

namespace {

bool wanted(const Task& task) {
  return task.last_status != TaskStatus::stopped && task.desired_status != TaskStatus::stopped;
}

bool is_checked(const Task& task) {
  const auto& containers = task.specification->definition->containers;
  return std::any_of(containers.begin(), containers.end(), [](const auto& container) {
    return container.essential && container.health_check.has_value();
  });
}

bool on_leaving_host(const control::World& world, const Task& task) {
  const schemas::ContainerInstance* host =
      task.instance ? control::find_instance(world, *task.instance) : nullptr;
  return host != nullptr && host->status != schemas::InstanceStatus::active;
}

/// Whether a hook holds the deployment before its first task.
bool held_before_start(const schemas::Deployment& deployment) {
  return deployment.rollout_state != schemas::RolloutState::failed &&
         std::any_of(deployment.hooks.begin(), deployment.hooks.end(), [](const auto& hook) {
           const bool passed = hook.status == schemas::HookStatus::succeeded ||
                               (hook.status == schemas::HookStatus::timed_out &&
                                hook.timeout_action == schemas::HookAction::proceed);
           return !passed && hook.stage != schemas::LifecycleStage::post_scale_up;
         });
}

/// Whose tasks the service is to have now: those of its newest deployment, unless that is held.
/// Then of the one that was completed last, or the newest that may start tasks.
schemas::DeploymentId in_charge(const Service& service) {
  schemas::DeploymentId newest;
  for (const schemas::Deployment& each : service.deployments) {
    if (!held_before_start(service.deployments.front()) || each.id == service.last_completed) {
      return each.id;
    }
    if (newest.empty() && !held_before_start(each) &&
        each.rollout_state != schemas::RolloutState::failed) {
      newest = each.id;
    }
  }
  return newest;
}

}  // namespace

bool carries_load(const control::World& world, const Service& service, const Task& task,
                  Duration healthy_after, Instant now) {
  if (task.last_status != TaskStatus::running || task.health == schemas::HealthStatus::unhealthy) {
    return false;
  }
  const bool newest = task.deployment == in_charge(service) && !on_leaving_host(world, task);
  if (!newest || task.health == schemas::HealthStatus::healthy) {
    return true;
  }
  // Where containers are checked their word counts, and until then nothing does.
  return !is_checked(task) && task.started_at.value_or(task.created_at) + healthy_after <= now;
}

bool ServiceWatch::was_stopped(const Task& task) const {
  return wanted_.contains(task.key) && !wanted(task) &&
         task.stop_code == schemas::StopCode::service_scheduler_initiated;
}

void ServiceWatch::turn_ends(const control::World& world, const control::Turn& turn,
                             Duration healthy_after, Instant now) {
  std::map<std::int64_t, Moved> moved;
  for (const control::Row& row : turn.rows) {
    if (row.table != control::Table::task_state) {
      continue;
    }
    const Task* task = control::task_of(world, row.key);
    if (task == nullptr || task->service == 0) {
      wanted_.erase(row.key);
      continue;
    }
    const Service* service = control::service_of(world, task->service);
    // Task sets have shares of their own: `TaskSetWatch`.
    if (service != nullptr && service->status == schemas::ServiceStatus::active &&
        !service->external) {
      if (!known_.contains(row.key) && !wanted(*task) &&
          task->stop_code == schemas::StopCode::service_scheduler_initiated) {
        simulation_.fail("The scheduler started a task of " + service->name +
                         " and stopped it in the same turn.");
      }
      const bool stopped = was_stopped(*task);
      if (stopped) {
        check_protection(*service, *task, now);
      }
      // Of a DAEMON the hosts are counted, not the tasks: `DaemonWatch`.
      if (service->scheduling_strategy == schemas::SchedulingStrategy::replica) {
        const bool load = stopped && carries_load(world, *service, *task, healthy_after, now);
        moved[task->service].started += static_cast<std::int64_t>(!known_.contains(row.key));
        moved[task->service].load_stopped += static_cast<std::int64_t>(load);
      }
    }
    known_.insert(row.key);
    if (wanted(*task)) {
      wanted_.insert(row.key);
    } else {
      wanted_.erase(row.key);
    }
  }
  for (const auto& [key, what] : moved) {
    check(world, world->services.at(key), what, healthy_after, now);
  }
}

void ServiceWatch::check(const control::World& world, const Service& service, const Moved& moved,
                         Duration healthy_after, Instant now) {
  std::int64_t alive = 0;
  std::int64_t newest = 0;
  std::int64_t load = 0;
  for (const std::int64_t key :
       control::entry_or_empty(world.index().live_tasks_of_service, service.key)) {
    const Task& task = world->tasks.at(key);
    if (wanted(task)) {
      alive += 1;
      // One that is to be replaced, for its host's sake or its own, may have its successor beside
      // it.
      const bool stays =
          task.health != schemas::HealthStatus::unhealthy && !on_leaving_host(world, task);
      newest += stays && task.deployment == in_charge(service) ? 1 : 0;
      load += carries_load(world, service, task, healthy_after, now) ? 1 : 0;
    }
  }
  const std::int64_t hundred = 100;
  const std::int64_t ceiling =
      service.desired_count * service.deployment_configuration.maximum_percent / hundred;
  const std::int64_t floor =
      (service.desired_count * service.deployment_configuration.minimum_healthy_percent + 99) /
      hundred;
  if (moved.started > 0 && alive > ceiling) {
    simulation_.fail("Service " + service.name + " has " + std::to_string(alive) +
                     " tasks after starting some, above its ceiling of " + std::to_string(ceiling) +
                     ".");
  }
  // One more while it is evened out over zones.
  const bool at_rest =
      service.deployments.size() == 1 &&
      service.deployments.front().rollout_state == schemas::RolloutState::completed;
  const std::int64_t extra = service.availability_zone_rebalancing && at_rest ? 1 : 0;
  if (moved.started > 0 && newest > service.desired_count + extra) {
    simulation_.fail("Service " + service.name + " has more tasks of its newest deployment than " +
                     "it wants.");
  }
  if (moved.load_stopped > 0 && load < floor) {
    simulation_.fail("The scheduler stopped " + std::to_string(moved.load_stopped) +
                     " serving tasks of " + service.name + " and left " + std::to_string(load) +
                     ", below its floor of " + std::to_string(floor) + ".");
  }
  if (newest > service.desired_count) {
    simulation_.probe("a service had more tasks than it wants");
  }
  if (moved.load_stopped > 0 && moved.started > 0) {
    simulation_.probe("a service started and stopped tasks in one turn");
  }
}

/// Its checks may have failed: then it is replaced, protected or not.
void ServiceWatch::check_protection(const Service& service, const Task& task, Instant now) {
  const bool asked_for_less = task.stopped_reason.starts_with("Scaling activity");
  if (asked_for_less && task.protected_until && now < *task.protected_until) {
    simulation_.fail("The scheduler stopped a task of " + service.name +
                     " before its protection ended.");
  }
}

void ServiceWatch::loaded(const control::World& world) {
  wanted_.clear();
  known_.clear();
  for (const auto& [key, task] : world->tasks) {
    known_.insert(key);
    if (task.service != 0 && wanted(task)) {
      wanted_.insert(key);
    }
  }
}

}  // namespace sim

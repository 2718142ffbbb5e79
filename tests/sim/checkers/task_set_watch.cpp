#include "tests/sim/checkers/task_set_watch.h"

#include <algorithm>

#include "control/core/world/lookups.h"
#include "tests/sim/checkers/service_watch.h"

namespace sim {

using schemas::Deployment;
using schemas::Service;
using schemas::Task;
using schemas::TaskStatus;

namespace {

constexpr std::int64_t whole = 100'000'000;
constexpr std::size_t sets_most = 5;

bool is_wanted(const Task& task) {
  return task.last_status != TaskStatus::stopped && task.desired_status != TaskStatus::stopped;
}

bool is_live(const Service& service) {
  return service.external && service.status == schemas::ServiceStatus::active;
}

bool leaves(const control::World& world, const Task& task) {
  const schemas::ContainerInstance* host =
      task.instance ? control::find_instance(world, *task.instance) : nullptr;
  return host != nullptr && host->status != schemas::InstanceStatus::active;
}

const Deployment* set_named(const Service& service, schemas::DeploymentId id) {
  const auto at = std::find_if(service.deployments.begin(), service.deployments.end(),
                               [id](const Deployment& each) { return each.id == id; });
  return at == service.deployments.end() ? nullptr : &*at;
}

/// The service as if this set were its newest deployment, which is what `carries_load` asks.
Service as_if_alone(const Service& service, const Deployment& set) {
  Service single;
  single.key = service.key;
  single.deployments = {set};
  return single;
}

std::int64_t tasks_left(const control::World& world, std::int64_t service,
                        schemas::DeploymentId set) {
  const auto& keys = control::entry_or_empty(world.index().live_tasks_of_service, service);
  return std::count_if(keys.begin(), keys.end(),
                       [&](std::int64_t key) { return world->tasks.at(key).deployment == set; });
}

/// A set without tasks is deleted and gone in one turn.
bool is_deleted_in(const control::Turn& turn, schemas::DeploymentId set) {
  return std::any_of(turn.events.begin(), turn.events.end(), [&set](const control::Event& event) {
    return event.kind == "task_set.deleted" && event.detail.find(set.text()) != std::string::npos;
  });
}

}  // namespace

std::int64_t share_of(const Service& service, const schemas::TaskSet& set) {
  const std::int64_t share = set.draining ? 0 : service.desired_count * set.scale_micro_percent;
  return share / whole + (share % whole == 0 ? 0 : 1);
}

void TaskSetWatch::turn_ends(const control::World& world, const control::Turn& turn,
                             Duration healthy_after, Instant now) {
  MovedSets moved;
  for (const control::Row& row : turn.rows) {
    const Task* task =
        row.table == control::Table::task_state ? control::task_of(world, row.key) : nullptr;
    if (task != nullptr) {
      look_at_task(world, *task, healthy_after, now, moved);
    }
  }
  for (const control::Row& row : turn.rows) {
    const Service* service =
        row.table == control::Table::service ? control::service_of(world, row.key) : nullptr;
    if (service != nullptr && service->external) {
      look_at_service(world, *service, turn);
    }
  }
  for (const auto& [id, what] : moved) {
    const auto seen = sets_.find(id);
    const Service* service =
        seen == sets_.end() ? nullptr : control::service_of(world, seen->second.service);
    const Deployment* set =
        service == nullptr || !is_live(*service) ? nullptr : set_named(*service, id);
    if (set != nullptr) {
      look_at_set(world, *service, *set, what, healthy_after, now);
    }
  }
}

void TaskSetWatch::look_at_task(const control::World& world, const Task& task,
                                Duration healthy_after, Instant now, MovedSets& moved) {
  const Service* service = control::service_of(world, task.service);
  const bool fresh = known_.insert(task.key).second;
  const bool stopped = wanted_.contains(task.key) && !is_wanted(task) &&
                       task.stop_code == schemas::StopCode::service_scheduler_initiated;
  if (is_wanted(task)) {
    wanted_.insert(task.key);
  } else {
    wanted_.erase(task.key);
  }
  if (service == nullptr || !is_live(*service)) {
    return;
  }
  const Deployment* set = set_named(*service, task.deployment);
  if (set == nullptr) {
    if (task.last_status != TaskStatus::stopped) {
      simulation_.fail("Task " + brief(task.id) + " of service " + service->name +
                       " is of no task set.");
    }
    return;
  }
  if (fresh && set->task_set->draining) {
    simulation_.fail("A task of task set " + set->id.text() + ", which was deleted, was started.");
  }
  moved[set->id].started += fresh ? 1 : 0;
  if (!stopped) {
    return;
  }
  const bool asked_for_less = task.stopped_reason.starts_with("Scaling activity");
  const bool is_protected = task.protected_until && now < *task.protected_until;
  if (asked_for_less && is_protected && !set->task_set->forced) {
    simulation_.fail("The scheduler stopped a task of task set " + set->id.text() +
                     " before its protection ended.");
  }
  moved[set->id].load_stopped +=
      carries_load(world, as_if_alone(*service, *set), task, healthy_after, now) ? 1 : 0;
}

void TaskSetWatch::look_at_service(const control::World& world, const Service& service,
                                   const control::Turn& turn) {
  std::int64_t primaries = 0;
  for (const Deployment& set : service.deployments) {
    primaries += set.status == schemas::DeploymentStatus::primary ? 1 : 0;
    if (!set.task_set) {
      simulation_.fail("Service " + service.name + " rolls out, and its controller is EXTERNAL.");
      return;
    }
  }
  if (primaries > 1) {
    simulation_.fail("Service " + service.name + " has two primary task sets.");
  }
  if (service.deployments.size() > sets_most) {
    simulation_.fail("Service " + service.name + " has more than five task sets.");
  }
  std::erase_if(sets_, [&](const auto& each) {
    const auto& [id, seen] = each;
    const bool gone = seen.service == service.key && set_named(service, id) == nullptr;
    if (gone && service.status == schemas::ServiceStatus::active && !seen.draining &&
        !is_deleted_in(turn, id)) {
      simulation_.fail("Task set " + id.text() + " is gone, and nobody has deleted it.");
    }
    if (gone && tasks_left(world, service.key, id) > 0) {
      simulation_.fail("Task set " + id.text() + " is gone, and has tasks.");
    }
    return gone;
  });
  for (const Deployment& set : service.deployments) {
    sets_[set.id] = {.service = service.key, .draining = set.task_set->draining};
  }
}

void TaskSetWatch::look_at_set(const control::World& world, const Service& service,
                               const Deployment& set, const Moved& moved, Duration healthy_after,
                               Instant now) {
  const std::int64_t share = share_of(service, *set.task_set);
  const Service single = as_if_alone(service, set);
  std::int64_t alive = 0;
  std::int64_t staying = 0;
  std::int64_t load = 0;
  for (const std::int64_t key :
       control::entry_or_empty(world.index().live_tasks_of_service, service.key)) {
    const Task& task = world->tasks.at(key);
    if (task.deployment == set.id && is_wanted(task)) {
      const bool stays = task.health != schemas::HealthStatus::unhealthy && !leaves(world, task);
      alive += 1;
      staying += stays ? 1 : 0;
      load += carries_load(world, single, task, healthy_after, now) ? 1 : 0;
    }
  }
  if (moved.started > 0 && (staying > share || alive > 2 * share)) {
    simulation_.fail("Task set " + set.id.text() + " has " + std::to_string(alive) +
                     " tasks after starting some, and its share is " + std::to_string(share) + ".");
  }
  if (moved.load_stopped > 0 && !set.task_set->forced && load < share) {
    simulation_.fail("The scheduler stopped " + std::to_string(moved.load_stopped) +
                     " serving tasks of task set " + set.id.text() + " and left " +
                     std::to_string(load) + ", below its share of " + std::to_string(share) + ".");
  }
}

void TaskSetWatch::loaded(const control::World& world) {
  known_.clear();
  wanted_.clear();
  sets_.clear();
  for (const auto& [key, task] : world->tasks) {
    known_.insert(key);
    if (is_wanted(task)) {
      wanted_.insert(key);
    }
  }
  for (const auto& [key, service] : world->services) {
    for (const Deployment& set : service.deployments) {
      if (set.task_set) {
        sets_[set.id] = {.service = key, .draining = set.task_set->draining};
      }
    }
  }
}

}  // namespace sim

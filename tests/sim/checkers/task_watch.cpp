#include "tests/sim/checkers/task_watch.h"

#include "control/core/loop/details.h"
#include "control/core/world/lookups.h"
#include "schemas/wire/wire.h"

namespace sim {

using control::Table;
using schemas::TaskStatus;

void TaskWatch::look(const control::World& world, const schemas::Task& task) {
  const auto [at, fresh] = tasks_.try_emplace(task.id);
  SeenTask& seen = at->second;
  if (fresh) {
    seen.id = task.id;
    seen.instance = task.instance;
    seen.cpu = task.specification->cpu;
    seen.memory = task.specification->memory;
    names_[task.key] = task.id;
    look_at_host(world, task);
    simulation_.note("control", "makes task " + task.specification->definition->family + " " +
                                    brief(task.id) + " on " +
                                    (task.instance ? brief(*task.instance) : "no host"));
  }
  if (task.last_status < seen.last) {
    simulation_.fail("The status of task " + brief(task.id) + " went back.");
  }
  if (seen.desired == TaskStatus::stopped && task.desired_status != TaskStatus::stopped) {
    simulation_.fail("Task " + brief(task.id) + " was to stop and is to run again.");
  }
  if (seen.last == TaskStatus::stopped && task.version != seen.version) {
    simulation_.fail("Task " + brief(task.id) + " has stopped, and changed again.");
  }
  if (seen.instance != task.instance) {
    simulation_.fail("Task " + brief(task.id) + " moved to another host.");
  }
  if (task.last_status != seen.last || task.desired_status != seen.desired) {
    simulation_.note("control", "task " + brief(task.id) + " is " +
                                    std::string(wire::name_of(task.last_status)) + ", wanted " +
                                    std::string(wire::name_of(task.desired_status)) +
                                    (task.stopped_reason.empty() ? "" : ": ") +
                                    task.stopped_reason);
  }
  if (task.health != seen.health) {
    simulation_.note("control",
                     "task " + brief(task.id) + " is " + std::string(wire::name_of(task.health)));
    seen.health = task.health;
  }
  if (task.last_status == TaskStatus::stopped && seen.last != TaskStatus::stopped) {
    const schemas::ContainerInstance* host =
        task.instance ? control::find_instance(world, *task.instance) : nullptr;
    seen.lost = host == nullptr || !host->connected;
    seen.stopped_at = *task.stopped_at;
    if (seen.lost) {
      simulation_.probe("a task was given up with its host");
    }
  }
  seen.version = task.version;
  seen.last = task.last_status;
  seen.desired = task.desired_status;
}

void TaskWatch::look_at_host(const control::World& world, const schemas::Task& task) {
  if (!task.instance || !leaving_.contains(*task.instance) ||
      task.specification->started_by.starts_with(started_on_a_host)) {
    return;
  }
  const schemas::ContainerInstance* host = control::find_instance(world, *task.instance);
  if (host == nullptr || host->status != schemas::InstanceStatus::active) {
    simulation_.fail("Task " + brief(task.id) + " was placed on a host that is out of service.");
  }
}

void TaskWatch::turn_ends(const control::World& world, const control::Turn& turn, Instant now,
                          Duration retention) {
  for (const control::Row& row : turn.rows) {
    if (row.table != Table::task_state) {
      continue;
    }
    const schemas::Task* task = control::task_of(world, row.key);
    if (task != nullptr) {
      look(world, *task);
      continue;
    }
    const auto name = names_.find(row.key);
    if (name == names_.end()) {
      continue;
    }
    SeenTask& seen = tasks_.at(name->second);
    seen.forgotten = true;
    simulation_.probe("a stopped task was forgotten");
    if (seen.last != TaskStatus::stopped || now < seen.stopped_at + retention) {
      simulation_.fail("Task " + brief(seen.id) + " was forgotten before its time.");
    }
  }
  leaving_.clear();
  for (const auto& [id, instance] : world->instances) {
    if (instance.status != schemas::InstanceStatus::active) {
      leaving_.insert(id);
    }
  }
  std::map<std::string, const control::Event*> last;
  for (const control::Event& event : turn.events) {
    if (event.kind == "task") {
      last[event.subject] = &event;
    }
  }
  for (const auto& [subject, event] : last) {
    hear(world, *event);
  }
  for (const control::Row& row : turn.rows) {
    const schemas::Task* task =
        row.table == Table::task_state ? control::task_of(world, row.key) : nullptr;
    if (task != nullptr && !last.contains(control::task_arn(world, *task))) {
      simulation_.fail("Task " + brief(task->id) + " changed and no event tells of it.");
    }
  }
}

/// The last event of a turn about a task says what the task is now.
void TaskWatch::hear(const control::World& world, const control::Event& event) {
  const auto detail = wire::decode<control::TaskDetail>(event.detail);
  const auto id = schemas::TaskId::parse(event.subject.substr(event.subject.rfind('/') + 1));
  if (!detail.ok() || !id) {
    simulation_.fail("An event about a task cannot be read: " + event.detail);
    return;
  }
  const schemas::Task* task = control::find_task(world, *id);
  if (task != nullptr && (detail.value().last_status != task->last_status ||
                          detail.value().desired_status != task->desired_status)) {
    simulation_.fail("The event log says something else of task " + brief(*id) + " than World.");
  }
}

void TaskWatch::loaded(const control::World& world) {
  for (const auto& [id, seen] : tasks_) {
    const schemas::Task* task = control::find_task(world, id);
    if (task == nullptr && !seen.forgotten) {
      simulation_.fail("Task " + brief(id) + " was durable and is gone after a restart.");
    }
  }
  for (const auto& [key, task] : world->tasks) {
    look(world, task);
  }
}

void TaskWatch::told(const schemas::SyncAnswer& answer) {
  for (const schemas::TaskAssignment& assignment : answer.tasks_set) {
    const SeenTask* known = seen(assignment.id);
    if (known == nullptr) {
      simulation_.fail("A host was told of task " + brief(assignment.id) +
                       " before it was durable.");
    } else if (known->desired == TaskStatus::stopped &&
               assignment.desired_status != TaskStatus::stopped) {
      simulation_.fail("Task " + brief(assignment.id) +
                       " is to stop, and its host was told to run it.");
    }
  }
}

const SeenTask* TaskWatch::seen(const schemas::TaskId& id) const {
  const auto found = tasks_.find(id);
  return found == tasks_.end() ? nullptr : &found->second;
}

}  // namespace sim

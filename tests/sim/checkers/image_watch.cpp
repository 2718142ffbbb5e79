#include "tests/sim/checkers/image_watch.h"

#include <algorithm>

#include "control/core/world/lookups.h"

namespace sim {

namespace {

const schemas::ContainerDefinition* defined(const schemas::Task& task, const std::string& name) {
  const auto& containers = task.specification->definition->containers;
  const auto at = std::find_if(containers.begin(), containers.end(),
                               [&name](const auto& each) { return each.name == name; });
  return at == containers.end() ? nullptr : &*at;
}

bool is_free(const schemas::ContainerDefinition& container) {
  return container.version_consistency == schemas::VersionConsistency::disabled;
}

}  // namespace

void ImageWatch::turn_ends(const control::World& world, const control::Turn& turn) {
  found_now_.clear();
  for (const control::Row& row : turn.rows) {
    const schemas::Task* task =
        row.table == control::Table::task_state ? control::task_of(world, row.key) : nullptr;
    if (task != nullptr && !task->deployment.empty()) {
      look(*task);
    }
  }
  for (auto& [part, digests] : found_now_) {
    if (digests.size() > 1) {
      simulation_.probe("two tasks of a deployment found different digests before one was known");
    }
    found_.try_emplace(part, std::move(digests));
  }
}

void ImageWatch::look(const schemas::Task& task) {
  for (const schemas::Container& container : task.containers) {
    const schemas::ContainerDefinition* definition = defined(task, container.name);
    if (container.image_digest.empty() || definition == nullptr || is_free(*definition)) {
      continue;
    }
    const Part part{task.deployment, container.name};
    const auto known = found_.find(part);
    if (known == found_.end()) {
      found_now_[part].insert(container.image_digest);
      continue;
    }
    if (!bound_.contains({task.id, container.name})) {
      if (!known->second.contains(container.image_digest)) {
        simulation_.probe("a task told before its deployment's digest was known found another");
      }
      continue;
    }
    if (!known->second.contains(container.image_digest)) {
      simulation_.fail("Task " + brief(task.id) + " runs another image than its deployment " +
                       task.deployment.text() + " was known to run when it was handed out.");
    }
    known->second = {container.image_digest};
  }
}

void ImageWatch::told(const control::World& world, const schemas::SyncAnswer& answer) {
  for (const schemas::TaskAssignment& assignment : answer.tasks_set) {
    const schemas::Task* task = control::find_task(world, assignment.id);
    const bool first = told_.insert(assignment.id).second;
    if (task == nullptr) {
      continue;
    }
    for (const schemas::ContainerAssignment& container : assignment.containers) {
      const std::string& name = container.definition.name;
      if (first && found_.contains({task->deployment, name})) {
        bound_.insert({assignment.id, name});
      }
      if (is_free(container.definition) && !container.image_digest.empty()) {
        simulation_.fail("Task " + brief(assignment.id) +
                         " is to resolve its tag itself, and its host was told a digest.");
      }
    }
  }
}

}  // namespace sim

#include "tests/sim/checkers/place_watch.h"

#include <algorithm>
#include <array>
#include <vector>

#include "control/core/world/lookups.h"

namespace sim {

using schemas::ContainerInstance;
using schemas::PlacementConstraint;
using schemas::Task;

namespace {

std::string stack_of(const ContainerInstance& host) {
  const auto found = host.attributes.find("stack");
  return found == host.attributes.end() ? "" : found->second;
}

/// Tasks of a group that were on the host before a certain one, and still are.
bool has_older(const control::World& world, const ContainerInstance& host, const std::string& group,
               std::int64_t before) {
  const auto& keys = control::entry_or_empty(world.index().live_tasks_of_instance, host.id);
  return std::any_of(keys.begin(), keys.end(), [&](std::int64_t key) {
    return key < before && world->tasks.at(key).specification->group == group;
  });
}

/// Whether the host's agent can do what the definition's members need, by what it said of itself;
/// one that said nothing can do everything that there is here.
bool able(const ContainerInstance& host, const schemas::TaskDefinition& definition) {
  const auto& said = host.inventory.attributes;
  if (!said.contains("ecs.capability.task-eni")) {
    return true;
  }
  return std::all_of(
      definition.containers.begin(), definition.containers.end(),
      [&said](const schemas::ContainerDefinition& container) {
        return (container.depends_on.empty() ||
                said.contains("ecs.capability.container-ordering")) &&
               (!container.health_check || said.contains("ecs.capability.container-health-check"));
      });
}

constexpr std::array<Want, 4> all_wants{{
    {.expression = "attribute:stack == blue",
     .holds = [](const control::World&, const ContainerInstance& host,
                 std::int64_t) { return stack_of(host) == "blue"; }},
    {.expression = "attribute:stack != blue",
     .holds = [](const control::World&, const ContainerInstance& host,
                 std::int64_t) { return stack_of(host) != "blue"; }},
    {.expression = "attribute:stack in [blue, 'red'] or attribute:ecs.availability-zone =~ .*a",
     .holds =
         [](const control::World&, const ContainerInstance& host, std::int64_t) {
           return stack_of(host) == "blue" || stack_of(host) == "red" ||
                  host.inventory.availability_zone.ends_with('a');
         }},
    {.expression = "not(task:group == service:s1)",
     .holds = [](const control::World& world, const ContainerInstance& host,
                 std::int64_t before) { return !has_older(world, host, "service:s1", before); },
     .about_tasks = true},
}};

const Want& want_of(const PlacementConstraint& constraint) {
  const auto want = std::find_if(all_wants.begin(), all_wants.end(), [&](const Want& each) {
    return constraint.expression == each.expression;
  });
  schemas::require(want != all_wants.end(), "an expression that the simulator does not know");
  return *want;
}

std::vector<PlacementConstraint> constraints_of(const schemas::TaskSpecification& specification) {
  std::vector<PlacementConstraint> all = specification.definition->placement_constraints;
  all.insert(all.end(), specification.placement_constraints.begin(),
             specification.placement_constraints.end());
  return all;
}

bool is_about_tasks(const PlacementConstraint& constraint) {
  return constraint.type != PlacementConstraint::Type::distinct_instance &&
         want_of(constraint).about_tasks;
}

}  // namespace

std::span<const Want> wants() { return all_wants; }

bool constraints_hold(const control::World& world, const schemas::TaskSpecification& specification,
                      const ContainerInstance& host, std::int64_t before) {
  if (!able(host, *specification.definition)) {
    return false;
  }
  const std::vector<PlacementConstraint> all = constraints_of(specification);
  return std::all_of(all.begin(), all.end(), [&](const PlacementConstraint& constraint) {
    if (constraint.type == PlacementConstraint::Type::distinct_instance) {
      return !has_older(world, host, specification.group, before);
    }
    return want_of(constraint).holds(world, host, before);
  });
}

bool standing_constraints_hold(const control::World& world,
                               const schemas::TaskSpecification& specification,
                               const ContainerInstance& host) {
  if (!able(host, *specification.definition)) {
    return false;
  }
  const std::vector<PlacementConstraint> all = constraints_of(specification);
  return std::all_of(all.begin(), all.end(), [&](const PlacementConstraint& constraint) {
    return constraint.type == PlacementConstraint::Type::distinct_instance ||
           is_about_tasks(constraint) || want_of(constraint).holds(world, host, 0);
  });
}

bool asks_about_tasks(const schemas::TaskSpecification& specification) {
  const std::vector<PlacementConstraint> all = constraints_of(specification);
  return std::any_of(all.begin(), all.end(), is_about_tasks);
}

void PlaceWatch::turn_ends(const control::World& world, const control::Turn& turn) {
  for (const control::Row& row : turn.rows) {
    if (row.table != control::Table::task || !known_.insert(row.key).second) {
      continue;
    }
    const Task* task = control::task_of(world, row.key);
    if (task == nullptr || !task->instance) {
      continue;
    }
    const ContainerInstance& host = world->instances.at(*task->instance);
    const auto before = attributes_.find(host.id);
    const bool steady = before != attributes_.end() && before->second == host.attributes;
    if (steady && !task->specification->placement_constraints.empty()) {
      simulation_.probe("a task was placed under constraints");
    }
    // A daemon's successor may come before the task that it replaces: two on one host.
    const schemas::Service* service = control::service_of(world, task->service);
    const bool daemon =
        service != nullptr && service->scheduling_strategy == schemas::SchedulingStrategy::daemon;
    const bool holds = daemon ? standing_constraints_hold(world, *task->specification, host)
                              : constraints_hold(world, *task->specification, host, task->key);
    if (steady && !holds) {
      simulation_.fail("Task " + brief(task->id) + " was placed on host " + brief(host.id) +
                       " against its constraints.");
    }
  }
  for (const auto& [id, host] : world->instances) {
    attributes_[id] = host.attributes;
  }
}

void PlaceWatch::loaded(const control::World& world) {
  for (const auto& [key, task] : world->tasks) {
    known_.insert(key);
  }
  for (const auto& [id, host] : world->instances) {
    attributes_[id] = host.attributes;
  }
}

}  // namespace sim

// What must be true of task sets once nothing goes wrong any more.

#include <algorithm>

#include "tests/sim/checkers/task_set_watch.h"
#include "tests/sim/rest.h"
#include "tests/sim/universe.h"

namespace sim {

using schemas::Deployment;
using schemas::Service;

/// Each has its share, on hosts that stay, and says so, or an event says why not; what was deleted
/// is gone.
Rest::Answer Rest::task_sets(const Service& service) const {
  for (const Deployment& set : service.deployments) {
    std::int64_t running = 0;
    std::int64_t others = 0;
    for (const auto& [key, task] : world()->tasks) {
      if (task.deployment == set.id && task.last_status != schemas::TaskStatus::stopped) {
        (on_leaving_host(task) ? others : running) += 1;
      }
    }
    const std::string name = "task set " + set.id.text() + " of service " + service.name;
    const std::int64_t share = share_of(service, *set.task_set);
    if (set.task_set->draining) {
      return name + " was deleted and is there";
    }
    if (running > share) {
      return name + " has too many tasks";
    }
    const bool has_all = running == share && others == 0;
    // What other sets said explains nothing.
    Service told = service;
    std::erase_if(told.events, [&](const schemas::ServiceEvent& each) {
      return each.message.find(set.id.text()) == std::string::npos;
    });
    const bool says_steady = std::any_of(
        told.events.begin(), told.events.end(),
        [](const auto& each) { return each.message.ends_with("has reached a steady state."); });
    if (has_all && !says_steady) {
      return name + " is steady and no event says so";
    }
    if (!has_all && !is_explained(told, set)) {
      return name + " has " + std::to_string(running) + " of " + std::to_string(share) +
             " tasks (and " + std::to_string(others) +
             " on hosts that drain), and no event says why";
    }
  }
  return std::nullopt;
}

}  // namespace sim

// What callers were answered, held against World.

#include "control/core/world/lookups.h"
#include "tests/sim/caller.h"

namespace sim {

void Caller::check() {
  if (!control_.up()) {
    return;
  }
  check_services();
  check_runs();
  const control::World& world = control_.world();
  for (const auto& [family, revision] : revisions_) {
    const auto erased = erased_.find(family);
    if (erased != erased_.end() && erased->second >= revision) {
      continue;
    }
    if (control::find_definition(world, home(), family, revision) == nullptr) {
      simulation_.fail("Revision " + std::to_string(revision) + " of " + family +
                       " was answered and is gone.");
    }
  }
}

void Caller::check_services() {
  const control::World& world = control_.world();
  const schemas::Cluster* cluster = control::find_cluster(world, home(), cluster_);
  if (cluster == nullptr) {
    if (clusters_.contains(cluster_)) {
      simulation_.fail("The cluster was answered and is gone.");
    }
    return;
  }
  for (const auto& [name, promise] : services_) {
    if (turns_.busy(name) || promise.state == Promise::State::none) {
      continue;
    }
    const schemas::Service* service = control::find_service(world, cluster->key, name);
    const bool active = service != nullptr && service->status == schemas::ServiceStatus::active;
    if (active != (promise.state == Promise::State::active)) {
      simulation_.fail(
          "Service " + name +
          (active ? " was deleted and is active again." : " was promised and is not there."));
    } else if (active && promise.desired && service->desired_count != *promise.desired) {
      simulation_.fail("Service " + name + " was promised " + std::to_string(*promise.desired) +
                       " tasks and wants " + std::to_string(service->desired_count) + ".");
    }
  }
}

void Caller::check_runs() {
  std::map<std::string, std::int64_t> made;
  for (const auto& [key, task] : control_.world()->tasks) {
    if (task.service == 0) {
      made[task.specification->started_by] += 1;
    }
  }
  for (const auto& [token, count] : made) {
    const auto run = runs_.find(token);
    if (run == runs_.end()) {
      simulation_.fail("A task was started that nobody asked for.");
      continue;
    }
    const bool answered = !run->second.wish.token.empty() && run->second.answered_at;
    const std::int64_t most =
        answered ? static_cast<std::int64_t>(run->second.arns.size()) : run->second.wish.count;
    if (count > most) {
      simulation_.fail("One RunTask call started " + std::to_string(count) + " tasks where " +
                       std::to_string(most) + " were asked for.");
    }
  }
}

}  // namespace sim

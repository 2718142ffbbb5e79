#include "tests/sim/checkers/host_watch.h"

#include <vector>

#include "tests/sim/kernel.h"

namespace sim {

using schemas::TaskId;
using schemas::TaskStatus;

bool HostWatch::given_up(const TaskId& task) const {
  const SeenTask* seen = tasks_.seen(task);
  return seen != nullptr && seen->lost;
}

void HostWatch::container_started(int host, const schemas::ContainerId& container,
                                  const TaskId& task) {
  if (!started_.insert(container).second) {
    simulation_.fail("A container of task " + brief(task) + " was started a second time, on host-" +
                     std::to_string(host) + ".");
  }
  const SeenTask* seen = tasks_.seen(task);
  if (seen == nullptr) {
    simulation_.fail("host-" + std::to_string(host) + " starts a task that was never durable.");
  } else if (seen->last == TaskStatus::stopped && !seen->lost) {
    simulation_.fail("Task " + brief(task) + " is STOPPED, and a container of it was started.");
  }
}

void HostWatch::wired(int host, const schemas::EniAssignment& eni) {
  std::map<TaskId, int>& holders = holders_[{eni.subnet, eni.address}];
  for (const auto& [task, where] : holders) {
    if (task == eni.task) {
      continue;
    }
    if (given_up(task) || given_up(eni.task)) {
      simulation_.probe("a lost host still held an address that was given out again");
      continue;
    }
    simulation_.fail("Address " + eni.address.text() + " is held by task " + brief(task) +
                     " on host-" + std::to_string(where) + " and by task " + brief(eni.task) +
                     " on host-" + std::to_string(host) + " at once.");
  }
  holders[eni.task] = host;
}

void HostWatch::unwired(int host, const schemas::EniAssignment& eni) {
  std::map<TaskId, int>& holders = holders_[{eni.subnet, eni.address}];
  const auto holder = holders.find(eni.task);
  if (holder != holders.end() && holder->second == host) {
    holders.erase(holder);
  }
}

void HostWatch::turn_ends() {
  for (const Kernel* kernel : kernels_) {
    for (const auto& [id, container] : kernel->containers()) {
      if (container.condition != Container::Condition::running) {
        continue;
      }
      const SeenTask* seen = tasks_.seen(container.task->id);
      if (seen != nullptr && seen->last == TaskStatus::stopped && !seen->lost) {
        simulation_.fail("Task " + brief(seen->id) + " is STOPPED, and a container of it runs on " +
                         "host-" + std::to_string(kernel->host()) + ".");
      }
    }
  }
}

HostWatch::Taken HostWatch::taken(const Kernel& kernel) const {
  Taken taken;
  std::set<TaskId> counted;
  for (const auto& [id, container] : kernel.containers()) {
    const SeenTask* seen = tasks_.seen(container.task->id);
    if (seen != nullptr && !seen->lost && counted.insert(seen->id).second) {
      taken.cpu += seen->cpu;
      taken.memory += seen->memory;
    }
  }
  return taken;
}

}  // namespace sim

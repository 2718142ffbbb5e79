#include "tests/sim/checkers/host_watch.h"

#include <vector>

#include "tests/sim/kernel.h"

namespace sim {

using schemas::TaskId;
using schemas::TaskStatus;

namespace {

/// The ports of the host that a container listens at.
std::vector<std::int64_t> ports_of(const schemas::TaskAssignment& task, std::int64_t index) {
  std::vector<std::int64_t> ports;
  const bool bridge = task.network_mode == schemas::NetworkMode::bridge;
  if (!bridge && task.network_mode != schemas::NetworkMode::host) {
    return ports;
  }
  const schemas::ContainerAssignment& container =
      task.containers.at(static_cast<std::size_t>(index));
  for (const schemas::PortMapping& mapping : container.definition.port_mappings) {
    const std::int64_t port = bridge ? mapping.host_port : mapping.container_port;
    if (port != 0) {
      ports.push_back(port);
    }
  }
  return ports;
}

}  // namespace

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
  for (const Machine& machine : machines_) {
    check_stopped(*machine.kernel);
    check_room(machine);
  }
}

void HostWatch::check_stopped(const Kernel& kernel) {
  for (const auto& [id, container] : kernel.containers()) {
    if (container.condition != Container::Condition::running) {
      continue;
    }
    const SeenTask* seen = tasks_.seen(container.task->id);
    if (seen != nullptr && seen->last == TaskStatus::stopped && !seen->lost) {
      simulation_.fail("Task " + brief(seen->id) + " is STOPPED, and a container of it runs on " +
                       "host-" + std::to_string(kernel.host()) + ".");
    }
  }
}

void HostWatch::check_room(const Machine& machine) {
  const std::string host = "host-" + std::to_string(machine.kernel->host());
  schemas::CpuUnits cpu = machine.inventory.cpu;
  schemas::MemoryMib memory = machine.inventory.memory;
  std::int64_t enis = machine.inventory.eni_capacity;
  std::set<TaskId> counted;
  std::set<std::int64_t> ports;
  for (const auto& [id, container] : machine.kernel->containers()) {
    const SeenTask* seen = tasks_.seen(container.task->id);
    if (container.condition != Container::Condition::running || seen == nullptr || seen->lost) {
      continue;
    }
    if (counted.insert(seen->id).second) {
      cpu -= seen->cpu;
      memory -= seen->memory;
    }
    for (const std::int64_t port : ports_of(*container.task, container.index)) {
      if (!ports.insert(port).second) {
        simulation_.fail("Two containers listen at port " + std::to_string(port) + " of " + host +
                         ".");
      }
    }
  }
  for (const auto& [sandbox, eni] : machine.kernel->sandboxes()) {
    enis -= eni && !given_up(sandbox.first) ? 1 : 0;
  }
  if (cpu.count < 0 || memory.count < 0) {
    simulation_.fail("More runs on " + host + " than it has CPU or memory for.");
  }
  if (enis < 0) {
    simulation_.fail("More interfaces are wired on " + host + " than it takes.");
  }
}

}  // namespace sim

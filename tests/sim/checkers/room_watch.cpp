#include "tests/sim/checkers/room_watch.h"

#include <algorithm>
#include <map>

#include "control/core/world/lookups.h"

namespace sim {

using schemas::ContainerInstance;
using schemas::NetworkMode;
using schemas::Task;
using schemas::TaskStatus;

std::vector<std::int64_t> ports_of(const schemas::TaskDefinition& definition) {
  std::vector<std::int64_t> ports;
  const bool bridge = definition.network_mode == NetworkMode::bridge;
  if (!bridge && definition.network_mode != NetworkMode::host) {
    return ports;
  }
  for (const schemas::ContainerDefinition& container : definition.containers) {
    for (const schemas::PortMapping& mapping : container.port_mappings) {
      const std::int64_t port = bridge ? mapping.host_port : mapping.container_port;
      if (port != 0) {
        ports.push_back(port);
      }
    }
  }
  return ports;
}

Room room_of(const control::World& world, const ContainerInstance& instance) {
  Room room{.cpu = instance.inventory.cpu,
            .memory = instance.inventory.memory,
            .enis = instance.inventory.eni_capacity,
            .ports = {}};
  for (const auto& [key, task] : world->tasks) {
    if (task.instance != instance.id || task.last_status == TaskStatus::stopped) {
      continue;
    }
    const schemas::TaskDefinition& definition = *task.specification->definition;
    room.cpu -= task.specification->cpu;
    room.memory -= task.specification->memory;
    room.enis -= definition.network_mode == NetworkMode::awsvpc ? 1 : 0;
    for (const std::int64_t port : ports_of(definition)) {
      room.ports.insert(port);
    }
  }
  return room;
}

void RoomWatch::turn_ends(const control::World& world, const control::Turn& turn) {
  const bool matters = std::any_of(turn.rows.begin(), turn.rows.end(), [](const auto& row) {
    return row.table == control::Table::task || row.table == control::Table::eni ||
           row.table == control::Table::instance;
  });
  if (matters) {
    check(world);
  }
}

void RoomWatch::check(const control::World& world) {
  for (const auto& [id, instance] : world->instances) {
    check_host(world, instance);
  }
  check_addresses(world);
}

void RoomWatch::check_host(const control::World& world, const ContainerInstance& instance) {
  const Room room = room_of(world, instance);
  const std::string host = "Host " + brief(instance.id);
  if (room.cpu.count < 0 || room.memory.count < 0) {
    simulation_.fail(host + " was promised more CPU or memory than it has.");
  }
  if (room.enis < 0) {
    simulation_.fail(host + " was promised more interfaces than it takes.");
  }
  for (const std::int64_t port : room.ports) {
    if (room.ports.count(port) > 1) {
      simulation_.fail(host + " was promised port " + std::to_string(port) + " to two tasks.");
    }
  }
}

void RoomWatch::check_addresses(const control::World& world) {
  std::map<schemas::SubnetId, std::set<schemas::Ipv4>> addresses;
  std::set<schemas::Mac> macs;
  for (const auto& [id, eni] : world->enis) {
    if (!addresses[eni.subnet].insert(eni.address).second) {
      simulation_.fail("Address " + eni.address.text() + " has two owners.");
    }
    if (!macs.insert(eni.mac).second) {
      simulation_.fail("Ethernet address " + eni.mac.text() + " has two owners.");
    }
    const Task* task = control::find_task(world, eni.task);
    if (task == nullptr || task->eni != id) {
      simulation_.fail("Interface " + id.text() + " belongs to no task.");
    } else if (task->last_status == TaskStatus::stopped) {
      // Its host says both at once, and a lost host's interfaces go with its tasks.
      simulation_.fail("Task " + brief(task->id) + " is STOPPED and still holds an address.");
    }
  }
  for (const auto& [key, task] : world->tasks) {
    if (task.eni && task.last_status != TaskStatus::stopped && !world->enis.contains(*task.eni)) {
      simulation_.fail("Task " + brief(task.id) + " has not stopped, and its address is free.");
    }
  }
}

}  // namespace sim

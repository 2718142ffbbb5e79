#pragma once

#include <set>
#include <vector>

#include "control/core/loop/loop.h"
#include "tests/sim/simulation.h"

namespace sim {

/// No host is promised more than it has (CPU, memory, ports, interfaces), counted from the tasks
/// themselves; an address and an Ethernet address have one owner each; interfaces belong to tasks.
class RoomWatch {
 public:
  explicit RoomWatch(Simulation& simulation) : simulation_(simulation) {}

  void turn_ends(const control::World& world, const control::Turn& turn);
  void check(const control::World& world);

 private:
  void check_host(const control::World& world, const schemas::ContainerInstance& instance);
  void check_addresses(const control::World& world);

  Simulation& simulation_;
};

/// What is left of a host by counting its tasks.
struct Room {
  schemas::CpuUnits cpu;
  schemas::MemoryMib memory;
  std::int64_t enis = 0;
  std::multiset<std::int64_t> ports;  ///< taken
};
Room room_of(const control::World& world, const schemas::ContainerInstance& instance);

/// The host ports that a task of the definition takes.
std::vector<std::int64_t> ports_of(const schemas::TaskDefinition& definition);

}  // namespace sim

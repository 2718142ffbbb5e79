#pragma once

#include <map>
#include <set>
#include <span>
#include <string>

#include "control/core/loop/loop.h"
#include "tests/sim/simulation.h"

namespace sim {

/// An expression that tasks are placed by here, and what it means, said in C++.
struct Want {
  const char* expression = nullptr;
  /// `before`: tasks with smaller row keys were there when it was asked.
  bool (*holds)(const control::World& world, const schemas::ContainerInstance& host,
                std::int64_t before) = nullptr;
  bool about_tasks = false;  ///< whether the answer may change with the tasks of the host
};
std::span<const Want> wants();

/// Whether a task of the specification, made with this row key, may be on the host as far as
/// constraints go, its own and its definition's, and what the host's agent can do.
bool constraints_hold(const control::World& world, const schemas::TaskSpecification& specification,
                      const schemas::ContainerInstance& host, std::int64_t before);

/// The same, of expressions only those that do not ask about tasks; distinctInstance does.
bool standing_constraints_hold(const control::World& world,
                               const schemas::TaskSpecification& specification,
                               const schemas::ContainerInstance& host);
/// Whether any of its expressions asks about tasks.
bool asks_about_tasks(const schemas::TaskSpecification& specification);

/// No task is placed against its constraints.
class PlaceWatch {
 public:
  explicit PlaceWatch(Simulation& simulation) : simulation_(simulation) {}

  void turn_ends(const control::World& world, const control::Turn& turn);
  void loaded(const control::World& world);

 private:
  Simulation& simulation_;
  std::set<std::int64_t> known_;  ///< tasks
  /// As the turn before left them: a host whose attributes changed in this one is not judged.
  std::map<schemas::InstanceId, std::map<std::string, std::string>> attributes_;
};

}  // namespace sim

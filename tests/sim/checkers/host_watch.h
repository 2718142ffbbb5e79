#pragma once

#include <map>
#include <set>
#include <utility>
#include <vector>

#include "schemas/model/agent_channel.h"
#include "schemas/model/cluster.h"
#include "tests/sim/checkers/task_watch.h"
#include "tests/sim/simulation.h"

namespace sim {

class Kernel;

/// What machines really do. A container is started at most once; what World calls STOPPED runs
/// nowhere; no two tasks hold one address at once, on whatever hosts; what runs on a machine fits
/// it. The one exception to all but the first are tasks that control gave up with their host, until
/// that host hears of it: nobody can know what a host does that does not answer.
class HostWatch {
 public:
  HostWatch(Simulation& simulation, const TaskWatch& tasks)
      : simulation_(simulation), tasks_(tasks) {}

  void add(const Kernel& kernel, const schemas::Inventory& inventory) {
    machines_.push_back({&kernel, inventory});
  }

  void container_started(int host, const schemas::ContainerId& container,
                         const schemas::TaskId& task);
  void wired(int host, const schemas::EniAssignment& eni);
  void unwired(int host, const schemas::EniAssignment& eni);

  /// After a durable turn.
  void turn_ends();

 private:
  struct Machine {
    const Kernel* kernel = nullptr;
    schemas::Inventory inventory;
  };
  [[nodiscard]] bool given_up(const schemas::TaskId& task) const;
  void check_stopped(const Kernel& kernel);
  /// CPU, memory and ports of all that runs, and the interfaces that are wired.
  void check_room(const Machine& machine);

  Simulation& simulation_;
  const TaskWatch& tasks_;
  std::vector<Machine> machines_;
  std::set<schemas::ContainerId> started_;
  std::map<std::pair<schemas::SubnetId, schemas::Ipv4>, std::map<schemas::TaskId, int>> holders_;
};

}  // namespace sim

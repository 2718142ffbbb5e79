#pragma once

#include <set>

#include "control/core/loop/loop.h"
#include "tests/sim/checkers/credentials_watch.h"
#include "tests/sim/checkers/daemon_watch.h"
#include "tests/sim/checkers/hook_watch.h"
#include "tests/sim/checkers/host_watch.h"
#include "tests/sim/checkers/image_watch.h"
#include "tests/sim/checkers/money_watch.h"
#include "tests/sim/checkers/place_watch.h"
#include "tests/sim/checkers/plan_watch.h"
#include "tests/sim/checkers/rollout_watch.h"
#include "tests/sim/checkers/room_watch.h"
#include "tests/sim/checkers/service_watch.h"
#include "tests/sim/checkers/task_set_watch.h"
#include "tests/sim/checkers/task_watch.h"
#include "tests/sim/knobs.h"
#include "tests/sim/row_store.h"
#include "tests/sim/simulation.h"

namespace sim {

/// Everything that must hold at every moment, told of everything that happens. Only what is durable
/// counts: a turn that no store has is no promise.
class Watch {
 public:
  Watch(Simulation& simulation, const Knobs& knobs)
      : simulation_(simulation),
        knobs_(knobs),
        tasks_(simulation),
        services_(simulation),
        task_sets_(simulation),
        rollouts_(simulation),
        hooks_(simulation),
        rooms_(simulation),
        places_(simulation),
        plans_(simulation),
        daemons_(simulation),
        images_(simulation),
        hosts_(simulation, tasks_),
        money_(simulation),
        credentials_(simulation, tasks_) {}

  // Of control.
  void loaded(const control::World& world, const RowStore& store);
  void turn_ends(const control::World& world, const control::Turn& turn, Instant now);
  void told(const control::World& world, const schemas::SyncAnswer& answer);
  /// Of turns that are planned before they are made.
  PlanWatch& plans() { return plans_; }
  /// World in memory is what the store holds, and what a new process would make of it.
  void compare(const control::World& world, const RowStore& store,
               const control::Settings& settings, Instant now);

  // Of hosts.
  void add(const Kernel& kernel, const schemas::Inventory& inventory) {
    hosts_.add(kernel, inventory);
  }
  void container_started(int host, const schemas::ContainerId& container,
                         const schemas::TaskId& task) {
    hosts_.container_started(host, container, task);
  }
  void wired(int host, const schemas::EniAssignment& eni) { hosts_.wired(host, eni); }
  void unwired(int host, const schemas::EniAssignment& eni) { hosts_.unwired(host, eni); }
  void meter_opened(const schemas::TaskId& task, const std::string& boot) {
    money_.opened(task, boot);
  }
  void meter_forgotten(const schemas::TaskId& task) { money_.forgotten(task); }
  void saved(int host, const std::string& boot, const schemas::MeterRecord& record) {
    money_.saved(host, boot, record);
  }
  void disk_lost(int host) { money_.disk_lost(host); }
  void metered_runs(const schemas::TaskId& task) { money_.runs(task); }
  void metered_ended(const schemas::TaskId& task) { money_.ended(task); }

  void up_to_date(const schemas::InstanceId& host, const agent::HostState& state,
                  const HeldCredentials& held) {
    credentials_.up_to_date(host, state, held);
  }

  [[nodiscard]] const TaskWatch& tasks() const { return tasks_; }
  [[nodiscard]] const HostWatch& hosts() const { return hosts_; }
  [[nodiscard]] const MoneyWatch& money() const { return money_; }
  [[nodiscard]] std::int64_t turns() const { return turns_; }

 private:
  Simulation& simulation_;
  const Knobs& knobs_;
  TaskWatch tasks_;
  ServiceWatch services_;
  TaskSetWatch task_sets_;
  RolloutWatch rollouts_;
  HookWatch hooks_;
  RoomWatch rooms_;
  PlaceWatch places_;
  PlanWatch plans_;
  DaemonWatch daemons_;
  ImageWatch images_;
  HostWatch hosts_;
  MoneyWatch money_;
  CredentialsWatch credentials_;
  std::int64_t turns_ = 0;
};

}  // namespace sim

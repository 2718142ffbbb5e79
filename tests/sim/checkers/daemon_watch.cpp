#include "tests/sim/checkers/daemon_watch.h"

#include <algorithm>
#include <vector>

#include "control/core/world/lookups.h"
#include "tests/sim/checkers/place_watch.h"
#include "tests/sim/checkers/room_watch.h"

namespace sim {

using schemas::ContainerInstance;
using schemas::Service;
using schemas::Task;
using schemas::TaskStatus;

namespace {

bool is_daemon(const Service* service) {
  return service != nullptr && service->scheduling_strategy == schemas::SchedulingStrategy::daemon;
}

bool lives(const Task& task) { return task.last_status != TaskStatus::stopped; }

bool wants(const Task& task) { return lives(task) && task.desired_status != TaskStatus::stopped; }

std::vector<const Task*> live_tasks_on(const control::World& world, const ContainerInstance& host) {
  std::vector<const Task*> tasks;
  for (const std::int64_t key :
       control::entry_or_empty(world.index().live_tasks_of_instance, host.id)) {
    tasks.push_back(&world->tasks.at(key));
  }
  return tasks;
}

bool takes_interface(const schemas::TaskSpecification& specification) {
  return specification.definition->network_mode == schemas::NetworkMode::awsvpc;
}

bool in_its_zones(const control::World& world, const schemas::TaskSpecification& specification,
                  const ContainerInstance& host) {
  return !specification.network ||
         std::any_of(specification.network->subnets.begin(), specification.network->subnets.end(),
                     [&](const schemas::SubnetId& id) {
                       return world->subnets.at(id).availability_zone ==
                              host.inventory.availability_zone;
                     });
}

template <class Amount>
Amount beyond(Amount wanted, Amount held) {
  return wanted > held ? wanted - held : Amount{};
}

/// What a host has to keep for a daemon: what its next task takes beyond what its tasks there have.
void add_owed(const control::World& world, const Service& daemon, const ContainerInstance& host,
              Room& owed) {
  const schemas::TaskSpecification& next = *daemon.deployments.front().specification;
  schemas::CpuUnits cpu;
  schemas::MemoryMib memory;
  std::int64_t enis = 0;
  std::set<std::int64_t> ports;
  for (const Task* task : live_tasks_on(world, host)) {
    if (task->service == daemon.key) {
      cpu += task->specification->cpu;
      memory += task->specification->memory;
      enis += takes_interface(*task->specification) ? 1 : 0;
      for (const std::int64_t port : ports_of(*task->specification->definition)) {
        ports.insert(port);
      }
    }
  }
  owed.cpu += beyond(next.cpu, cpu);
  owed.memory += beyond(next.memory, memory);
  owed.enis += beyond<std::int64_t>(takes_interface(next) ? 1 : 0, enis);
  for (const std::int64_t port : ports_of(*next.definition)) {
    if (!ports.contains(port)) {
      owed.ports.insert(port);
    }
  }
}

}  // namespace

bool daemon_belongs(const control::World& world, const Service& daemon,
                    const ContainerInstance& host) {
  const schemas::TaskSpecification& next = *daemon.deployments.front().specification;
  return host.cluster == daemon.cluster && host.inventory.cpu >= next.cpu &&
         host.inventory.memory >= next.memory &&
         (!takes_interface(next) || host.inventory.eni_capacity > 0) &&
         in_its_zones(world, next, host) && standing_constraints_hold(world, next, host);
}

Room owed_on(const control::World& world, const ContainerInstance& host) {
  Room owed{};
  for (const auto& [key, service] : world->services) {
    if (is_daemon(&service) && service.status == schemas::ServiceStatus::active &&
        service.deployments.front().rollout_state != schemas::RolloutState::failed &&
        host.status == schemas::InstanceStatus::active &&
        !asks_about_tasks(*service.deployments.front().specification) &&
        daemon_belongs(world, service, host)) {
      add_owed(world, service, host, owed);
    }
  }
  return owed;
}

std::int64_t others_on(const control::World& world, const ContainerInstance& host) {
  const std::vector<const Task*> tasks = live_tasks_on(world, host);
  return std::count_if(tasks.begin(), tasks.end(), [&world](const Task* task) {
    return !is_daemon(control::service_of(world, task->service));
  });
}

void DaemonWatch::turn_ends(const control::World& world, const control::Turn& turn) {
  for (const control::Row& row : turn.rows) {
    const Task* task =
        row.table == control::Table::task_state ? control::task_of(world, row.key) : nullptr;
    if (task == nullptr) {
      continue;
    }
    if (wanted_.contains(row.key) && !wants(*task)) {
      look_at_stopped(world, *task);
    }
    if (!known_.contains(row.key)) {
      look_at_new(world, *task);
    }
  }
  for (const control::Row& row : turn.rows) {
    if (row.table == control::Table::task_state) {
      remember(world, row.key);
    }
  }
  remember(world);
}

void DaemonWatch::look_at_new(const control::World& world, const Task& task) {
  const ContainerInstance* host =
      task.instance ? control::find_instance(world, *task.instance) : nullptr;
  if (host == nullptr || !lives(task)) {
    return;
  }
  const Service* service = control::service_of(world, task.service);
  if (!is_daemon(service)) {
    check_room(world, task, *host);
    return;
  }
  std::int64_t all = 0;
  for (const Task* each : live_tasks_on(world, *host)) {
    all += each->service == task.service ? 1 : 0;
  }
  const std::int64_t hundred = 100;
  const std::int64_t ceiling =
      service->desired_count * service->deployment_configuration.maximum_percent / hundred;
  const std::int64_t most = ceiling > service->desired_count ? 2 : 1;
  if (service->status == schemas::ServiceStatus::active && all > most) {
    simulation_.fail("Daemon " + service->name + " was given a task on host " + brief(host->id) +
                     ", which has " + std::to_string(all) + " of it then.");
  }
  simulation_.probe(all > 1 ? "a daemon's task came before the one that it replaces"
                            : "a daemon was given a task on a host");
}

/// Of what the scheduler stopped on a host that is drained: only because all others are gone, or
/// because the daemon does not belong there. Its last task there is meant.
void DaemonWatch::look_at_stopped(const control::World& world, const Task& task) {
  const Service* service = control::service_of(world, task.service);
  const ContainerInstance* host =
      task.instance ? control::find_instance(world, *task.instance) : nullptr;
  const bool judged = is_daemon(service) && host != nullptr &&
                      service->status == schemas::ServiceStatus::active &&
                      host->status == schemas::InstanceStatus::draining &&
                      task.stop_code == schemas::StopCode::service_scheduler_initiated &&
                      daemon_belongs(world, *service, *host);
  if (!judged) {
    return;
  }
  for (const Task* each : live_tasks_on(world, *host)) {
    if (each->service == service->key && wants(*each)) {
      return;
    }
  }
  if (others_on(world, *host) > 0) {
    simulation_.fail("Daemon " + service->name + " left host " + brief(host->id) +
                     ", which is drained, before the other tasks had.");
  }
  simulation_.probe("a daemon left a drained host as the last");
}

/// The task is no daemon's. Where nothing that decides about it has changed in this turn, the room
/// that the host owes daemons is still there.
void DaemonWatch::check_room(const control::World& world, const Task& task,
                             const ContainerInstance& host) {
  const auto before = hosts_.find(host.id);
  const SeenHost now{host.status, host.attributes, host.inventory.cpu, host.inventory.memory};
  if (before == hosts_.end() || before->second != now ||
      host.status != schemas::InstanceStatus::active) {
    return;
  }
  for (const Task* each : live_tasks_on(world, host)) {
    if (!known_.contains(each->key) && is_daemon(control::service_of(world, each->service))) {
      return;  // it came in this turn, and may have what was owed to another
    }
  }
  for (const auto& [key, service] : world->services) {
    const auto seen = daemons_.find(key);
    if (is_daemon(&service) && (seen == daemons_.end() || seen->second != seen_now(service))) {
      return;
    }
  }
  const Room owed = owed_on(world, host);
  if (owed.cpu.count == 0) {
    return;
  }
  simulation_.probe("a task was placed beside the room of a daemon");
  const Room room = room_of(world, host);
  const std::vector<std::int64_t> ports = ports_of(*task.specification->definition);
  const bool takes_port = std::any_of(
      ports.begin(), ports.end(), [&owed](std::int64_t port) { return owed.ports.contains(port); });
  if ((task.specification->cpu.count > 0 && room.cpu < owed.cpu) ||
      (task.specification->memory.count > 0 && room.memory < owed.memory) ||
      (takes_interface(*task.specification) && room.enis < owed.enis) || takes_port) {
    simulation_.fail("Task " + brief(task.id) + " took the room on host " + brief(host.id) +
                     " that is owed to a daemon.");
  }
}

DaemonWatch::Seen DaemonWatch::seen_now(const Service& daemon) {
  Seen seen;
  seen.status = daemon.status;
  if (!daemon.deployments.empty()) {
    seen.primary = daemon.deployments.front().id;
    seen.rollout = daemon.deployments.front().rollout_state;
  }
  return seen;
}

void DaemonWatch::remember(const control::World& world, std::int64_t key) {
  const Task* task = control::task_of(world, key);
  if (task == nullptr) {
    known_.erase(key);
    wanted_.erase(key);
    return;
  }
  known_.insert(key);
  if (wants(*task) && is_daemon(control::service_of(world, task->service))) {
    wanted_.insert(key);
  } else {
    wanted_.erase(key);
  }
}

void DaemonWatch::remember(const control::World& world) {
  daemons_.clear();
  for (const auto& [key, service] : world->services) {
    if (is_daemon(&service)) {
      daemons_[key] = seen_now(service);
    }
  }
  hosts_.clear();
  for (const auto& [id, host] : world->instances) {
    hosts_[id] = {host.status, host.attributes, host.inventory.cpu, host.inventory.memory};
  }
}

void DaemonWatch::loaded(const control::World& world) {
  known_.clear();
  wanted_.clear();
  for (const auto& [key, task] : world->tasks) {
    remember(world, key);
  }
  remember(world);
}

}  // namespace sim

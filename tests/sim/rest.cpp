#include "tests/sim/rest.h"

#include <algorithm>
#include <limits>
#include <map>

#include "control/core/world/lookups.h"
#include "tests/sim/universe.h"

namespace sim {

using schemas::Service;
using schemas::Task;
using schemas::TaskStatus;

namespace {

bool says(const Service& service, std::string_view words) {
  return std::any_of(service.events.begin(), service.events.end(), [&](const auto& event) {
    return event.message.find(words) != std::string::npos;
  });
}

/// Whether the room is enough for one more task of the specification.
bool takes(const schemas::TaskSpecification& specification, const Room& room) {
  const bool vpc = specification.definition->network_mode == schemas::NetworkMode::awsvpc;
  const std::vector<std::int64_t> ports = ports_of(*specification.definition);
  return room.cpu >= specification.cpu && room.memory >= specification.memory &&
         (!vpc || room.enis > 0) &&
         std::none_of(ports.begin(), ports.end(),
                      [&room](std::int64_t port) { return room.ports.contains(port); });
}

}  // namespace

const control::World& Rest::world() const { return universe_.control().world(); }

bool Rest::lives(const schemas::TaskId& id) const {
  const Task* task = control::find_task(world(), id);
  return task != nullptr && task->last_status != TaskStatus::stopped;
}

Rest::Answer Rest::unrest() const {
  if (!universe_.control().up()) {
    return "control is down";
  }
  for (const auto& look : {&Rest::tasks, &Rest::services, &Rest::hosts, &Rest::look_ups}) {
    if (Answer why = (this->*look)()) {
      return why;
    }
  }
  return std::nullopt;
}

Rest::Answer Rest::tasks() const {
  for (const auto& [key, task] : world()->tasks) {
    if (task.last_status == TaskStatus::stopped) {
      continue;
    }
    if (task.desired_status == TaskStatus::stopped) {
      return "task " + brief(task.id) + " is to stop and has not";
    }
    if (task.last_status != TaskStatus::running) {
      return "task " + brief(task.id) + " is to run and does not";
    }
  }
  return std::nullopt;
}

Rest::Answer Rest::services() const {
  for (const auto& [key, each] : world()->services) {
    if (each.status == schemas::ServiceStatus::draining) {
      return "service " + each.name + " still drains";
    }
    if (each.status == schemas::ServiceStatus::active) {
      const bool daemon = each.scheduling_strategy == schemas::SchedulingStrategy::daemon;
      Answer why = each.external ? task_sets(each) : daemon ? this->daemon(each) : service(each);
      if (why) {
        return why;
      }
    }
  }
  return std::nullopt;
}

Rest::Answer Rest::service(const Service& service) const {
  std::int64_t running = 0;
  std::int64_t others = 0;
  const schemas::Deployment& newest = service.deployments.front();
  for (const auto& [key, task] : world()->tasks) {
    if (task.service == service.key && task.last_status != TaskStatus::stopped) {
      (task.deployment == newest.id && !on_leaving_host(task) ? running : others) += 1;
    }
  }
  if (running > service.desired_count) {
    return "service " + service.name + " has too many tasks";
  }
  // A deployment that was given up starts no more tasks.
  if (newest.rollout_state == schemas::RolloutState::failed &&
      (says(service, ") deployment failed: tasks failed to start.") ||
       says(service, ") deployment failed: nobody continued it") ||
       says(service, ") deployment was stopped."))) {
    return std::nullopt;
  }
  if (running == service.desired_count && others == 0) {
    if (service.deployments.size() > 1) {
      return "service " + service.name + " keeps a deployment without tasks";
    }
    if (newest.rollout_state == schemas::RolloutState::in_progress) {
      return "service " + service.name + " has what it wants and says that it is not there yet";
    }
    return says(service, "has reached a steady state")
               ? balance(service)
               : Answer("service " + service.name + " is steady and no event says so");
  }
  if (is_explained(service, newest)) {
    return std::nullopt;
  }
  return "service " + service.name + " has " + std::to_string(running) + " of " +
         std::to_string(service.desired_count) + " tasks (and " + std::to_string(others) +
         " older ones), and no event says why";
}

Rest::Answer Rest::balance(const Service& service) const {
  const schemas::TaskSpecification& wanted = *service.deployments.front().specification;
  // A pool task's subnets may not be everywhere, and who asks about tasks moves what it asks about.
  if (!service.availability_zone_rebalancing || asks_about_tasks(wanted) ||
      service.deployment_configuration.maximum_percent * service.desired_count <
          100 * (service.desired_count + 1) ||
      wanted.launch_type == schemas::LaunchType::fargate) {
    return std::nullopt;
  }
  std::map<std::string, std::int64_t> tasks;
  std::map<std::string, bool> movable;
  for (const auto& [key, task] : world()->tasks) {
    if (task.service == service.key && lives(task.id)) {
      ++tasks[task.availability_zone];
      movable[task.availability_zone] = movable[task.availability_zone] || !task.protected_until ||
                                        *task.protected_until <= universe_.simulation().now();
    }
  }
  std::int64_t most = 0;
  for (const auto& [zone, count] : tasks) {
    most = movable[zone] ? std::max(most, count) : most;
  }
  for (const auto& [id, host] : world()->instances) {
    const std::string& zone = host.inventory.availability_zone;
    if (host.cluster == service.cluster && most - tasks[zone] > 1 && has_room(wanted, host)) {
      return "service " + service.name + " has " + std::to_string(most) + " tasks in one zone, " +
             std::to_string(tasks[zone]) + " in " + zone + " and room there";
    }
  }
  return std::nullopt;
}

/// On each host that it belongs on it has one task, of its newest deployment, and elsewhere none;
/// but for hosts that are drained while others keep tasks there.
Rest::Answer Rest::daemon(const Service& service) const {
  const schemas::Deployment& newest = service.deployments.front();
  if (newest.rollout_state == schemas::RolloutState::failed) {
    return std::nullopt;
  }
  std::int64_t wanted = 0;
  for (const auto& [id, host] : world()->instances) {
    if (host.cluster != service.cluster) {
      continue;
    }
    if (Answer why = daemon_on(service, host)) {
      return "daemon " + service.name + " " + *why + " host " + brief(id);
    }
    wanted += host.status == schemas::InstanceStatus::active && host.connected &&
                      daemon_belongs(world(), service, host)
                  ? 1
                  : 0;
  }
  const bool counted = !asks_about_tasks(*newest.specification);
  if (counted && service.desired_count != wanted) {
    return "daemon " + service.name + " counts " + std::to_string(service.desired_count) +
           " hosts, and " + std::to_string(wanted) + " are there for it";
  }
  return std::nullopt;
}

bool Rest::is_explained(const Service& service, const schemas::ContainerInstance& host,
                        std::int64_t tasks) const {
  const schemas::TaskSpecification& wanted = *service.deployments.front().specification;
  const auto recipe = universe_.caller().recipes().find(wanted.definition->family);
  const bool broken = recipe != universe_.caller().recipes().end() &&
                      recipe->second.image.pull == Image::Pull::fails;
  return (broken && says(service, "is unable to consistently start tasks")) ||
         says(service, "was unable to stop or start tasks during a deployment") ||
         (says(service, "was unable to place a task") &&
          (asks_about_tasks(wanted) || !takes(wanted, room_of(world(), host)))) ||
         (asks_about_tasks(wanted) && tasks == 0);
}

Rest::Answer Rest::daemon_on(const Service& service, const schemas::ContainerInstance& host) const {
  std::int64_t newest = 0;
  std::int64_t older = 0;
  for (const auto& [key, task] : world()->tasks) {
    if (task.service == service.key && task.instance == host.id && lives(task.id)) {
      (task.deployment == service.deployments.front().id ? newest : older) += 1;
    }
  }
  if (newest + older > 0 && host.status == schemas::InstanceStatus::draining) {
    return others_on(world(), host) > 0 ? std::nullopt : Answer("is the last on drained");
  }
  const bool belongs = host.status == schemas::InstanceStatus::active && host.connected &&
                       daemon_belongs(world(), service, host);
  if (!belongs) {
    return newest + older > 0 ? Answer("has a task that does not belong on") : std::nullopt;
  }
  if (newest == 1 && older == 0) {
    return std::nullopt;
  }
  if (newest > 1 || newest + older > 2) {
    return Answer("has too many tasks on");
  }
  return is_explained(service, host, newest + older)
             ? std::nullopt
             : Answer("has not one task, of its newest deployment, on");
}

/// Of a service that does not have what it wants an event must say why, and it must be true.
bool Rest::is_explained(const Service& service, const schemas::Deployment& newest) const {
  const schemas::TaskSpecification& wanted = *newest.specification;
  const auto& recipes = universe_.caller().recipes();
  const auto recipe = recipes.find(wanted.definition->family);
  const bool broken = recipe != recipes.end() && recipe->second.image.pull == Image::Pull::fails;
  return (broken && says(service, "is unable to consistently start tasks")) ||
         says(service, "was unable to stop or start tasks during a deployment") ||
         (says(service, "was unable to place a task") && !has_room(wanted, service.cluster));
}

bool Rest::on_leaving_host(const Task& task) const {
  const schemas::ContainerInstance* host =
      task.instance ? control::find_instance(world(), *task.instance) : nullptr;
  return host == nullptr || host->status != schemas::InstanceStatus::active;
}

bool Rest::has_room(const schemas::TaskSpecification& specification, std::int64_t cluster) const {
  const bool pool = specification.launch_type == schemas::LaunchType::fargate;
  return std::any_of(world()->instances.begin(), world()->instances.end(), [&](const auto& entry) {
    return entry.second.cluster == (pool ? 0 : cluster) && has_room(specification, entry.second);
  });
}

/// Whether the host would take one more task of the specification.
bool Rest::has_room(const schemas::TaskSpecification& specification,
                    const schemas::ContainerInstance& instance) const {
  if (!instance.connected || instance.status != schemas::InstanceStatus::active) {
    return false;
  }
  const bool pool = specification.launch_type == schemas::LaunchType::fargate;
  Room room = room_of(world(), instance);
  const Room owed = pool ? Room{} : owed_on(world(), instance);
  room.cpu -= owed.cpu;
  room.memory -= owed.memory;
  room.enis -= owed.enis;
  room.ports.insert(owed.ports.begin(), owed.ports.end());
  return takes(specification, room) &&
         (pool || constraints_hold(world(), specification, instance,
                                   std::numeric_limits<std::int64_t>::max()));
}

Rest::Answer Rest::hosts() const {
  for (const Host& each : universe_.hosts()) {
    if (each.agent() == nullptr) {
      return each.name() + " has no agent";
    }
    for (const auto& look : {&Rest::kernel, &Rest::agent}) {
      if (Answer why = (this->*look)(each)) {
        return each.name() + " " + *why;
      }
    }
  }
  return std::nullopt;
}

/// What is on the machine is what its tasks need, and nothing else.
Rest::Answer Rest::kernel(const Host& host) const {
  const schemas::InstanceId instance = host.disk().identity->instance;
  const auto here = [&](const schemas::TaskId& id) {
    return lives(id) && control::find_task(world(), id)->instance == instance;
  };
  for (const auto& [id, container] : host.kernel().containers()) {
    if (!here(container.task->id)) {
      return "still has a container of task " + brief(container.task->id);
    }
  }
  std::set<schemas::EniId> wired;
  for (const auto& [sandbox, eni] : host.kernel().sandboxes()) {
    if (!here(sandbox.first)) {
      return "still has a namespace of task " + brief(sandbox.first);
    }
    if (eni) {
      wired.insert(eni->id);
    }
  }
  for (const auto& [task, since] : host.kernel().cgroups()) {
    if (!here(task)) {
      return "still has a cgroup of task " + brief(task);
    }
  }
  for (const auto& [id, eni] : world()->enis) {
    if (eni.instance == instance && !wired.erase(id)) {
      return "has not wired interface " + id.text();
    }
  }
  if (!wired.empty()) {
    return "still has interface " + wired.begin()->text();
  }
  for (const auto& [key, task] : world()->tasks) {
    if (task.instance == instance && task.last_status == TaskStatus::running &&
        !host.kernel().runs(task.id)) {
      return "does not run task " + brief(task.id);
    }
  }
  return std::nullopt;
}

/// What the agent knows is what control says, and control has heard everything.
Rest::Answer Rest::agent(const Host& host) const {
  const agent::HostState& state = host.agent()->state();
  const schemas::InstanceId instance = host.disk().identity->instance;
  if (state.acknowledged < state.change || !state.meters.empty()) {
    return "has something to report";
  }
  if (state.held_version != world().assignments().version(instance)) {
    return "has not heard what it is to do";
  }
  for (const auto& [id, task] : state.tasks) {
    if (!lives(id) && (!task.record.gone || !task.record.cleaned)) {
      return "still keeps task " + brief(id);
    }
  }
  for (const auto& [id, eni] : state.network.enis) {
    if (!world()->enis.contains(id)) {
      return "still knows interface " + id.text();
    }
  }
  for (const auto& [id, group] : state.network.groups) {
    const auto there = world()->security_groups.find(id);
    if (there == world()->security_groups.end() || there->second.rules != group.rules) {
      return "has other rules of security group " + id.text() + " than control";
    }
  }
  for (const auto& [id, eni] : state.network.enis) {
    for (const schemas::SecurityGroupId& group : eni.security_groups) {
      if (!state.network.groups.contains(group)) {
        return "knows no rules of security group " + group.text();
      }
    }
  }
  for (const auto& [id, record] : host.disk().tasks) {
    if (!state.tasks.contains(id)) {
      return "keeps a record of task " + brief(id) + " that nobody needs";
    }
  }
  return std::nullopt;
}

/// What World keeps beside its tables agrees with them, counted anew.
Rest::Answer Rest::look_ups() const {
  std::map<schemas::SubnetId, std::int64_t> held;
  for (const auto& [id, eni] : world()->enis) {
    held[eni.subnet] += 1;
    if (!lives(eni.task)) {
      return "interface " + id.text() + " outlives its task";
    }
  }
  for (const auto& [subnet, pool] : world().index().addresses) {
    if (pool.held_count() != held[subnet]) {
      return "subnet " + subnet.text() + " has lost count of its addresses";
    }
  }
  for (const auto& [id, instance] : world()->instances) {
    if (instance.status == schemas::InstanceStatus::inactive) {
      continue;
    }
    const Room counted = room_of(world(), instance);
    const auto kept = world().fleet(instance.cluster).room(id);
    if (!kept || kept->cpu != counted.cpu || kept->memory != counted.memory ||
        kept->eni_slots != counted.enis || kept->used_ports.size() != counted.ports.size()) {
      return "placement has lost count of host " + brief(id);
    }
  }
  std::size_t known = 0;
  for (const Host& host : universe_.hosts()) {
    known += host.disk().identity ? std::size_t{1} : std::size_t{0};
  }
  if (universe_.control().parked().polls.size() > known) {
    return "control keeps polls of hosts that are no more";
  }
  return std::nullopt;
}

}  // namespace sim

#include "control/core/loop/assignment.h"

#include <algorithm>

#include "control/core/deploy/image_pins.h"
#include "control/core/loop/roles.h"
#include "control/core/world/lookups.h"
#include "netif/core/addresses.h"

namespace control {

using schemas::ContainerDefinition;
using schemas::ContainerOverride;
using schemas::Eni;
using schemas::Task;
using schemas::TaskAssignment;
using schemas::TaskSpecification;

namespace {

/// The variables of the definition with those of the override over them.
void override_environment(std::vector<schemas::KeyValue>& environment,
                          const std::vector<schemas::KeyValue>& over) {
  for (const schemas::KeyValue& variable : over) {
    const auto same = std::find_if(
        environment.begin(), environment.end(),
        [&](const schemas::KeyValue& candidate) { return candidate.name == variable.name; });
    if (same == environment.end()) {
      environment.push_back(variable);
    } else {
      same->value = variable.value;
    }
  }
}

ContainerDefinition overridden(const ContainerDefinition& defined,
                               const schemas::TaskOverride& overrides) {
  ContainerDefinition container = defined;
  for (const ContainerOverride& over : overrides.containers) {
    if (over.name != container.name) {
      continue;
    }
    if (over.command) {
      container.command = over.command;
    }
    override_environment(container.environment, over.environment);
    container.cpu = over.cpu.value_or(container.cpu);
    container.memory = over.memory ? over.memory : container.memory;
    container.memory_reservation =
        over.memory_reservation ? over.memory_reservation : container.memory_reservation;
  }
  return container;
}

void add_limits(const TaskSpecification& specification, TaskAssignment& assignment) {
  if (specification.launch_type == schemas::LaunchType::fargate) {
    assignment.cpu_limit = specification.cpu;
    assignment.memory_limit = specification.memory;
    return;
  }
  const schemas::TaskOverride& over = specification.overrides;
  assignment.cpu_limit = over.cpu ? over.cpu : specification.definition->cpu;
  assignment.memory_limit = over.memory ? over.memory : specification.definition->memory;
}

/// A host takes what a task runs when it first hears of the task, and keeps to it: what is known of
/// the deployment's images when a task is told of again changes nothing there.
void add_containers(const World& world, const Task& task, TaskAssignment& assignment) {
  const schemas::TaskDefinition& definition = *task.specification->definition;
  schemas::require(task.containers.size() == definition.containers.size(),
                   "a task with other containers than its definition");
  const schemas::ImageDigests* known = image_digests_of(world, task);
  for (std::size_t at = 0; at < task.containers.size(); ++at) {
    const ContainerDefinition& container = definition.containers[at];
    assignment.containers.push_back(
        {.id = task.containers[at].id,
         .definition = overridden(container, task.specification->overrides),
         .image_digest = known == nullptr ? "" : pinned_digest(*known, container)});
  }
}

TaskAssignment task_assignment(const World& world, const Task& task) {
  const TaskSpecification& specification = *task.specification;
  const schemas::TaskDefinition& definition = *specification.definition;
  const schemas::Cluster& cluster = *cluster_of(world, task.cluster);
  const schemas::Service* service = service_of(world, task.service);
  TaskAssignment assignment;
  assignment.id = task.id;
  assignment.arn = task_arn(world, task);
  assignment.cluster_arn = cluster_arn(cluster);
  assignment.scope = cluster.scope;
  assignment.family = definition.family;
  assignment.revision = definition.revision;
  assignment.service_name = service == nullptr ? "" : service->name;
  assignment.group = specification.group;
  assignment.availability_zone = task.availability_zone;
  assignment.launch_type = specification.launch_type;
  assignment.network_mode = definition.network_mode;
  assignment.desired_status = task.desired_status;
  assignment.stop_reason = task.stopped_reason;
  add_limits(specification, assignment);
  assignment.metered = specification.launch_type == schemas::LaunchType::fargate;
  assignment.eni = task.eni;
  if (task.eni) {
    if (const Eni* eni = find_eni(world, *task.eni)) {
      assignment.vpc_id = eni->vpc.text();
    }
  }
  add_containers(world, task, assignment);
  assignment.volumes = definition.volumes;
  assignment.task_role_arn = task_role_arn(specification);
  assignment.execution_role_arn = execution_role_arn(specification);
  assignment.tags = specification.tags;
  return assignment;
}

schemas::EniAssignment eni_assignment(const Eni& eni) {
  return {.id = eni.id,
          .attachment = eni.attachment,
          .vpc = eni.vpc,
          .subnet = eni.subnet,
          .task = eni.task,
          .mac = eni.mac,
          .address = eni.address,
          .public_address = eni.public_address,
          .security_groups = eni.security_groups,
          .private_dns_name = eni.private_dns_name};
}

schemas::SubnetAssignment subnet_assignment(const schemas::Subnet& subnet) {
  return {.id = subnet.id,
          .vpc = subnet.vpc,
          .cidr = subnet.cidr,
          .gateway = netif::gateway_address(subnet.cidr),
          .gateway_mac = netif::gateway_mac(subnet.id),
          .vni = subnet.vni,
          .availability_zone = subnet.availability_zone};
}

schemas::Neighbour neighbour(const World& world, const Eni& eni) {
  return {.id = eni.id,
          .vpc = eni.vpc,
          .subnet = eni.subnet,
          .mac = eni.mac,
          .address = eni.address,
          .host_address = world->instances.at(*eni.instance).inventory.address,
          .security_groups = eni.security_groups};
}

schemas::SecurityGroupAssignment group_assignment(const schemas::SecurityGroup& group) {
  return {.id = group.id, .vpc = group.vpc, .rules = group.rules};
}

}  // namespace

schemas::SyncAnswer assignment_answer(const World& world, schemas::InstanceId instance,
                                      std::optional<std::int64_t> have) {
  AssignmentDelta delta = world.assignments().since(instance, have);
  schemas::SyncAnswer answer;
  answer.version = delta.version;
  answer.full = delta.full;
  for (const schemas::TaskId& id : delta.tasks) {
    answer.tasks_set.push_back(task_assignment(world, *find_task(world, id)));
  }
  for (const schemas::EniId& id : delta.enis) {
    answer.enis_set.push_back(eni_assignment(world->enis.at(id)));
  }
  for (const schemas::SubnetId& id : delta.subnets) {
    answer.subnets_set.push_back(subnet_assignment(world->subnets.at(id)));
  }
  for (const schemas::EniId& id : delta.neighbours) {
    answer.neighbours_set.push_back(neighbour(world, world->enis.at(id)));
  }
  for (const schemas::SecurityGroupId& id : delta.groups) {
    answer.groups_set.push_back(group_assignment(world->security_groups.at(id)));
  }
  answer.tasks_gone = std::move(delta.tasks_gone);
  answer.enis_gone = std::move(delta.enis_gone);
  answer.subnets_gone = std::move(delta.subnets_gone);
  answer.neighbours_gone = std::move(delta.neighbours_gone);
  answer.groups_gone = std::move(delta.groups_gone);
  return answer;
}

}  // namespace control

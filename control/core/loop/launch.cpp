#include "control/core/loop/launch.h"

#include <algorithm>

#include "control/core/loop/network.h"
#include "control/core/loop/roles.h"
#include "control/core/place/filters.h"
#include "control/core/place/place.h"
#include "control/core/world/lookups.h"

namespace control {

using schemas::ContainerInstance;
using schemas::InstanceId;
using schemas::LaunchType;
using schemas::Task;
using schemas::TaskSpecification;

namespace {

LaunchRefusal no_address(const TaskSpecification& specification) {
  std::string subnets;
  for (const schemas::SubnetId& id : specification.network->subnets) {
    subnets += (subnets.empty() ? "" : ", ") + id.text();
  }
  return {.reason = "RESOURCE:ENI",
          .detail = "No free address is left in " + subnets + ".",
          .arn = {},
          .event = "No free address is left in the subnets of the service (" + subnets + ")."};
}

LaunchRefusal role_is_gone(const std::string& arn) {
  const std::string why = "ECS was unable to assume the role '" + arn +
                          "' that was provided for this task: it was deleted.";
  return {.reason = "ROLE", .detail = why, .arn = {}, .event = why};
}

LaunchRefusal refusal_for(const World& world, const TaskSpecification& specification,
                          const std::vector<Refusal>& refusals) {
  if (specification.launch_type == LaunchType::fargate) {
    std::string why(pool_shortage());
    why += why.ends_with('.') ? "" : ".";
    if (refusals.empty()) {
      why += " The pool has no hosts: start one with ecs-agent --pool.";
    } else {
      why += " " + pool_lacks(closest(refusals));
    }
    return {.reason = "RESOURCE:FARGATE", .detail = why, .arn = {}, .event = why};
  }
  if (refusals.empty()) {
    return {.reason = "RESOURCE:CPU",
            .detail = "No Container Instances were found in your cluster.",
            .arn = {},
            .event = closest_match(refusals)};
  }
  const Refusal& best = closest(refusals);
  const ContainerInstance* host = find_instance(world, best.instance);
  return {.reason = std::string(ecs_reason(best.reason)),
          .detail = explain(best),
          .arn = host == nullptr ? "" : instance_arn(world, *host),
          .event = closest_match(refusals)};
}

Placement choose(const World& world, const LaunchOrder& order, const TaskRequest& request,
                 schemas::Random& random) {
  const bool pool = order.specification->launch_type == LaunchType::fargate;
  const Fleet& hosts = world.fleet(pool ? 0 : order.cluster);
  if (!order.host) {
    return place(request, hosts, random);
  }
  if (std::optional<Refusal> refusal = refusal_of(*order.host, request, hosts)) {
    return std::vector<Refusal>{*std::move(refusal)};
  }
  return *order.host;
}

using Destination = std::variant<InstanceId, LaunchRefusal>;

Destination find_host(const World& world, const LaunchOrder& order, schemas::Random& random) {
  const TaskSpecification& specification = *order.specification;
  const std::string role =
      missing_role(world, cluster_of(world, order.cluster)->scope, specification);
  if (!role.empty()) {
    return role_is_gone(role);
  }
  const TaskRequest request = request_of(world, order);
  if (specification.network && request.zones.empty()) {
    return no_address(specification);
  }
  const Placement placement = choose(world, order, request, random);
  if (const auto* refusals = std::get_if<std::vector<Refusal>>(&placement)) {
    return refusal_for(world, specification, *refusals);
  }
  return *std::get_if<InstanceId>(&placement);
}

void make_task(Context& context, const LaunchOrder& order, schemas::TaskId id,
               const ContainerInstance& host) {
  const TaskSpecification& specification = *order.specification;
  Task task;
  task.key = context.world.next_key(Table::task);
  task.id = id;
  task.cluster = order.cluster;
  task.service = order.service;
  task.deployment = order.deployment;
  task.specification = order.specification;
  task.capacity_provider = order.capacity_provider;
  task.instance = host.id;
  task.availability_zone = host.inventory.availability_zone;
  task.created_at = context.now;
  task.placed_at = context.now;
  for (const schemas::ContainerDefinition& defined : specification.definition->containers) {
    schemas::Container container;
    container.id = schemas::ContainerId::draw(context.random);
    container.name = defined.name;
    task.containers.push_back(std::move(container));
  }
  if (specification.network) {
    task.eni = make_eni(context, *specification.network, id, host).id;
  } else {
    task.last_status = schemas::TaskStatus::pending;
  }
  create_task(context, std::move(task));
}

}  // namespace

TaskRequest request_of(const World& world, const LaunchOrder& order) {
  const TaskSpecification& specification = *order.specification;
  const schemas::Service* service = service_of(world, order.service);
  const bool daemon =
      service != nullptr && service->scheduling_strategy == schemas::SchedulingStrategy::daemon;
  TaskRequest request =
      daemon ? daemon_request(request_for(specification)) : request_for(specification);
  request.claim.group = group_of_cluster(order.cluster, request.claim.group);
  if (!order.capacity_provider.empty() && specification.launch_type == LaunchType::ec2) {
    request.required_attributes.push_back(std::string(schemas::capacity_provider_attribute) + "=" +
                                          order.capacity_provider);
  }
  if (specification.network) {
    request.zones = zones_with_addresses(world, *specification.network);
    if (specification.network->assign_public_ip) {
      request.required_attributes.emplace_back(public_address_attribute);
    }
  }
  if (!order.zone.empty() && (!specification.network || zone_allowed(order.zone, request))) {
    request.zones = {order.zone};
  } else if (!order.zone.empty()) {
    request.zones.clear();
  }
  return request;
}

std::optional<LaunchRefusal> refusal_to(const World& world, const LaunchOrder& order) {
  schemas::Random unused(0);  // decides which host, not whether there is one
  Destination destination = find_host(world, order, unused);
  auto* refusal = std::get_if<LaunchRefusal>(&destination);
  return refusal == nullptr ? std::nullopt : std::optional(std::move(*refusal));
}

Launch launch(Context& context, const LaunchOrder& order) {
  Destination destination = find_host(context.world, order, context.random);
  if (auto* refusal = std::get_if<LaunchRefusal>(&destination)) {
    return std::move(*refusal);
  }
  const ContainerInstance* host =
      find_instance(context.world, *std::get_if<InstanceId>(&destination));
  schemas::require(host != nullptr, "a task was placed on a host that does not exist");
  const auto id = schemas::TaskId::draw(context.random);
  make_task(context, order, id, *host);
  return id;
}

}  // namespace control

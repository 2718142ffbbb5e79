#include "control/core/place/request.h"

#include <algorithm>

#include "schemas/base/require.h"

namespace control {
namespace {

using schemas::NetworkMode;
using schemas::PlacementStrategy;
using schemas::TaskDefinition;
using schemas::TaskSpecification;

std::vector<HostPort> host_ports(const TaskDefinition& definition) {
  std::vector<HostPort> ports;
  const NetworkMode mode = definition.network_mode;
  if (mode != NetworkMode::host && mode != NetworkMode::bridge) {
    return ports;
  }
  for (const schemas::ContainerDefinition& container : definition.containers) {
    for (const schemas::PortMapping& mapping : container.port_mappings) {
      const std::int64_t port =
          mode == NetworkMode::host ? mapping.container_port : mapping.host_port;
      if (port != 0) {
        ports.push_back({port, mapping.protocol});
      }
    }
  }
  std::sort(ports.begin(), ports.end());
  ports.erase(std::unique(ports.begin(), ports.end()), ports.end());
  return ports;
}

bool is_service_task(const TaskSpecification& specification) {
  return specification.group.rfind("service:", 0) == 0;
}

std::vector<PlacementStrategy> default_strategy(const TaskSpecification& specification) {
  if (is_service_task(specification)) {
    return {{PlacementStrategy::Type::spread, "attribute:ecs.availability-zone"},
            {PlacementStrategy::Type::spread, "instanceId"}};
  }
  return {{PlacementStrategy::Type::spread, least_loaded}};
}

}  // namespace

Claim claim_of(const TaskSpecification& specification) {
  schemas::require(specification.definition != nullptr, "a task without a definition");
  const TaskDefinition& definition = *specification.definition;
  Claim claim;
  claim.cpu = specification.cpu;
  claim.memory = specification.memory;
  claim.eni_slots = definition.network_mode == NetworkMode::awsvpc ? 1 : 0;
  claim.ports = host_ports(definition);
  claim.group = specification.group;
  return claim;
}

TaskRequest request_for(const TaskSpecification& specification) {
  TaskRequest request;
  request.claim = claim_of(specification);
  const TaskDefinition& definition = *specification.definition;
  request.required_attributes = definition.requires_attributes;
  request.constraints = definition.placement_constraints;
  request.constraints.insert(request.constraints.end(), specification.placement_constraints.begin(),
                             specification.placement_constraints.end());
  request.strategy = specification.placement_strategy.empty() ? default_strategy(specification)
                                                              : specification.placement_strategy;
  return request;
}

TaskRequest daemon_request(TaskRequest request) {
  request.daemon = true;
  std::erase_if(request.constraints, [](const schemas::PlacementConstraint& constraint) {
    return constraint.type == schemas::PlacementConstraint::Type::distinct_instance;
  });
  return request;
}

std::string group_of_cluster(std::int64_t cluster, std::string_view group) {
  return std::to_string(cluster) + "/" + std::string(group);
}

}  // namespace control

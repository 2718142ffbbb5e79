#include "control/core/world/world.h"

namespace control {

const Fleet& World::fleet(std::int64_t cluster) const {
  static const Fleet empty;
  const auto at = parts_.fleets.find(cluster);
  return at == parts_.fleets.end() ? empty : at->second;
}

std::int64_t fleet_of(const schemas::Task& task) {
  return task.specification->launch_type == schemas::LaunchType::fargate ? 0 : task.cluster;
}

Claim claim_on_fleet(const schemas::Task& task) {
  Claim claim = claim_of(*task.specification);
  claim.group = group_of_cluster(task.cluster, claim.group);
  return claim;
}

}  // namespace control

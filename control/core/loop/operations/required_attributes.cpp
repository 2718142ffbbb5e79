#include "control/core/loop/operations/required_attributes.h"

#include <algorithm>
#include <set>

#include "schemas/model/capability.h"

namespace control {

namespace {

namespace capability = schemas::capability;

void add_for_container(const schemas::ContainerDefinition& container, std::set<std::string>& all) {
  const auto need = [&all](bool used, std::string_view name) {
    if (used) {
      all.emplace(name);
    }
  };
  need(container.privileged, capability::privileged_container);
  need(container.health_check.has_value(), capability::container_health_check);
  need(!container.depends_on.empty(), capability::container_ordering);
  need(container.restart_policy && container.restart_policy->enabled,
       capability::container_restart_policy);
}

}  // namespace

std::vector<std::string> required_attributes(const schemas::TaskDefinition& definition) {
  std::set<std::string> all;
  for (const schemas::ContainerDefinition& container : definition.containers) {
    add_for_container(container, all);
  }
  if (definition.network_mode == schemas::NetworkMode::awsvpc) {
    all.emplace(capability::task_eni);
  }
  if (definition.cpu || definition.memory) {
    all.emplace(capability::task_cpu_mem_limit);
  }
  if (!definition.task_role_arn.empty()) {
    all.emplace(capability::task_iam_role);
  }
  return {all.begin(), all.end()};
}

}  // namespace control

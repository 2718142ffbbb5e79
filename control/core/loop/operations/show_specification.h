#pragma once

#include <string>

#include "control/core/loop/operations/shapes.h"
#include "control/core/loop/operations/strategy_request.h"
#include "control/core/world/lookups.h"
#include "fargate-pool/core/platform_version.h"
#include "schemas/model/task.h"

namespace control {

/// What tasks are made from, in whichever of a service's shapes shows it: services, deployments and
/// revisions have these members under the same names.
template <class Shown>
void show_specification(const schemas::TaskSpecification& specification,
                        const schemas::Scope& scope, Shown& shown) {
  shown.task_definition = definition_arn(scope, *specification.definition);
  if (specification.capacity_provider_strategy.empty()) {
    shown.launch_type = show_launch_type(specification.launch_type);
  } else {
    shown.capacity_provider_strategy = show_items(specification.capacity_provider_strategy);
  }
  if (specification.launch_type == schemas::LaunchType::fargate) {
    shown.platform_version = specification.platform_version;
    shown.platform_family = std::string(fargate_pool::platform_family);
  }
  if (specification.network) {
    shown.network_configuration = show_network(*specification.network);
  }
}

}  // namespace control

#include "api/agent.h"
#include "control/core/loop/names.h"
#include "control/core/loop/operations/operations.h"
#include "control/core/loop/operations/refusals.h"
#include "control/core/world/lookups.h"

namespace control {

/// Control hands out no agents: a package or whoever installed one updates it, and tasks run on
/// meanwhile. So there is never an update to begin.
Answer update_container_agent(Context& context, const ApiCall& call) {
  const auto& input = call.input.as<api::UpdateContainerAgentRequest>();
  const auto cluster = cluster_named(context.world, call.scope, input.cluster.value_or(""));
  if (!cluster.ok()) {
    return cluster.error();
  }
  const schemas::ContainerInstance* instance =
      instance_in(context.world, *cluster.value(), input.container_instance);
  if (instance == nullptr || instance->status == schemas::InstanceStatus::inactive) {
    return invalid("Referenced container instance " + input.container_instance + " not found.");
  }
  const std::string& version = instance->inventory.agent_version;
  if (version.empty()) {
    return schemas::Error{schemas::ErrorCode::missing_version,
                          "The agent of container instance " + instance->id.text() +
                              " does not say which version it is."};
  }
  return schemas::Error{schemas::ErrorCode::no_update_available,
                        "Container instance " + instance->id.text() + " runs agent version " +
                            version +
                            ". Agents are updated where they were installed; tasks run on "
                            "meanwhile."};
}

}  // namespace control

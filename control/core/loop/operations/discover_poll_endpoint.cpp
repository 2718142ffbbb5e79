#include "api/agent.h"
#include "control/core/loop/names.h"
#include "control/core/loop/operations/operations.h"
#include "control/core/loop/operations/refusals.h"
#include "control/core/world/lookups.h"

namespace control {

namespace {

/// Reports, readings and what is to be run: all of it goes over one channel.
constexpr const char* agent_endpoint_path = "/agent/v1/sync";

}  // namespace

/// Where agents poll and report, from the address at which control is reached: that one only the
/// edge knows, and puts it before what is answered here.
Answer discover_poll_endpoint(Context& context, const ApiCall& call) {
  const auto& input = call.input.as<api::DiscoverPollEndpointRequest>();
  const std::string host = input.container_instance.value_or("");
  if (!host.empty() || input.cluster) {
    const auto cluster = cluster_named(context.world, call.scope, input.cluster.value_or(""));
    if (!cluster.ok()) {  // ECS declares no ClusterNotFoundException here
      return schemas::Error{schemas::ErrorCode::client, cluster.error().message};
    }
    const schemas::ContainerInstance* instance =
        host.empty() ? nullptr : instance_in(context.world, *cluster.value(), host);
    if (!host.empty() &&
        (instance == nullptr || instance->status == schemas::InstanceStatus::inactive)) {
      return schemas::Error{
          schemas::ErrorCode::client,
          "Container instance " + host + " is not in the cluster " + cluster.value()->name + "."};
    }
  }
  api::DiscoverPollEndpointResponse output;
  output.endpoint = agent_endpoint_path;
  output.telemetry_endpoint = agent_endpoint_path;
  return api::Value::of(std::move(output));
}

}  // namespace control

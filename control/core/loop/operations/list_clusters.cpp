#include "api/clusters.h"
#include "control/core/loop/operations/operations.h"
#include "control/core/loop/operations/page.h"
#include "control/core/world/lookups.h"

namespace control {

Answer list_clusters(Context& context, const ApiCall& call) {
  const auto& input = call.input.as<api::ListClustersRequest>();
  auto page = open_page(context, call, input, "");
  if (!page.ok()) {
    return page.error();
  }
  const auto& names = context.world.index().cluster_by_name;
  for (auto at = names.upper_bound({call.scope, page.value().after()});
       at != names.end() && at->first.first == call.scope; ++at) {
    const schemas::Cluster& cluster = context.world->clusters.at(at->second);
    if (cluster.status == schemas::ClusterStatus::active &&
        !page.value().add(cluster.name, cluster_arn(cluster))) {
      break;
    }
  }
  api::ListClustersResponse output;
  output.next_token = page.value().next_token();
  output.cluster_arns = std::move(page).value().entries();
  return api::Value::of(std::move(output));
}

}  // namespace control

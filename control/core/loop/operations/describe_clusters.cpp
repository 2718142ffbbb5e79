#include "control/core/loop/names.h"
#include "control/core/loop/operations/operations.h"
#include "control/core/loop/operations/shapes.h"
#include "control/core/loop/operations/show_cluster.h"
#include "control/core/world/lookups.h"

namespace control {

/// A deleted cluster is still shown, as INACTIVE, until its name is used again.
Answer describe_clusters(Context& context, const ApiCall& call) {
  const auto& input = call.input.as<api::DescribeClustersRequest>();
  std::vector<std::string> names = input.clusters.value_or(std::vector<std::string>{});
  if (names.empty()) {
    names.emplace_back("default");
  }
  api::DescribeClustersResponse output;
  output.clusters.emplace();
  output.failures.emplace();
  for (const std::string& sent : names) {
    const std::optional<std::string> name = local_name(call.scope, "cluster", sent);
    const schemas::Cluster* cluster =
        name ? find_cluster(context.world, call.scope, *name) : nullptr;
    if (cluster == nullptr) {
      output.failures->push_back(missing(meant_arn(call.scope, "cluster", "", sent)));
    } else {
      output.clusters->push_back(show_cluster(context.world, *cluster, input.include));
    }
  }
  return api::Value::of(std::move(output));
}

}  // namespace control

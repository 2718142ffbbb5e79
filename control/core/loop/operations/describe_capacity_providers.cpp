#include <algorithm>

#include "api/capacity_providers.h"
#include "control/core/loop/names.h"
#include "control/core/loop/operations/operations.h"
#include "control/core/loop/operations/page.h"
#include "control/core/loop/operations/shapes.h"
#include "control/core/world/lookups.h"

namespace control {

namespace {

constexpr const char* fargate = "FARGATE";

api::CapacityProvider shared_pool(const schemas::Scope& scope) {
  api::CapacityProvider shown;
  shown.capacity_provider_arn = arn(scope, "capacity-provider", fargate);
  shown.name = fargate;
  shown.status = api::CapacityProviderStatus::active;
  shown.type = api::CapacityProviderType::fargate;
  shown.tags.emplace();
  return shown;
}

}  // namespace

/// There is the shared pool. FARGATE_SPOT would mean capacity that can be taken back, which the
/// pool does not have.
Answer describe_capacity_providers(Context& context, const ApiCall& call) {
  const auto& input = call.input.as<api::DescribeCapacityProvidersRequest>();
  // One entry fits on the first page, so no token was ever given out.
  const auto page = open_page(context, call, input, "");
  if (!page.ok()) {
    return page.error();
  }
  api::DescribeCapacityProvidersResponse output;
  output.capacity_providers.emplace();
  output.failures.emplace();
  if (!input.capacity_providers || input.capacity_providers->empty()) {
    output.capacity_providers->push_back(shared_pool(call.scope));
    return api::Value::of(std::move(output));
  }
  for (const std::string& sent : *input.capacity_providers) {
    if (local_name(call.scope, "capacity-provider", sent) == fargate) {
      output.capacity_providers->push_back(shared_pool(call.scope));
    } else {
      output.failures->push_back(missing(meant_arn(call.scope, "capacity-provider", "", sent)));
    }
  }
  return api::Value::of(std::move(output));
}

}  // namespace control

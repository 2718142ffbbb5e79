#include <algorithm>

#include "api/capacity_providers.h"
#include "control/core/loop/names.h"
#include "control/core/loop/operations/operations.h"
#include "control/core/loop/operations/page.h"
#include "control/core/loop/operations/shapes.h"
#include "control/core/loop/operations/show_capacity_provider.h"
#include "control/core/loop/operations/strategy_request.h"
#include "control/core/world/lookups.h"

namespace control {

namespace {

constexpr std::int64_t page_size = 10;

std::optional<api::CapacityProvider> provider_named(const World& world, const schemas::Scope& scope,
                                                    const std::string& name, TagView tags) {
  if (is_pool_provider(name)) {
    return show_pool_provider(scope, name);
  }
  const schemas::CapacityProvider* provider = find_capacity_provider(world, scope, name);
  return provider == nullptr ? std::nullopt
                             : std::optional(show_capacity_provider(*provider, tags));
}

/// All that the account has, or the cluster, in the order of their names.
std::vector<std::string> all_providers(const World& world, const schemas::Scope& scope,
                                       const schemas::Cluster* cluster) {
  std::vector<std::string> names{schemas::fargate_provider, schemas::fargate_spot_provider};
  const auto& own = world.index().capacity_provider_by_name;
  for (auto at = own.lower_bound({scope, ""}); at != own.end() && at->first.first == scope; ++at) {
    names.push_back(at->first.second);
  }
  if (cluster != nullptr) {
    const std::vector<std::string>& of_cluster = cluster->configuration.capacity_providers;
    std::erase_if(names, [&of_cluster](const std::string& name) {
      return std::find(of_cluster.begin(), of_cluster.end(), name) == of_cluster.end();
    });
  }
  std::sort(names.begin(), names.end());
  return names;
}

/// Those that were named, as they were named; null when all are meant.
const std::vector<std::string>* named(const api::DescribeCapacityProvidersRequest& input) {
  return input.capacity_providers && !input.capacity_providers->empty() ? &*input.capacity_providers
                                                                        : nullptr;
}

std::string filter_of(const api::DescribeCapacityProvidersRequest& input) {
  std::string filter = input.cluster.value_or("");
  if (const std::vector<std::string>* names = named(input)) {
    for (const std::string& name : *names) {
      filter += "\n" + name;
    }
  }
  return filter;
}

}  // namespace

/// FARGATE_SPOT is the pool by another name: its capacity is not taken back.
Answer describe_capacity_providers(Context& context, const ApiCall& call) {
  const auto& input = call.input.as<api::DescribeCapacityProvidersRequest>();
  auto page = open_page(context, call, input, filter_of(input), page_size);
  if (!page.ok()) {
    return page.error();
  }
  const schemas::Cluster* cluster = nullptr;
  if (input.cluster) {
    const auto found = cluster_named(context.world, call.scope, *input.cluster);
    if (!found.ok()) {
      return found.error();
    }
    cluster = found.value();
  }
  const std::vector<std::string>* sent = named(input);
  const std::vector<std::string> all = sent == nullptr
                                           ? all_providers(context.world, call.scope, cluster)
                                           : std::vector<std::string>();
  const std::vector<std::string>& names = sent == nullptr ? all : *sent;
  // Of those named, places in the list are marks enough: the list stands in every call.
  const Page& before = page.value();
  auto at = sent == nullptr
                ? std::upper_bound(names.begin(), names.end(), before.after())
                : names.begin() + std::min<std::int64_t>(before.after_key(), std::ssize(names));
  for (; at != names.end(); ++at) {
    const std::string mark = sent == nullptr ? *at : std::to_string(at - names.begin() + 1);
    if (!page.value().add(mark, *at)) {
      break;
    }
  }
  api::DescribeCapacityProvidersResponse output;
  output.capacity_providers.emplace();
  output.failures.emplace();
  output.next_token = page.value().next_token();
  for (const std::string& entry : std::move(page).value().entries()) {
    const auto name = local_name(call.scope, "capacity-provider", entry);
    auto shown = name ? provider_named(context.world, call.scope, *name, tag_view(input.include))
                      : std::nullopt;
    if (shown) {
      output.capacity_providers->push_back(*std::move(shown));
    } else {
      output.failures->push_back(missing(meant_arn(call.scope, "capacity-provider", "", entry)));
    }
  }
  return api::Value::of(std::move(output));
}

}  // namespace control

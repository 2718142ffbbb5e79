#include <algorithm>

#include "control/core/loop/names.h"
#include "control/core/loop/operations/capacity_provider_request.h"
#include "control/core/loop/operations/operations.h"
#include "control/core/loop/operations/refusals.h"
#include "control/core/loop/operations/show_capacity_provider.h"
#include "control/core/loop/operations/strategy_request.h"
#include "control/core/world/lookups.h"

namespace control {

using schemas::CapacityProvider;
using schemas::Error;
using schemas::ErrorCode;
using schemas::Result;

namespace {

api::AutoScalingGroupProviderUpdate as_update(const api::AutoScalingGroupProvider& wanted) {
  return {.managed_scaling = wanted.managed_scaling,
          .managed_termination_protection = wanted.managed_termination_protection,
          .managed_draining = wanted.managed_draining};
}

/// The caller's own provider of that name or ARN.
Result<const CapacityProvider*> own_provider(const World& world, const schemas::Scope& scope,
                                             const std::string& text) {
  const std::string name = local_name(scope, "capacity-provider", text).value_or("");
  if (is_pool_provider(name)) {
    return Error{ErrorCode::client, "The capacity provider '" + name +
                                        "' is the service's own and cannot be changed or deleted."};
  }
  const CapacityProvider* provider = find_capacity_provider(world, scope, name);
  return provider == nullptr ? Result<const CapacityProvider*>(no_such_capacity_provider(text))
                             : Result<const CapacityProvider*>(provider);
}

/// A name and a group belong to one provider.
schemas::Outcome check_free(const World& world, const schemas::Scope& scope,
                            const std::string& name, const std::string& group) {
  if (find_capacity_provider(world, scope, name) != nullptr) {
    return Error{ErrorCode::client, "The capacity provider '" + name +
                                        "' exists already. Change it with UpdateCapacityProvider, "
                                        "or choose another name."};
  }
  const auto& own = world.index().capacity_provider_by_name;
  for (auto at = own.lower_bound({scope, ""}); at != own.end() && at->first.first == scope; ++at) {
    if (world->capacity_providers.at(at->second).auto_scaling_group_arn == group) {
      return Error{ErrorCode::client, "The Auto Scaling group '" + group +
                                          "' is that of the capacity provider '" +
                                          at->first.second + "' already."};
    }
  }
  return schemas::Done{};
}

}  // namespace

Answer create_capacity_provider(Context& context, const ApiCall& call) {
  const auto& input = call.input.as<api::CreateCapacityProviderRequest>();
  if (!input.auto_scaling_group_provider) {
    return invalid("autoScalingGroupProvider is missing: it says which hosts are meant.");
  }
  const api::AutoScalingGroupProvider& wanted = *input.auto_scaling_group_provider;
  const schemas::Outcome named =
      check_new_capacity_provider(input.name, wanted.auto_scaling_group_arn);
  if (!named.ok()) {
    return named.error();
  }
  const auto tags = read_tags(input.tags);
  if (!tags.ok()) {
    return tags.error();
  }
  CapacityProvider provider;
  provider.key = context.world.next_key(Table::capacity_provider);
  provider.scope = call.scope;
  provider.name = input.name;
  provider.auto_scaling_group_arn = wanted.auto_scaling_group_arn;
  provider.tags = tags.value();
  provider.created_at = context.now;
  const schemas::Outcome read = read_capacity_provider(as_update(wanted), provider);
  if (!read.ok()) {
    return read.error();
  }
  const schemas::Outcome free =
      check_free(context.world, call.scope, input.name, provider.auto_scaling_group_arn);
  if (!free.ok()) {
    return free.error();
  }
  apply(context.world, CapacityProviderCreated{provider});
  log_event(context, call.scope, "capacity-provider.created",
            arn(call.scope, "capacity-provider", provider.name), "{}");
  api::CreateCapacityProviderResponse output;
  output.capacity_provider = show_capacity_provider(provider, TagView::shown);
  return api::Value::of(std::move(output));
}

Answer update_capacity_provider(Context& context, const ApiCall& call) {
  const auto& input = call.input.as<api::UpdateCapacityProviderRequest>();
  const auto found = own_provider(context.world, call.scope, input.name);
  if (!found.ok()) {
    return found.error();
  }
  if (!input.auto_scaling_group_provider) {
    return invalid("autoScalingGroupProvider is missing: it says what is to change.");
  }
  CapacityProvider provider = *found.value();
  const schemas::Outcome read =
      read_capacity_provider(*input.auto_scaling_group_provider, provider);
  if (!read.ok()) {
    return read.error();
  }
  provider.last_update = schemas::CapacityProviderUpdate::updated;
  apply(context.world, CapacityProviderChanged{provider});
  log_event(context, call.scope, "capacity-provider.updated",
            arn(call.scope, "capacity-provider", provider.name), "{}");
  api::UpdateCapacityProviderResponse output;
  output.capacity_provider = show_capacity_provider(provider, TagView::shown);
  return api::Value::of(std::move(output));
}

/// One that no cluster names is gone at once: its hosts are their clusters' and stay.
Answer delete_capacity_provider(Context& context, const ApiCall& call) {
  const auto& input = call.input.as<api::DeleteCapacityProviderRequest>();
  const auto found = own_provider(context.world, call.scope, input.capacity_provider);
  if (!found.ok()) {
    return found.error();
  }
  const CapacityProvider provider = *found.value();
  for (const auto& [key, cluster] : context.world->clusters) {
    const auto& names = cluster.configuration.capacity_providers;
    if (cluster.scope == call.scope && cluster.status == schemas::ClusterStatus::active &&
        std::find(names.begin(), names.end(), provider.name) != names.end()) {
      return Error{ErrorCode::client, "The capacity provider '" + provider.name +
                                          "' is associated with the cluster '" + cluster.name +
                                          "'. Take it off with PutClusterCapacityProviders first."};
    }
  }
  apply(context.world, CapacityProviderDeleted{provider.key});
  log_event(context, call.scope, "capacity-provider.deleted",
            arn(call.scope, "capacity-provider", provider.name), "{}");
  api::DeleteCapacityProviderResponse output;
  output.capacity_provider = show_capacity_provider(provider, TagView::shown);
  output.capacity_provider->status = api::CapacityProviderStatus::inactive;
  output.capacity_provider->update_status = api::CapacityProviderUpdateStatus::delete_complete;
  return api::Value::of(std::move(output));
}

}  // namespace control

#include "control/core/world/parts.h"

namespace control {

using schemas::require;

void carry_out(WorldParts& parts, const CapacityProviderCreated& change) {
  const schemas::CapacityProvider& provider = change.provider;
  keep_key(parts, Table::capacity_provider, provider.key);
  require(parts.index.capacity_provider_by_name
              .try_emplace({provider.scope, provider.name}, provider.key)
              .second,
          "two capacity providers have one name");
  parts.tables.capacity_providers[provider.key] = provider;
  touch(parts, Table::capacity_provider, provider.key, {});
}

void carry_out(WorldParts& parts, const CapacityProviderChanged& change) {
  const auto at = parts.tables.capacity_providers.find(change.provider.key);
  require(at != parts.tables.capacity_providers.end() && at->second.name == change.provider.name,
          "a capacity provider that does not exist, or has another name, is changed");
  at->second = change.provider;
  touch(parts, Table::capacity_provider, change.provider.key, {});
}

void carry_out(WorldParts& parts, const CapacityProviderDeleted& change) {
  const auto at = parts.tables.capacity_providers.find(change.provider);
  require(at != parts.tables.capacity_providers.end(), "a capacity provider is deleted twice");
  parts.index.capacity_provider_by_name.erase({at->second.scope, at->second.name});
  parts.tables.capacity_providers.erase(at);
  touch(parts, Table::capacity_provider, change.provider, {});
}

}  // namespace control

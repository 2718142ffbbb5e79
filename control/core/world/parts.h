#pragma once

// For the files that carry out changes; nobody else needs it.

#include "control/core/world/change.h"
#include "control/core/world/world.h"

namespace control {

struct WorldAccess {
  static WorldParts& parts(World& world) { return world.parts_; }
  static const WorldParts& parts(const World& world) { return world.parts_; }
};

/// Notes that a row must be written, or erased if it is gone.
inline void touch(WorldParts& parts, Table table, std::int64_t key, const schemas::IdBytes& id) {
  parts.news.touched.insert({.table = table, .key = key, .id = id});
}

/// Notes a key that was given out.
inline void keep_key(WorldParts& parts, Table table, std::int64_t key) {
  schemas::require(key > 0, "a row without a key");
  std::int64_t& last = parts.last_key[static_cast<std::size_t>(table)];
  last = key > last ? key : last;
}

void carry_out(WorldParts& parts, const ClusterCreated& change);
void carry_out(WorldParts& parts, const ClusterDeactivated& change);
void carry_out(WorldParts& parts, const ClusterTagged& change);
void carry_out(WorldParts& parts, const ClusterConfigured& change);
void carry_out(WorldParts& parts, const CapacityProviderCreated& change);
void carry_out(WorldParts& parts, const CapacityProviderChanged& change);
void carry_out(WorldParts& parts, const CapacityProviderDeleted& change);
void carry_out(WorldParts& parts, const AccountSettingPut& change);
void carry_out(WorldParts& parts, const AccountSettingDeleted& change);
void carry_out(WorldParts& parts, const DefinitionRegistered& change);
void carry_out(WorldParts& parts, const DefinitionDeregistered& change);
void carry_out(WorldParts& parts, const DefinitionDeletionBegun& change);
void carry_out(WorldParts& parts, const DefinitionTagged& change);
void carry_out(WorldParts& parts, const DefinitionForgotten& change);
void carry_out(WorldParts& parts, const ServiceCreated& change);
void carry_out(WorldParts& parts, const ServiceChanged& change);
void carry_out(WorldParts& parts, const DeploymentAccounted& change);
void carry_out(WorldParts& parts, const ServiceEventAdded& change);
void carry_out(WorldParts& parts, const ServiceDeploymentBegun& change);
void carry_out(WorldParts& parts, const ServiceDeploymentChanged& change);
void carry_out(WorldParts& parts, const ServiceDeploymentForgotten& change);
void carry_out(WorldParts& parts, const ServiceForgotten& change);
void carry_out(WorldParts& parts, const InstanceRegistered& change);
void carry_out(WorldParts& parts, const InstanceChanged& change);
void carry_out(WorldParts& parts, const InstanceHeard& change);
void carry_out(WorldParts& parts, const InstanceDisconnected& change);
void carry_out(WorldParts& parts, const InstanceGivenUp& change);
void carry_out(WorldParts& parts, const InstanceDeregistered& change);
void carry_out(WorldParts& parts, const InstanceForgotten& change);
void carry_out(WorldParts& parts, const VpcCreated& change);
void carry_out(WorldParts& parts, const SubnetCreated& change);
void carry_out(WorldParts& parts, const SecurityGroupCreated& change);
void carry_out(WorldParts& parts, const SecurityGroupChanged& change);
void carry_out(WorldParts& parts, const SecurityGroupDeleted& change);
void carry_out(WorldParts& parts, const TaskCreated& change);
void carry_out(WorldParts& parts, const TaskChanged& change);
void carry_out(WorldParts& parts, const CredentialsRenewalDue& change);
void carry_out(WorldParts& parts, const TaskTagged& change);
void carry_out(WorldParts& parts, const TaskForgotten& change);
void carry_out(WorldParts& parts, const EniCreated& change);
void carry_out(WorldParts& parts, const EniReleased& change);
void carry_out(WorldParts& parts, const UsageMetered& change);
void carry_out(WorldParts& parts, const TokenRemembered& change);
void carry_out(WorldParts& parts, const TokenForgotten& change);
void carry_out(WorldParts& parts, const UserCreated& change);
void carry_out(WorldParts& parts, const UserDeleted& change);
void carry_out(WorldParts& parts, const AccessKeyCreated& change);
void carry_out(WorldParts& parts, const AccessKeyChanged& change);
void carry_out(WorldParts& parts, const AccessKeyDeleted& change);
void carry_out(WorldParts& parts, const RoleCreated& change);
void carry_out(WorldParts& parts, const RoleDeleted& change);
void carry_out(WorldParts& parts, const JoinTokenCreated& change);
void carry_out(WorldParts& parts, const JoinTokenSpent& change);
void carry_out(WorldParts& parts, const SessionOpened& change);
void carry_out(WorldParts& parts, const SessionEnded& change);
void carry_out(WorldParts& parts, const Logged& change);
void carry_out(WorldParts& parts, const Audited& change);

/// Takes over into its fleet what placement must know of a host.
void show_to_placement(WorldParts& parts, const schemas::ContainerInstance& instance);

/// Takes over into its cluster's fleet what placement must know of a service, if it is a daemon.
void show_daemon(WorldParts& parts, const schemas::Service& service);

/// The daemons of a cluster are to be planned anew: its hosts have changed.
void note_daemons(WorldParts& parts, std::int64_t cluster);

/// The host no longer has to have the interface, nor its VPC to know it.
void unassign_eni(WorldParts& parts, const schemas::Eni& eni);

}  // namespace control

#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "control/core/world/audit.h"
#include "control/core/world/event.h"
#include "control/core/world/world.h"
#include "schemas/model/access.h"
#include "schemas/model/meter.h"

namespace control {

// Facts, in the past tense: the only way World moves. Each carries the whole new value, so applying
// one twice is applying it once. Keys come from `World::next_key`.

struct ClusterCreated {
  schemas::Cluster cluster;
};
/// The cluster was deleted: it stays describable as INACTIVE, its name is free.
struct ClusterDeactivated {
  std::int64_t cluster = 0;
};
struct ClusterTagged {
  std::int64_t cluster = 0;
  std::vector<schemas::Tag> tags;  ///< all that it has now
};
struct ClusterConfigured {
  std::int64_t cluster = 0;
  schemas::ClusterConfiguration configuration;
};

struct CapacityProviderCreated {
  schemas::CapacityProvider provider;
};
/// Its settings or tags changed.
struct CapacityProviderChanged {
  schemas::CapacityProvider provider;
};
/// No cluster named it.
struct CapacityProviderDeleted {
  std::int64_t provider = 0;
};

/// New, or with another value.
struct AccountSettingPut {
  schemas::AccountSetting setting;
};
struct AccountSettingDeleted {
  std::int64_t setting = 0;
};

struct DefinitionRegistered {
  schemas::Scope scope;
  schemas::TaskDefinitionRef definition;
};
struct DefinitionDeregistered {
  std::int64_t definition = 0;
  schemas::Instant at{};
};
/// Its deletion was asked for: it stays as long as anything refers to it.
struct DefinitionDeletionBegun {
  std::int64_t definition = 0;
};
struct DefinitionTagged {
  std::int64_t definition = 0;
  std::vector<schemas::Tag> tags;  ///< all that it has now
};
/// Nothing refers to it any more. The newest of its family leaves its number behind, so that no
/// other revision ever gets it (`is_deleted`).
struct DefinitionForgotten {
  std::int64_t definition = 0;
};

struct ServiceCreated {
  schemas::Service service;
};
/// Everything but its events may have changed.
struct ServiceChanged {
  schemas::Service service;
};
/// What one of its deployments keeps account of has changed: apart from `ServiceChanged`, because
/// it happens with every task and the rest of a service is large.
struct DeploymentAccounted {
  std::int64_t service = 0;
  schemas::Deployment deployment;
};
struct ServiceEventAdded {
  std::int64_t key = 0;
  std::int64_t service = 0;
  schemas::ServiceEvent event;
};
/// A change of what a service runs began, and with it the record of how it goes.
struct ServiceDeploymentBegun {
  schemas::ServiceDeployment deployment;
};
/// It went on, or ended. What it leads to stays.
struct ServiceDeploymentChanged {
  schemas::ServiceDeployment deployment;
};
/// So many followed it that nobody asks any more.
struct ServiceDeploymentForgotten {
  std::int64_t deployment = 0;
};
/// An INACTIVE service made way for a new one of its name.
struct ServiceForgotten {
  std::int64_t service = 0;
};

struct InstanceRegistered {
  schemas::ContainerInstance instance;
};
/// Its inventory, status, tags or boot changed.
struct InstanceChanged {
  schemas::ContainerInstance instance;
};
/// It spoke to us. The lease is in memory only; that a host is back is not.
struct InstanceHeard {
  schemas::InstanceId instance;
  schemas::Instant lease_until{};
};
/// Its lease ran out: nothing new is placed there.
struct InstanceDisconnected {
  schemas::InstanceId instance;
};
/// Its grace ran out and its tasks were given up. In memory only.
struct InstanceGivenUp {
  schemas::InstanceId instance;
};
/// It left its cluster for good, its tasks and interfaces given up before: INACTIVE from now on.
struct InstanceDeregistered {
  schemas::InstanceId instance;
  schemas::Instant at{};
};
/// Deregistered so long ago that nobody asks any more, and no task names it.
struct InstanceForgotten {
  schemas::InstanceId instance;
};

struct VpcCreated {
  schemas::Vpc vpc;
};
struct SubnetCreated {
  schemas::Subnet subnet;
};
struct SecurityGroupCreated {
  schemas::SecurityGroup group;
};
/// It has other rules.
struct SecurityGroupChanged {
  schemas::SecurityGroup group;
};
/// No interface had it.
struct SecurityGroupDeleted {
  schemas::SecurityGroupId group;
};

struct TaskCreated {
  schemas::Task task;
};
/// A report was folded into it, or a decision was made about it.
struct TaskChanged {
  schemas::Task task;
};
/// Its host is to hear of it again, for the credentials that come with it. In memory only.
struct CredentialsRenewalDue {
  schemas::TaskId task;
};
struct TaskTagged {
  std::int64_t task = 0;
  std::vector<schemas::Tag> tags;  ///< all that it has now
};
/// Stopped so long ago that nobody asks any more; its usage stays.
struct TaskForgotten {
  std::int64_t task = 0;
};

struct EniCreated {
  schemas::Eni eni;
};
/// Its host has removed it, or will never come back: the address is free again.
struct EniReleased {
  schemas::EniId eni;
  schemas::Instant at{};
};

struct UsageMetered {
  std::int64_t task = 0;
  schemas::MeterRecord record;
};

struct TokenRemembered {
  Token token;
};
struct TokenForgotten {
  std::int64_t token = 0;
};

struct UserCreated {
  schemas::User user;
};
/// Its keys went before it.
struct UserDeleted {
  std::int64_t user = 0;
};
struct AccessKeyCreated {
  schemas::AccessKey access_key;
};
/// Switched on or off; nothing else of a key ever changes.
struct AccessKeyChanged {
  std::int64_t access_key = 0;
  schemas::AccessKeyStatus status = schemas::AccessKeyStatus::active;
};
struct AccessKeyDeleted {
  std::int64_t access_key = 0;
};
/// Made, or changed in anything but its key, account and name.
struct RoleCreated {
  schemas::Role role;
};
struct RoleDeleted {
  std::int64_t role = 0;
};
struct JoinTokenCreated {
  schemas::JoinToken token;
};
/// It bought an agent its identity, or it has expired.
struct JoinTokenSpent {
  std::int64_t token = 0;
};
struct SessionOpened {
  schemas::Session session;
};
/// Its owner ended it, or it has expired.
struct SessionEnded {
  std::int64_t session = 0;
};

/// An entry for the event log; its sequence number is World's to give.
struct Logged {
  Event event;
};

/// An entry for the audit trail; its sequence number is World's to give.
struct Audited {
  AuditEntry entry;
};

using Change = std::variant<
    ClusterCreated, ClusterDeactivated, ClusterTagged, ClusterConfigured, CapacityProviderCreated,
    CapacityProviderChanged, CapacityProviderDeleted, AccountSettingPut, AccountSettingDeleted,
    DefinitionRegistered, DefinitionDeregistered, DefinitionDeletionBegun, DefinitionTagged,
    DefinitionForgotten, ServiceCreated, ServiceChanged, DeploymentAccounted, ServiceEventAdded,
    ServiceDeploymentBegun, ServiceDeploymentChanged, ServiceDeploymentForgotten, ServiceForgotten,
    InstanceRegistered, InstanceChanged, InstanceHeard, InstanceDisconnected, InstanceGivenUp,
    InstanceDeregistered, InstanceForgotten, VpcCreated, SubnetCreated, SecurityGroupCreated,
    SecurityGroupChanged, SecurityGroupDeleted, TaskCreated, TaskChanged, CredentialsRenewalDue,
    TaskTagged, TaskForgotten, EniCreated, EniReleased, UsageMetered, TokenRemembered,
    TokenForgotten, UserCreated, UserDeleted, AccessKeyCreated, AccessKeyChanged, AccessKeyDeleted,
    RoleCreated, RoleDeleted, JoinTokenCreated, JoinTokenSpent, SessionOpened, SessionEnded, Logged,
    Audited>;

/// Moves World on. Total: every change the loop makes is valid, or `require` ends the process.
void apply(World& world, const Change& change);

}  // namespace control

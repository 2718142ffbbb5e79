#pragma once

// The whole state of the service, as a value. Planners read it; `apply` (change.h) is the only way
// it moves. `Tables` is what the store holds; `Index` follows from it and is rebuilt on load.

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "control/core/place/fleet.h"
#include "control/core/world/assignments.h"
#include "control/core/world/event.h"
#include "control/core/world/rows.h"
#include "fargate-pool/core/meter.h"
#include "netif/core/addresses.h"
#include "schemas/base/address.h"
#include "schemas/base/id.h"
#include "schemas/base/time.h"
#include "schemas/model/access.h"
#include "schemas/model/account_setting.h"
#include "schemas/model/capacity_provider.h"
#include "schemas/model/cluster.h"
#include "schemas/model/meter.h"
#include "schemas/model/network.h"
#include "schemas/model/service.h"
#include "schemas/model/task.h"
#include "schemas/model/task_definition.h"

namespace control {

/// A definition and whose it is.
struct OwnedDefinition {
  schemas::Scope scope;
  schemas::TaskDefinitionRef definition;
};

/// What a clientToken bought: the same call again gets the same tasks.
struct Token {
  std::int64_t key = 0;
  schemas::Scope scope;
  std::string token;
  std::string request_hash;  ///< of everything else in the request
  std::vector<schemas::TaskId> tasks;
  schemas::Instant created_at{};
  bool operator==(const Token&) const = default;
};

/// A metered task's readings, summed. It outlives its task: bills are asked for months later, so
/// it names everything in words.
struct TaskUsage {
  std::int64_t key = 0;  ///< the task's
  schemas::TaskId task;
  schemas::Scope scope;
  std::string cluster;
  std::string service;  ///< empty = standalone
  std::string family;
  std::int64_t revision = 0;
  schemas::CpuUnits cpu;
  schemas::MemoryMib memory;
  fargate_pool::MeterTotal use;
  bool operator==(const TaskUsage&) const = default;
};

/// An interface that its task no longer has, kept as long as the task can be described.
struct ReleasedEni {
  schemas::Eni eni;
  schemas::Instant released_at{};
};

struct Tables {
  std::map<std::int64_t, schemas::Cluster> clusters;
  std::map<std::int64_t, schemas::CapacityProvider> capacity_providers;
  std::map<std::int64_t, schemas::AccountSetting> account_settings;
  std::map<std::int64_t, OwnedDefinition> definitions;
  std::map<std::int64_t, schemas::Service> services;
  std::map<std::int64_t, schemas::Task> tasks;
  std::map<schemas::InstanceId, schemas::ContainerInstance> instances;
  std::map<schemas::VpcId, schemas::Vpc> vpcs;
  std::map<schemas::SubnetId, schemas::Subnet> subnets;
  std::map<schemas::SecurityGroupId, schemas::SecurityGroup> security_groups;
  std::map<schemas::EniId, schemas::Eni> enis;  ///< each owns its address
  std::map<schemas::EniId, ReleasedEni> released_enis;
  std::map<std::int64_t, TaskUsage> usage;
  std::map<std::int64_t, Token> tokens;
  std::map<std::int64_t, schemas::User> users;
  std::map<std::int64_t, schemas::AccessKey> access_keys;
  std::map<std::int64_t, schemas::Role> roles;
  std::map<std::int64_t, schemas::JoinToken> join_tokens;
  std::map<std::int64_t, schemas::Session> sessions;
  std::map<std::int64_t, schemas::ServiceDeployment> service_deployments;
};

using Keys = std::set<std::int64_t>;

/// A cluster's tasks by what is shown of them, kept as they change.
struct TaskTally {
  std::int64_t pending_on_hosts = 0;
  std::int64_t running_on_hosts = 0;
  std::int64_t pending_on_pool = 0;
  std::int64_t running_on_pool = 0;
};

/// Look-ups. Scoped names: an account sees its own.
struct Index {
  std::map<std::pair<schemas::Scope, std::string>, std::int64_t> cluster_by_name;
  std::map<std::pair<schemas::Scope, std::string>, std::int64_t> capacity_provider_by_name;
  std::map<std::tuple<schemas::Scope, std::string, std::string>, std::int64_t>
      account_setting_by_name;  ///< scope, principal, name
  std::map<std::pair<schemas::Scope, std::string>, std::map<std::int64_t, std::int64_t>>
      revisions_by_family;
  Keys definitions_leaving;  ///< to be forgotten when nothing refers to them any more
  std::map<std::pair<std::int64_t, std::string>, std::int64_t> service_by_name;  ///< cluster, name
  std::map<std::int64_t, Keys> services_of_cluster;
  std::map<std::int64_t, std::vector<std::int64_t>> event_keys_of_service;  ///< oldest first
  std::map<std::int64_t, Keys> deployments_of_service;  ///< service deployments, oldest first
  std::map<schemas::DeploymentId, std::int64_t> service_deployment_by_id;
  std::map<schemas::TaskId, std::int64_t> task_by_id;
  std::map<std::int64_t, Keys> tasks_of_cluster;
  std::map<std::int64_t, TaskTally> tally_of_cluster;
  std::map<std::int64_t, Keys> live_tasks_of_service;  ///< not STOPPED
  std::map<std::int64_t, Keys> stopped_tasks_of_service;
  std::map<schemas::InstanceId, Keys> live_tasks_of_instance;
  std::set<std::pair<schemas::Instant, std::int64_t>> stopped_tasks;  ///< by when they stopped
  std::map<std::string, schemas::InstanceId> instance_by_identity;
  std::map<std::int64_t, std::set<schemas::InstanceId>>
      instances_of_cluster;  ///< 0 = the pool; not those deregistered
  /// Connected hosts by when their lease ends; and those whose lease has ended, until their tasks
  /// have been given up.
  std::set<std::pair<schemas::Instant, schemas::InstanceId>> leases;
  std::set<std::pair<schemas::Instant, schemas::InstanceId>> absent;
  /// Hosts that were deregistered, by when.
  std::set<std::pair<schemas::Instant, schemas::InstanceId>> deregistered;
  std::map<schemas::Scope, schemas::VpcId> default_vpc;
  std::map<schemas::VpcId, std::vector<schemas::SubnetId>> subnets_of_vpc;
  std::map<schemas::VpcId, std::set<schemas::SecurityGroupId>> groups_of_vpc;
  std::map<schemas::SecurityGroupId, std::set<schemas::EniId>> enis_of_group;  ///< not released
  std::map<schemas::SubnetId, netif::AddressPool> addresses;
  std::map<schemas::InstanceId, netif::AddressPool> public_addresses;
  std::map<schemas::InstanceId, std::set<schemas::EniId>> enis_of_instance;
  std::set<schemas::EniId> enis_assigned;  ///< those their host must have
  std::map<std::pair<schemas::Scope, std::string>, std::int64_t> token_by_name;
  std::map<std::pair<std::string, std::string>, std::int64_t> user_by_name;  ///< account, name
  std::map<std::int64_t, Keys> access_keys_of_user;
  std::map<std::string, std::int64_t> access_key_by_id;
  std::map<std::pair<std::string, std::string>, std::int64_t> role_by_name;  ///< account, name
  std::map<std::string, std::int64_t> join_token_by_hash;
  std::set<std::pair<schemas::Instant, std::int64_t>> join_tokens_by_end;  ///< when they expire
  std::map<std::string, std::int64_t> session_by_hash;
  std::set<std::pair<schemas::Instant, std::int64_t>> sessions_by_end;  ///< when they expire
  /// Grows with every change of who may call: whoever keeps a copy sees whether it is current.
  std::int64_t access_version = 0;
};

/// Names a row of a table; `id` where the table's map is keyed by one.
struct RowRef {
  Table table = Table::metadata;
  std::int64_t key = 0;
  schemas::IdBytes id{};
  auto operator<=>(const RowRef&) const = default;
};

/// What changed since it was last taken.
struct News {
  std::set<RowRef> touched;         ///< to be written, or erased if no longer there
  std::vector<Row> appended;        ///< append-only tables
  std::vector<Event> events;        ///< the event rows among them, as values
  std::set<std::int64_t> services;  ///< to be planned anew
};

/// World's parts, for `apply` alone.
struct WorldParts {
  Tables tables;
  Index index;
  std::map<std::int64_t, Fleet> fleets;
  Assignments assignments;
  News news;
  std::array<std::int64_t, table_count> last_key{};
  std::int64_t epoch = 0;
};

/// An attribute that placement sees on hosts with a free public address: tasks with
/// `assignPublicIp` require it.
inline constexpr std::string_view public_address_attribute = "stowage.public-address";

/// The fleet that a task is placed on: its cluster's (by key), or the pool's (0).
std::int64_t fleet_of(const schemas::Task& task);

/// What a task takes from its host. Groups are told apart by cluster, since all share the pool.
Claim claim_on_fleet(const schemas::Task& task);

class World {
 public:
  const Tables* operator->() const { return &parts_.tables; }
  [[nodiscard]] const Index& index() const { return parts_.index; }
  [[nodiscard]] const Assignments& assignments() const { return parts_.assignments; }
  /// The hosts of a cluster (0 = the pool) as placement sees them, kept in step with their tasks.
  [[nodiscard]] const Fleet& fleet(std::int64_t cluster) const;
  /// How often this state was loaded; part of every assignment version.
  [[nodiscard]] std::int64_t epoch() const { return parts_.epoch; }

  /// The key for the next row of a table: row keys grow in the order of creation.
  [[nodiscard]] std::int64_t next_key(Table table) const {
    return parts_.last_key[static_cast<std::size_t>(table)] + 1;
  }

 private:
  friend struct WorldAccess;
  WorldParts parts_;
};

}  // namespace control

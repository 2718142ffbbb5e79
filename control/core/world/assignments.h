#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "control/core/world/assignment_log.h"
#include "schemas/base/id.h"
#include "schemas/model/network.h"

namespace control {

/// What changed for one host, by name; the loop looks the values up. A full delta names all there
/// is, and what the host has beyond it must go.
struct AssignmentDelta {
  std::int64_t version = 0;
  bool full = false;
  std::vector<schemas::TaskId> tasks;
  std::vector<schemas::TaskId> tasks_gone;
  std::vector<schemas::EniId> enis;
  std::vector<schemas::EniId> enis_gone;
  std::vector<schemas::SubnetId> subnets;
  std::vector<schemas::SubnetId> subnets_gone;
  std::vector<schemas::EniId> neighbours;
  std::vector<schemas::EniId> neighbours_gone;
  std::vector<schemas::SecurityGroupId> groups;
  std::vector<schemas::SecurityGroupId> groups_gone;
};

/// Which host must know what, and since when. Tasks and interfaces of a host stand in its own log,
/// and the security groups that these interfaces have (who is in them follows from the VPC); what
/// all hosts of a VPC share (where each interface is, which subnets there are) stands in the
/// VPC's log once, so that a new interface costs the same however many hosts the VPC spans. One
/// counter stamps both kinds, so a host's version is the highest of what concerns it.
class Assignments {
 public:
  /// Versions of different epochs never meet: each process starts one of its own, and an agent
  /// that shows a version of another gets everything.
  explicit Assignments(std::int64_t epoch = 0);

  void task_changed(schemas::InstanceId host, schemas::TaskId task);
  void task_gone(schemas::InstanceId host, schemas::TaskId task);
  void subnet_added(schemas::VpcId vpc, schemas::SubnetId subnet);
  void eni_placed(const schemas::Eni& eni, schemas::InstanceId host);
  void eni_gone(const schemas::Eni& eni, schemas::InstanceId host);
  /// Its rules: told to exactly those hosts that have an interface with it.
  void group_changed(schemas::SecurityGroupId group);

  [[nodiscard]] std::int64_t version(schemas::InstanceId host) const;
  [[nodiscard]] AssignmentDelta since(schemas::InstanceId host,
                                      std::optional<std::int64_t> have) const;

  /// The hosts whose version may have grown since the last call.
  std::set<schemas::InstanceId> take_news();

 private:
  struct Host {
    AssignmentLog log;
    std::int64_t floor = 0;                        ///< a version this host was already told of
    std::map<schemas::VpcId, std::int64_t> since;  ///< VPCs it takes part in, and from when
    std::map<schemas::VpcId, std::int64_t> left;   ///< VPCs it took part in, and until when
    std::map<schemas::VpcId, std::int64_t> enis;   ///< how many interfaces it has in each
    std::map<schemas::SecurityGroupId, std::int64_t> groups;  ///< how many have it
  };
  struct Network {
    AssignmentLog log;
    std::set<schemas::InstanceId> hosts;
  };

  void take_groups(const schemas::Eni& eni, schemas::InstanceId id, Host& host);
  void drop_groups(const schemas::Eni& eni, schemas::InstanceId id, Host& host);
  void add_own(const Host& host, std::int64_t have, AssignmentDelta& delta) const;
  void add_networks(schemas::InstanceId id, const Host& host, std::int64_t have,
                    AssignmentDelta& delta) const;
  [[nodiscard]] bool knows(const Host& host, std::int64_t have) const;

  std::int64_t base_;
  std::int64_t last_;
  std::map<schemas::InstanceId, Host> hosts_;
  std::map<schemas::VpcId, Network> networks_;
  std::map<schemas::SecurityGroupId, std::set<schemas::InstanceId>> hosts_of_group_;
  std::set<schemas::InstanceId> news_;
  std::set<schemas::VpcId> network_news_;
};

}  // namespace control

#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "agent/core/host.h"
#include "agent/core/task_state.h"
#include "netif/core/host_network.h"

namespace sim {

/// Who a host is, as control told it.
struct Identity {
  std::string hash;
  schemas::InstanceId instance;
};

/// What an agent keeps in its data directory. `agent/edge/checkpoint` writes the same at the same
/// moments: where a container is to be started or a meter record was made it waits for the disk,
/// else not.
struct Disk {
  std::optional<Identity> identity;
  std::map<schemas::TaskId, agent::TaskRecord> tasks;
  std::map<schemas::EniId, schemas::EniAssignment> enis;
  std::map<schemas::SubnetId, schemas::SubnetAssignment> subnets;
  std::map<schemas::EniId, schemas::Neighbour> neighbours;
  std::map<schemas::SecurityGroupId, schemas::SecurityGroupAssignment> groups;
  std::vector<schemas::MeterRecord> meters;
  std::int64_t starts = 0;
  std::string boot_id;

  /// Writes what a step leads to, in one transaction.
  void save(const agent::Step& step, const agent::HostState& state,
            const std::vector<schemas::SyncAnswer>& network);
  [[nodiscard]] netif::HostNetwork network() const;
};

}  // namespace sim

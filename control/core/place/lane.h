#pragma once

// The hosts of one availability zone, in the order of their ids, with search trees over what is
// left of each: a task finds its host in a few steps instead of asking every one.

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "control/core/place/refusal.h"
#include "control/core/place/request.h"
#include "schemas/base/id.h"
#include "schemas/base/units.h"
#include "schemas/model/cluster.h"

namespace control {

/// What is left of a host. Negative when it is over-committed.
struct HostRoom {
  schemas::CpuUnits cpu;
  schemas::MemoryMib memory;
  std::int64_t eni_slots = 0;
  std::vector<HostPort> used_ports;  ///< sorted; twice when two tasks hold it
  bool operator==(const HostRoom&) const = default;
};

/// One host as placement sees it.
struct Host {
  schemas::InstanceId id;
  schemas::InstanceStatus status = schemas::InstanceStatus::active;
  bool connected = false;
  schemas::CpuUnits cpu;       ///< all of it
  schemas::MemoryMib memory;   ///< all of it
  std::int64_t eni_slots = 0;  ///< all of them
  std::map<std::string, std::string> attributes;
  HostRoom room;

  /// The larger of the shares of CPU and memory that are taken, in millionths.
  [[nodiscard]] std::int64_t load() const;
};

class Lane {
 public:
  /// The hosts, by id.
  [[nodiscard]] const std::vector<Host>& hosts() const { return hosts_; }
  [[nodiscard]] std::optional<std::size_t> find(const schemas::InstanceId& id) const;

  /// Tasks of the group in this zone, and on the host at `index`.
  [[nodiscard]] std::int64_t group_total(std::string_view group) const;
  [[nodiscard]] std::int64_t group_count(std::string_view group, std::size_t index) const;

  void insert(Host host);
  /// Takes the host out and answers it; its group counts go with it.
  void erase(std::size_t index);
  /// Replaces what a host says of itself; what is taken stays taken.
  void update(std::size_t index, const Host& host);
  void take(std::size_t index, const Claim& claim);
  void give_back(std::size_t index, const Claim& claim);

 private:
  std::vector<Host> hosts_;
};

}  // namespace control

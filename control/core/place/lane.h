#pragma once

// The hosts of one availability zone, in the order of their ids, with search trees over what is
// left of each: a task finds its host in a few steps instead of asking every one.

#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "control/core/place/query/expression.h"
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

/// What a host has to do with one daemon of its cluster.
struct DaemonRoom {
  std::string group;  ///< of the daemon's tasks
  Claim held;         ///< by those of them that are here
  Claim owed;         ///< kept free for the next of them
  bool operator==(const DaemonRoom&) const = default;
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
  std::string agent_version;
  schemas::Instant registered_at{};
  HostRoom room;
  std::map<std::string, std::int64_t, std::less<>> groups;  ///< tasks here, by group; none is 0
  std::int64_t running_tasks = 0;                           ///< of those that are here
  std::vector<DaemonRoom> daemons;                          ///< of those that are here or owed room
  Claim owed;                                               ///< to all of them; a port may be twice

  /// Whether new tasks may come at all.
  [[nodiscard]] bool open() const { return connected && status == schemas::InstanceStatus::active; }
  /// The larger of the shares of CPU and memory that are taken, in millionths.
  [[nodiscard]] std::int64_t load() const;
  [[nodiscard]] std::int64_t group_tasks(std::string_view group) const;
  /// What is left for tasks that are no daemon's.
  [[nodiscard]] schemas::CpuUnits free_cpu() const { return room.cpu - owed.cpu; }
  [[nodiscard]] schemas::MemoryMib free_memory() const { return room.memory - owed.memory; }
  [[nodiscard]] std::int64_t free_eni_slots() const { return room.eni_slots - owed.eni_slots; }
  /// Takes over what is held by daemons and owed to them.
  void keep(std::vector<DaemonRoom> rooms);
  /// The daemons that it owes room, by the names of their services: "service:a, service:b".
  [[nodiscard]] std::string keeps_for() const;
  /// What it answers to an expression.
  [[nodiscard]] query::Facts facts() const;
};

class Lane {
 public:
  /// What the hosts below a node of the tree have at most and at least. Hosts that are not open
  /// have nothing.
  struct Node {
    std::int64_t cpu_max = std::numeric_limits<std::int64_t>::min();
    std::int64_t memory_max = std::numeric_limits<std::int64_t>::min();
    std::int64_t eni_slots_max = std::numeric_limits<std::int64_t>::min();
    std::int64_t load_min = std::numeric_limits<std::int64_t>::max();
  };

  /// Tasks of one group in this zone: all of them, and the fewest on a host below each node.
  struct Group {
    std::int64_t total = 0;
    std::vector<std::int32_t> fewest;
  };

  /// The hosts that an expression holds for.
  struct Members {
    query::Expression expression;
    /// By node: whether it holds for any host below. Empty for an expression that asks about
    /// tasks: its answers change too often to be kept.
    std::vector<std::uint8_t> any;
    std::int64_t used = 0;  ///< when it was last asked for, to forget what nobody asks any more
  };

  /// The hosts, by id.
  [[nodiscard]] const std::vector<Host>& hosts() const {
    sort_in();
    return hosts_;
  }
  [[nodiscard]] std::optional<std::size_t> find(const schemas::InstanceId& id) const;

  /// The tree: node 1 is the root, the children of n are 2n and 2n + 1, and host i is the leaf
  /// `width() + i`. Width is a power of two; leaves without a host have nothing.
  [[nodiscard]] const std::vector<Node>& nodes() const {
    sort_in();
    return nodes_;
  }
  [[nodiscard]] std::size_t width() const { return nodes().size() / 2; }

  /// Null when no task of the group is in this zone.
  [[nodiscard]] const Group* group(std::string_view name) const;

  /// Who an expression holds for, remembered until hosts change: tasks of one specification ask
  /// the same again and again. Null for a text that is no expression. Good until the lane changes,
  /// or a few dozen other expressions are asked for.
  [[nodiscard]] const Members* members(std::string_view expression) const;
  /// Whether an expression that asks about tasks was ever asked for here.
  [[nodiscard]] bool asked_about_tasks() const { return asked_about_tasks_; }

  /// A host of another id than those that are here.
  void insert(Host host);
  /// Takes the host out and answers it, with all that is known of it.
  Host erase(std::size_t index);
  /// Replaces what a host says of itself; `room`, `groups` and `daemons` of `said` do not count.
  void update(std::size_t index, const Host& said);
  void take(std::size_t index, const Claim& claim);
  void give_back(std::size_t index, const Claim& claim);
  /// The host keeps other room for daemons.
  void keep(std::size_t index, std::vector<DaemonRoom> rooms);
  /// Counts tasks that run, or run no longer.
  void run(std::size_t index, std::int64_t by) { hosts_[index].running_tasks += by; }

 private:
  /// Newcomers wait at the end of the list until somebody looks: thousands of hosts join within a
  /// turn, or are loaded at once, and sorting in each by itself would be quadratic.
  void sort_in() const;
  void rebuild() const;
  void refresh(std::size_t index);
  void count(std::size_t index, const std::string& group, std::int32_t by);
  void ask(Members& members) const;
  void ask_again(std::size_t index);

  // Mutable for `sort_in` and `members` alone: what is to be seen of a lane does not depend on when
  // they run.
  mutable std::vector<Host> hosts_;
  mutable std::vector<Node> nodes_;
  mutable std::map<std::string, Group, std::less<>> groups_;
  mutable bool newcomers_ = false;
  mutable std::map<std::string, Members, std::less<>> members_;
  mutable std::int64_t asked_ = 0;
  mutable bool asked_about_tasks_ = false;
};

}  // namespace control

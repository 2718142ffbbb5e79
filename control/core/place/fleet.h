#pragma once

// The hosts that one kind of task can be placed on (those of a cluster, or those of the pool), with
// what is left of each. Kept up to date task by task, so that placing does not count anything anew.

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "control/core/place/daemon.h"
#include "control/core/place/lane.h"
#include "control/core/place/request.h"
#include "schemas/base/id.h"
#include "schemas/base/units.h"
#include "schemas/model/cluster.h"

namespace control {

/// The attribute of a host that says who registered it by RegisterContainerInstance. Hosts that
/// joined with a token have none: they speak for themselves, with their own secret. Attributes of
/// this prefix are nobody's to put or delete.
inline constexpr const char* registrar_attribute = "stowage.registered-by";

/// The attributes of a host: what it says of itself, over it what callers put there, and its zone.
/// A host of ours whose agent is too old to say what it can do has what such agents could.
std::map<std::string, std::string> attributes_of(const schemas::ContainerInstance& instance);

class Fleet {
 public:
  /// Adds a host or takes over what has changed of it (resources, zone, status, connection,
  /// attributes). What its tasks have taken stays taken.
  void put(const schemas::ContainerInstance& instance);

  /// Forgets a host and all that was taken from it.
  void remove(const schemas::InstanceId& instance);

  /// A task goes to the host. The host may end up over-committed (StartTask, a host that shrank):
  /// then nothing more goes there until enough has come back.
  void take(const schemas::InstanceId& instance, const Claim& claim);

  /// A task has left the host. `claim` is what it took.
  void give_back(const schemas::InstanceId& instance, const Claim& claim);

  /// Takes over a daemon of the cluster, or what has changed of it. To be known before its first
  /// task is taken.
  void put_daemon(Daemon daemon);
  /// Forgets a daemon that has no task any more, by the group of its tasks.
  void remove_daemon(std::string_view group);
  /// By the group of their tasks.
  [[nodiscard]] const std::map<std::string, Daemon, std::less<>>& daemons() const {
    return daemons_;
  }

  /// Tasks of the host have begun to run (`by` > 0), or run no longer.
  void run(const schemas::InstanceId& instance, std::int64_t by);

  /// What is left of a host, or nothing when it is not of this fleet.
  [[nodiscard]] std::optional<HostRoom> room(const schemas::InstanceId& instance) const;
  /// The host as placement sees it, or null. Good until the fleet changes.
  [[nodiscard]] const Host* host(const schemas::InstanceId& instance) const;
  /// The zone of a host of this fleet.
  [[nodiscard]] const std::string& zone(const schemas::InstanceId& instance) const;
  [[nodiscard]] bool contains(const schemas::InstanceId& instance) const;
  [[nodiscard]] std::int64_t size() const { return static_cast<std::int64_t>(where_.size()); }

  /// How many tasks of a group run on the host.
  [[nodiscard]] std::int64_t group_tasks(const schemas::InstanceId& instance,
                                         std::string_view group) const;

  /// Grows whenever something that could make room has happened: a task that was refused need not
  /// be tried again before. Once an expression has asked about tasks, every task that comes, runs
  /// or goes is such a thing.
  [[nodiscard]] std::int64_t generation() const { return generation_; }

  /// By zone name, for the search.
  [[nodiscard]] const std::map<std::string, Lane, std::less<>>& lanes() const { return lanes_; }

 private:
  void keep_room(Lane& lane, std::size_t index);
  void hold(Lane& lane, std::size_t index, const Claim& claim);
  void release(Lane& lane, std::size_t index, const Claim& claim);

  std::map<std::string, Lane, std::less<>> lanes_;
  std::map<schemas::InstanceId, std::string> where_;  ///< the zone of each host
  std::map<std::string, Daemon, std::less<>> daemons_;
  std::int64_t generation_ = 1;
};

}  // namespace control

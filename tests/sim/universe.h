#pragma once

#include <deque>
#include <optional>
#include <string>

#include "tests/sim/caller.h"
#include "tests/sim/control_process.h"
#include "tests/sim/host.h"
#include "tests/sim/images.h"
#include "tests/sim/keeper.h"
#include "tests/sim/knobs.h"
#include "tests/sim/network.h"
#include "tests/sim/row_store.h"
#include "tests/sim/set_caller.h"
#include "tests/sim/simulation.h"
#include "tests/sim/watch.h"

namespace sim {

/// Everything there is: one control service, its store, hosts, the network between them, a caller,
/// and those who watch.
class Universe {
 public:
  Universe(std::uint64_t seed, Knobs knobs, Trace::Print print);

  /// Hosts alternate between two zones.
  void add_hosts(int count);
  void add_pool_hosts(int count);
  /// Starts control and every host, and waits until the caller has a cluster and, if the faults let
  /// them within a minute, every host has joined.
  void begin();

  /// All faults end: what is down comes up, what hangs goes on, programs behave.
  void heal();
  /// Why the house has not come to rest, if it has not: services without what they want and
  /// without an event that says why, hosts that do what they should not, things left over.
  [[nodiscard]] std::optional<std::string> unrest() const;
  /// Waits for rest, for `patience` at most, then checks what only a house at rest can show.
  void come_to_rest();

  Simulation& simulation() { return simulation_; }
  [[nodiscard]] const Simulation& simulation() const { return simulation_; }
  Knobs& knobs() { return knobs_; }
  Network& network() { return network_; }
  ControlProcess& control() { return control_; }
  [[nodiscard]] const ControlProcess& control() const { return control_; }
  Caller& caller() { return caller_; }
  [[nodiscard]] const Caller& caller() const { return caller_; }
  SetCaller& set_caller() { return set_caller_; }
  Keeper& keeper() { return keeper_; }
  Images& images() { return images_; }
  Watch& watch() { return watch_; }
  std::deque<Host>& hosts() { return hosts_; }
  [[nodiscard]] const std::deque<Host>& hosts() const { return hosts_; }
  RowStore& store() { return store_; }

 private:
  void add_host(const std::string& cluster);
  void check_bill();

  Simulation simulation_;
  Knobs knobs_;
  Network network_;
  RowStore store_;
  Images images_;
  Watch watch_;
  ControlProcess control_;
  Caller caller_;
  SetCaller set_caller_;
  Keeper keeper_;
  std::deque<Host> hosts_;
};

}  // namespace sim

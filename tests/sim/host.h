#pragma once

#include <memory>
#include <optional>
#include <string>

#include "tests/sim/agent_process.h"
#include "tests/sim/control_process.h"
#include "tests/sim/disk.h"
#include "tests/sim/images.h"
#include "tests/sim/kernel.h"
#include "tests/sim/knobs.h"
#include "tests/sim/network.h"
#include "tests/sim/simulation.h"
#include "tests/sim/watch.h"

namespace sim {

/// What the house is made of, for those who live in it.
struct House {
  Simulation& simulation;
  Knobs& knobs;
  Network& network;
  ControlProcess& control;
  Watch& watch;
  Images& images;
};

/// A machine: power, clocks, disk and kernel, and an agent that somebody starts again whenever it
/// has died.
class Host {
 public:
  struct Facts {
    int number = 1;
    std::string cluster;  ///< empty = of the pool
    schemas::Inventory inventory;
  };

  Host(House house, Facts facts);

  void start();

  void kill_agent();
  enum class Power : std::uint8_t { reset, lost };
  enum class Data : std::uint8_t { kept, lost };
  /// Goes down, and comes up after a while.
  void reboot(Power power, Data data, Duration down_for);
  /// Goes down and stays down until `start`.
  void go_down(Power power, Data data);
  /// Somebody sets the wall clock.
  void step_clock(Duration by);

  [[nodiscard]] bool up() const { return up_; }
  [[nodiscard]] int number() const { return facts_.number; }
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] bool pool() const { return facts_.cluster.empty(); }
  [[nodiscard]] Kernel& kernel() { return kernel_; }
  [[nodiscard]] const Kernel& kernel() const { return kernel_; }
  [[nodiscard]] const Disk& disk() const { return disk_; }
  [[nodiscard]] const AgentProcess* agent() const { return agent_.get(); }
  [[nodiscard]] agent::Moment moment() const;

 private:
  void start_agent();
  void start_agent_later();
  void join();
  void agent_ended(AgentProcess::End how);

  House house_;
  Facts facts_;
  std::string name_;
  Kernel kernel_;
  Disk disk_;
  Disk synced_;
  Duration skew_{};
  Instant booted_at_{};
  std::int64_t boots_ = 0;
  std::string secret_;  ///< on the disk before it is shown to anybody
  std::int64_t joins_ = 0;
  std::int64_t starts_ = 0;  ///< agents started or about to be: older plans find they are stale
  bool up_ = false;
  std::unique_ptr<AgentProcess> agent_;
};

}  // namespace sim

#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "agent/core/task_engine.h"
#include "control/core/loop/settings.h"
#include "schemas/base/units.h"
#include "tests/sim/network.h"

namespace sim {

/// What goes wrong, and how often. 0 = never.
struct Faults {
  NetworkFaults network;
  Duration partition_every{};      ///< a host loses one or both ways to control
  Duration kill_agent_every{};     ///< the agent dies and is started again
  std::uint64_t kill_in_step = 0;  ///< per mille of steps: between save and effect
  Duration reboot_every{};         ///< a host goes down and comes back
  std::uint64_t power_loss = 0;    ///< per mille of reboots: what was not synced is gone
  std::uint64_t data_loss = 0;     ///< per mille of reboots: comes back empty
  Duration clock_step_every{};     ///< somebody sets a host's wall clock
  Duration crash_control_every{};
  std::uint64_t commit_fails = 0;  ///< per mille, half before and half after durability
  std::uint64_t commit_slow = 0;   ///< per mille
  std::uint64_t effect_fails = 0;  ///< per mille
  std::uint64_t pull_fails = 0;
  std::uint64_t pull_hangs = 0;
  std::uint64_t start_slow = 0;
  std::uint64_t ignores_stop = 0;  ///< per mille of containers that sleep through their signal
  std::uint64_t exits = 0;         ///< per mille of containers that end by themselves
};

/// Everything about a run that is not chance itself. Each seed draws its own: time-outs and limits
/// often tiny, faults often absent, so that what only many faults together show is found as well
/// as what many faults together hide.
struct Knobs {
  control::Settings control;
  agent::TaskPolicy agent;
  Faults faults;
  int hosts = 2;
  int pool_hosts = 1;
  schemas::CpuUnits cpu{2048};
  schemas::MemoryMib memory{4096};
  std::int64_t enis = 8;
  std::int64_t turn_max = 64;     ///< messages that control takes in one turn
  Duration call_every{4'000};     ///< a caller does something
  Duration busy_for{600'000};     ///< how long callers call and faults happen
  std::int64_t check_every = 40;  ///< commits between two comparisons of World and store
  enum class Wire : std::uint8_t { values, text };
  Wire wire = Wire::values;  ///< `text`: messages are encoded and decoded as they travel
  /// Whether agents say what they can do; then some cannot do everything. If not, they are too old.
  bool agents_say = false;
};

/// A house in which nothing goes wrong: where a scenario begins.
Knobs calm();

/// The knobs of a seed.
Knobs draw_knobs(schemas::Random& random);

/// How long after the last fault everything must have come to rest at the latest.
Duration patience(const Knobs& knobs);

}  // namespace sim

#pragma once

#include "tests/sim/universe.h"

namespace sim {

/// Faults that come by themselves: each kind in its own rhythm, until the house is healed.
class Mischief {
 public:
  explicit Mischief(Universe& universe) : universe_(universe) {}
  void begin();

 private:
  using Deed = void (Mischief::*)();
  void every(Duration Faults::*pause, Deed deed);
  void cut_a_way();
  void kill_an_agent();
  void reboot_a_host();
  void set_a_clock();
  void crash_control();
  Host& some_host();

  Universe& universe_;
};

}  // namespace sim

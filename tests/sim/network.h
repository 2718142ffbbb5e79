#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <utility>

#include "tests/sim/simulation.h"

namespace sim {

/// How badly the network behaves; each seed draws its own.
struct NetworkFaults {
  std::uint64_t loss_per_mille = 0;
  std::uint64_t repeat_per_mille = 0;
  Duration delay_max{5};  ///< a message in twenty takes ten times as long
};

enum class Way : std::uint8_t { to_control, to_host };

/// Carries messages between hosts and control: late, twice, out of order or never. A way that is
/// cut swallows what is under way, too.
class Network {
 public:
  Network(Simulation& simulation, NetworkFaults faults)
      : simulation_(simulation), faults_(faults) {}

  void send(int host, Way way, const std::function<void()>& deliver);

  void cut(int host, Way way);
  void mend(int host);
  [[nodiscard]] bool is_cut(int host) const {
    return cut_.contains({host, Way::to_control}) || cut_.contains({host, Way::to_host});
  }

  NetworkFaults& faults() { return faults_; }
  /// From now on every message arrives once and soon.
  void heal();

 private:
  Simulation& simulation_;
  NetworkFaults faults_;
  std::set<std::pair<int, Way>> cut_;
};

}  // namespace sim

#include "tests/sim/network.h"

namespace sim {

void Network::send(int host, Way way, const std::function<void()>& deliver) {
  if (cut_.contains({host, way})) {
    simulation_.probe("a message ran into a partition");
    return;
  }
  if (simulation_.chance(faults_.loss_per_mille)) {
    simulation_.probe("a message was lost");
    return;
  }
  const int copies = simulation_.chance(faults_.repeat_per_mille) ? 2 : 1;
  for (int copy = 0; copy < copies; ++copy) {
    constexpr std::uint64_t stragglers_per_mille = 50;
    Duration delay = simulation_.between(Duration(1), faults_.delay_max);
    if (simulation_.chance(stragglers_per_mille)) {
      delay *= 10;
    }
    simulation_.after(delay, [this, host, way, deliver] {
      if (!cut_.contains({host, way})) {
        deliver();
      }
    });
  }
  if (copies > 1) {
    simulation_.probe("a message came twice");
  }
}

void Network::cut(int host, Way way) { cut_.insert({host, way}); }

void Network::mend(int host) {
  cut_.erase({host, Way::to_control});
  cut_.erase({host, Way::to_host});
}

void Network::heal() {
  faults_ = NetworkFaults{};
  cut_.clear();
}

}  // namespace sim

#include "tests/sim/mischief.h"

namespace sim {

using std::chrono_literals::operator""h;
using std::chrono_literals::operator""min;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

void Mischief::begin() {
  every(&Faults::partition_every, &Mischief::cut_a_way);
  every(&Faults::kill_agent_every, &Mischief::kill_an_agent);
  every(&Faults::reboot_every, &Mischief::reboot_a_host);
  every(&Faults::clock_step_every, &Mischief::set_a_clock);
  every(&Faults::crash_control_every, &Mischief::crash_control);
}

void Mischief::every(Duration Faults::*pause, Deed deed) {
  Simulation& simulation = universe_.simulation();
  const Duration mean = universe_.knobs().faults.*pause;
  if (mean.count() == 0) {
    return;
  }
  simulation.after(simulation.between(mean / 2, mean * 3 / 2), [this, pause, deed] {
    if ((universe_.knobs().faults.*pause).count() != 0) {
      (this->*deed)();
      every(pause, deed);
    }
  });
}

Host& Mischief::some_host() {
  std::deque<Host>& hosts = universe_.hosts();
  return hosts[universe_.simulation().random().below(hosts.size())];
}

void Mischief::cut_a_way() {
  Simulation& simulation = universe_.simulation();
  const control::Settings& settings = universe_.knobs().control;
  const int host = some_host().number();
  const std::int64_t ways = simulation.between(0, 2);
  if (ways != 1) {
    universe_.network().cut(host, Way::to_control);
  }
  if (ways != 0) {
    universe_.network().cut(host, Way::to_host);
  }
  const Duration grace = settings.lease + settings.loss_grace;
  const Duration lasts = simulation.chance(500) ? simulation.between(1s, settings.lease)
                                                : simulation.between(grace / 2, grace * 3 / 2);
  if (lasts > grace) {
    simulation.probe("a partition outlasted the grace");
  }
  if (ways != 2) {
    simulation.probe("a partition went one way only");
  }
  simulation.note("network", "host-" + std::to_string(host) + " is cut off (" +
                                 (ways == 0   ? "to control"
                                  : ways == 1 ? "from control"
                                              : "both ways") +
                                 ") for " + in_words(lasts));
  simulation.after(lasts, [this, host] {
    universe_.network().mend(host);
    universe_.simulation().note("network", "host-" + std::to_string(host) + " is back");
  });
}

void Mischief::kill_an_agent() { some_host().kill_agent(); }

void Mischief::reboot_a_host() {
  Simulation& simulation = universe_.simulation();
  const Faults& faults = universe_.knobs().faults;
  const control::Settings& settings = universe_.knobs().control;
  const Host::Power power =
      simulation.chance(faults.power_loss) ? Host::Power::lost : Host::Power::reset;
  const Host::Data data = simulation.chance(faults.data_loss) ? Host::Data::lost : Host::Data::kept;
  constexpr std::uint64_t long_absences = 250;
  const Duration down_for =
      simulation.chance(long_absences)
          ? simulation.between(settings.lease, 2 * (settings.lease + settings.loss_grace))
          : simulation.between(2s, 40s);
  some_host().reboot(power, data, down_for);
}

void Mischief::set_a_clock() {
  Simulation& simulation = universe_.simulation();
  const Duration by = simulation.between(Duration(-2h), Duration(2h));
  constexpr std::uint64_t controls = 200;
  if (simulation.chance(controls)) {
    // A large step of control's own clock ends every lease at once: rare, and never so large that
    // nothing could come to rest.
    const Duration small = simulation.between(Duration(-1min), Duration(1min));
    simulation.probe("control's clock was set");
    simulation.note("control", "its clock is set by " + std::to_string(small.count()) + " ms");
    universe_.control().step_clock(small);
    return;
  }
  some_host().step_clock(by);
}

void Mischief::crash_control() {
  Simulation& simulation = universe_.simulation();
  const std::int64_t point = simulation.between(0, 2);
  universe_.control().crash(point == 0   ? CrashPoint::now
                            : point == 1 ? CrashPoint::before_commit
                                         : CrashPoint::after_commit,
                            ControlProcess::Afterwards::restart);
}

}  // namespace sim

#include "tests/sim/run.h"

#include "tests/sim/mischief.h"
#include "tests/sim/universe.h"
#include "tests/sim/workload.h"

namespace sim {

Outcome run_seed(std::uint64_t seed, Trace::Print print) {
  schemas::Random chance(seed);
  const Knobs knobs = draw_knobs(chance);
  Universe universe(chance.next(), knobs, print);
  universe.add_hosts(knobs.hosts);
  universe.add_pool_hosts(knobs.pool_hosts);
  universe.begin();
  Workload workload(universe);
  Mischief mischief(universe);
  Simulation& simulation = universe.simulation();
  if (!simulation.failure() && !universe.caller().settled()) {
    simulation.fail("Control never answered its first caller.");
  }
  if (!simulation.failure()) {
    workload.begin();
    mischief.begin();
    simulation.run_for(knobs.busy_for);
    workload.end();
    universe.heal();
    universe.come_to_rest();
  }
  return {.failure = simulation.failure(),
          .failed_at = simulation.elapsed(),
          .hash = simulation.trace().hash(),
          .simulated = simulation.elapsed(),
          .turns = universe.watch().turns(),
          .probes = simulation.probes()};
}

const std::map<std::string, std::int64_t>& rare_things() {
  static const std::map<std::string, std::int64_t> things = [] {
    std::map<std::string, std::int64_t> made;
    for (const char* name : {"a caller's connection broke",
                             "a plan began with stops",
                             "a plan had several steps",
                             "a plan started what its call started",
                             "a clientToken was repeated",
                             "a commit failed before it was durable",
                             "a commit was slow",
                             "a container ended by itself",
                             "a container ran again",
                             "a container slept through its stop signal",
                             "a container started slowly",
                             "a definition was deleted",
                             "a health check failed",
                             "a host came back into service",
                             "a host lost its disk",
                             "a host lost power",
                             "a host was deregistered",
                             "a host was drained",
                             "a host was refused and joined anew",
                             "a host's clock was set",
                             "a lost host still held an address that was given out again",
                             "a message came twice",
                             "a message ran into a partition",
                             "a message was lost",
                             "a partition outlasted the grace",
                             "a partition went one way only",
                             "a pinned image was pulled after its tag had moved",
                             "a pull hung",
                             "a pull waited for other pulls",
                             "a role was deleted",
                             "a service started and stopped tasks in one turn",
                             "a stopped task was forgotten",
                             "a task set became the primary one",
                             "a task set was deleted",
                             "a task set was made",
                             "a task told before its deployment's digest was known found another",
                             "a task was given up with its host",
                             "a task was started on a host of the caller's choice",
                             "an agent gave up waiting for an answer",
                             "an agent was killed",
                             "an agent was killed before it saved",
                             "an agent was killed between save and effect",
                             "an agent was killed between two effects of one step",
                             "an answer came late or twice",
                             "an effect failed",
                             "an effect happened after its agent had died",
                             "control crashed between commit and publish",
                             "control was killed in a commit that became durable",
                             "control's clock was set",
                             "the answer to a join found nobody"}) {
      made.emplace(name, 0);
    }
    return made;
  }();
  return things;
}

}  // namespace sim

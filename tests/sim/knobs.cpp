#include "tests/sim/knobs.h"

#include <algorithm>

namespace sim {

using std::chrono_literals::operator""h;
using std::chrono_literals::operator""min;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

namespace {

class Draw {
 public:
  explicit Draw(schemas::Random& random) : random_(random) {}

  Duration span(Duration least, Duration most) {
    return Duration(count(least.count(), most.count()));
  }
  std::int64_t count(std::int64_t least, std::int64_t most) {
    return least +
           static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(most - least) + 1));
  }
  /// Absent in `absent` of a thousand seeds.
  std::uint64_t rate(std::uint64_t absent, std::uint64_t most) {
    return random_.chance(absent) ? 0 : 1 + random_.below(most);
  }
  Duration every(std::uint64_t absent, Duration least, Duration most) {
    return random_.chance(absent) ? Duration{} : span(least, most);
  }
  bool chance(std::uint64_t per_mille) { return random_.chance(per_mille); }

 private:
  schemas::Random& random_;
};

Faults draw_faults(Draw& draw) {
  Faults faults;
  faults.network.loss_per_mille = draw.rate(500, draw.chance(200) ? 500 : 100);
  faults.network.repeat_per_mille = draw.rate(500, 200);
  faults.network.delay_max = draw.chance(500) ? 20ms : draw.span(5ms, 3'000ms);
  faults.partition_every = draw.every(500, 30s, 5min);
  faults.kill_agent_every = draw.every(500, 10s, 3min);
  faults.kill_in_step = draw.rate(500, 30);
  faults.reboot_every = draw.every(600, 1min, 6min);
  faults.power_loss = draw.rate(500, 1'000);
  faults.data_loss = draw.rate(500, 500);
  faults.clock_step_every = draw.every(600, 30s, 5min);
  faults.crash_control_every = draw.every(500, 20s, 5min);
  faults.commit_fails = draw.rate(600, 15);
  faults.commit_slow = draw.rate(600, 50);
  faults.effect_fails = draw.rate(600, 60);
  faults.pull_fails = draw.rate(600, 200);
  faults.pull_hangs = draw.rate(700, 50);
  faults.start_slow = draw.rate(600, 200);
  faults.ignores_stop = draw.rate(500, 300);
  faults.exits = draw.rate(500, 300);
  return faults;
}

}  // namespace

Knobs calm() {
  Knobs knobs;
  knobs.control.prices = {.currency = "USD",
                          .fargate_vcpu_hour = {40'480'000},
                          .fargate_gb_hour = {4'445'000},
                          .minimum_seconds = 60};
  return knobs;
}

Knobs draw_knobs(schemas::Random& random) {
  Draw draw(random);
  Knobs knobs = calm();
  control::Settings& control = knobs.control;
  control.poll_hold = draw.chance(500) ? 20s : draw.span(3s, 20s);
  control.lease = control.poll_hold + draw.span(8s, 15s);
  control.loss_grace = draw.chance(300) ? 5min : draw.span(5s, 2min);
  control.deploy.healthy_after = draw.chance(200) ? 0s : draw.span(1s, 40s);
  control.deploy.throttle_first = draw.span(1s, 5s);
  control.deploy.throttle_max = draw.span(5s, 60s);
  control.deploy.early_exit_max = draw.span(2s, 60s);
  control.stopped_retention = draw.chance(500) ? 1h : draw.span(1min, 10min);
  control.token_retention = draw.chance(500) ? 24h : draw.span(10min, 20min);
  control.credentials_life = draw.chance(500) ? 6h : draw.span(4min, 20min);
  control.sweep_every = draw.span(1s, 10s);
  agent::TaskPolicy& agent = knobs.agent;
  agent.stop_timeout = draw.span(1s, 30s);
  agent.kill_again = draw.span(1s, 10s);
  agent.eni_timeout = draw.span(20s, 3min);
  agent.logs_kept = draw.span(10s, 10min);
  agent.stopped_log_bytes_max = draw.chance(500) ? 1'073'741'824 : draw.count(1, 20'000);
  knobs.faults = draw_faults(draw);
  knobs.hosts = static_cast<int>(draw.count(1, 4));
  knobs.pool_hosts = static_cast<int>(draw.count(1, 3));
  knobs.cpu.count = draw.chance(300) ? draw.count(512, 1024) : draw.count(1024, 4096);
  knobs.memory.count = draw.chance(300) ? draw.count(512, 2048) : draw.count(2048, 8192);
  knobs.enis = draw.chance(300) ? draw.count(1, 4) : 16;
  knobs.turn_max = draw.chance(300) ? 1 : 64;
  knobs.call_every = draw.span(1s, 15s);
  knobs.busy_for = draw.span(3min, 12min);
  knobs.wire = draw.chance(200) ? Knobs::Wire::text : Knobs::Wire::values;
  knobs.agents_say = draw.chance(500);
  return knobs;
}

Duration patience(const Knobs& knobs) {
  const control::Settings& control = knobs.control;
  // A rolling update goes step by step, each as slow as a stop and a start that is waited for.
  constexpr int steps = 12;
  const Duration step =
      control.deploy.healthy_after + knobs.agent.stop_timeout + 2 * knobs.agent.kill_again + 20s;
  return control.lease + 2 * control.loss_grace + 2 * control.deploy.throttle_max +
         2 * control.deploy.early_exit_max + knobs.agent.eni_timeout + steps * step + 10min;
}

}  // namespace sim

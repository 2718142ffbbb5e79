#include "tests/sim/host.h"

#include <utility>

#include "tests/sim/caller.h"

namespace sim {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

Host::Host(House house, Facts facts)
    : house_(house),
      facts_(std::move(facts)),
      name_("host-" + std::to_string(facts_.number)),
      kernel_(house.simulation, house.watch, house.images, house.knobs.faults, facts_.number) {
  house_.watch.add(kernel_, facts_.inventory);
}

agent::Moment Host::moment() const {
  const Duration up_for = house_.simulation.now() - booted_at_;
  return {house_.simulation.now() + skew_,
          agent::nanoseconds(up_for) + 5 * agent::nanoseconds_per_second};
}

void Host::start() {
  if (up_) {
    return;
  }
  up_ = true;
  ++boots_;
  booted_at_ = house_.simulation.now();
  house_.simulation.note(name_, "boots, for the " + std::to_string(boots_) + ". time");
  start_agent_later();
}

void Host::start_agent_later() {
  constexpr std::uint64_t slow_per_mille = 100;
  const bool slow = house_.simulation.chance(slow_per_mille);
  const Duration delay = house_.simulation.between(50ms, slow ? 60s : 3s);
  house_.simulation.after(delay, [this, start = ++starts_] {
    if (up_ && start == starts_) {
      start_agent();
    }
  });
}

void Host::start_agent() {
  if (!disk_.identity) {
    join();
    return;
  }
  Machine machine{.number = facts_.number,
                  .name = name_,
                  .boot_id = name_ + " boot " + std::to_string(boots_),
                  .inventory = facts_.inventory,
                  .kernel = kernel_,
                  .disk = disk_,
                  .synced = synced_,
                  .now = [this] { return moment(); }};
  agent_ = std::make_unique<AgentProcess>(house_.simulation, house_.knobs, house_.watch,
                                          house_.images, std::move(machine),
                                          Channel(house_.simulation, house_.network, house_.control,
                                                  house_.knobs, facts_.number, name_),
                                          [this](AgentProcess::End how) { agent_ended(how); });
  agent_->start();
}

/// The process is taken away in a moment of its own: it may be in the middle of a call.
void Host::agent_ended(AgentProcess::End how) {
  house_.simulation.after(0ms, [this, how, start = ++starts_] {
    if (start != starts_) {
      return;
    }
    agent_ = nullptr;
    if (how == AgentProcess::End::refused) {
      // An operator removes what is there, and the host joins as a new one.
      house_.simulation.probe("a host was refused and joined anew");
      house_.simulation.note(name_, "is not taken any more: cleaned up, and joins anew");
      kernel_.go_down();
      kernel_.wipe();
      house_.watch.disk_lost(facts_.number);
      disk_ = {};
      synced_ = {};
      secret_.clear();
    }
    start_agent_later();
  });
}

/// The secret is drawn once and kept: who loses the answer asks again, and is the same host.
void Host::join() {
  if (secret_.empty()) {
    secret_ = name_ + " identity " + std::to_string(++joins_);
  }
  const std::string hash = secret_;
  const std::int64_t start = starts_;
  control::AgentJoin question;
  question.scope = home();
  question.identity_hash = hash;
  question.request.cluster = facts_.cluster;
  question.request.pool = pool();
  question.request.boot_id = name_ + " boot " + std::to_string(boots_);
  question.request.inventory = facts_.inventory;
  const auto hear = [this, hash, start](const Heard& heard) {
    if (start != starts_ || !up_) {
      house_.simulation.probe("the answer to a join found nobody");
      return;
    }
    const auto* joined = std::get_if<schemas::JoinAnswer>(&heard);
    if (joined == nullptr) {
      start_agent_later();
      return;
    }
    if (disk_.identity) {
      return;  // the answer came twice
    }
    disk_.identity = Identity{hash, joined->instance};
    synced_ = disk_;
    house_.simulation.note(name_, "joined as " + brief(joined->instance));
    start_agent();
  };
  const int number = facts_.number;
  Network& network = house_.network;
  ControlProcess& control = house_.control;
  house_.network.send(number, Way::to_control, [number, question, hear, &network, &control] {
    control.receive(question, [number, hear, &network](const Heard& heard) {
      network.send(number, Way::to_host, [hear, heard] { hear(heard); });
    });
  });
  house_.simulation.after(15s, [this, start] {
    if (start == starts_ && up_ && !disk_.identity) {
      start_agent_later();
    }
  });
}

void Host::kill_agent() {
  ++starts_;
  if (agent_) {
    house_.simulation.probe("an agent was killed");
    house_.simulation.note(name_, "agent is killed");
    agent_ = nullptr;
  }
  if (up_) {
    start_agent_later();
  }
}

void Host::go_down(Power power, Data data) {
  if (!up_) {
    return;
  }
  ++starts_;
  up_ = false;
  agent_ = nullptr;
  kernel_.go_down();
  house_.simulation.note(name_, data == Data::lost     ? "goes down, and its disk is lost"
                                : power == Power::lost ? "loses power"
                                                       : "goes down");
  if (power == Power::lost) {
    house_.simulation.probe("a host lost power");
    for (const auto& [id, record] : disk_.tasks) {
      const auto kept = synced_.tasks.find(id);
      if (kept == synced_.tasks.end() ||
          kept->second.meter.phase == agent::MeterRecordState::Phase::off) {
        house_.watch.meter_forgotten(id);
      }
    }
    disk_ = synced_;
  }
  if (data == Data::lost) {
    house_.simulation.probe("a host lost its disk");
    kernel_.wipe();
    house_.watch.disk_lost(facts_.number);
    disk_ = {};
    synced_ = {};
    secret_.clear();
  }
}

void Host::reboot(Power power, Data data, Duration down_for) {
  go_down(power, data);
  house_.simulation.after(down_for, [this, boots = boots_] {
    if (boots == boots_) {
      start();
    }
  });
}

void Host::step_clock(Duration by) {
  skew_ += by;
  kernel_.set_skew(skew_);
  house_.simulation.probe("a host's clock was set");
  house_.simulation.note(name_, "its clock is set by " + std::to_string(by.count()) + " ms");
}

}  // namespace sim
